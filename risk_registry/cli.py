"""The console command ``risk-registry``."""

from __future__ import annotations

import copy
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from flask.cli import FlaskGroup, routes_command, shell_command

from risk_registry.accounts.cli import user
from risk_registry.commands.checking import check
from risk_registry.commands.keeping import backup, upgrade, verify
from risk_registry.commands.measuring import sample
from risk_registry.commands.operator import Operator
from risk_registry.commands.organisations import org
from risk_registry.commands.reports import counts, export
from risk_registry.commands.restoring import restore
from risk_registry.commands.serving import serve
from risk_registry.commands.setting_up import demo, init
from risk_registry.commands.working import job
from risk_registry.config import SettingError
from risk_registry.core.problems import Refused
from risk_registry.db.migrate import SchemaTooNew


class RefusedCommand(click.ClickException):
    """A refusal on standard error; exit code 1."""

    exit_code = 1

    def show(self, file: Any = None) -> None:
        """Every problem on a line of its own."""
        for line in self.message.splitlines():
            click.echo(line, err=True)


@contextmanager
def said_plainly(ctx: click.Context) -> Iterator[None]:
    """Refusals and unusable settings as messages of the command line, without a traceback."""
    try:
        yield
    except Refused as refused:
        raise RefusedCommand("\n".join(str(problem) for problem in refused.problems)) from None
    except SchemaTooNew as error:
        raise RefusedCommand(f"数据库由更新版本的软件升级过（{error}），本版本不能使用。(schema too new)") from None
    except SettingError as error:
        raise click.UsageError(str(error), ctx) from None


class RegistryGroup(FlaskGroup):
    """Commands that act as the local operator; a refusal is said in Chinese on standard error, without a traceback."""

    def __init__(self, **options: Any) -> None:
        super().__init__(add_default_commands=False, add_version_option=False, load_dotenv=False, **options)
        # The application is always ours, its settings come from one table, and there is no debugger to switch on.
        self.params = [item for item in self.params if item.name not in ("env_file", "app", "debug")]

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """Every run has an operator of its own."""
        if extra.get("obj") is None:
            extra["obj"] = Operator()
        return super().make_context(info_name, args, parent=parent, **extra)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands in the order of use; the application need not start for the help."""
        return list(self.commands)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """One of ours; nothing is loaded to find out that there is none."""
        return self.commands.get(name)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; refusals become exit code 1, settings that cannot be used 2."""
        with said_plainly(ctx):
            return super().invoke(ctx)


@click.group(
    cls=RegistryGroup,
    set_debug_flag=False,
    help="社会稳定风险评估备案登记 (social stability risk assessment registry).",
)
@click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    help="数据文件夹，默认取 RISK_REGISTRY_DATA (data folder).",
)
@click.version_option(package_name="risk-registry", prog_name="risk-registry")
@click.pass_context
def cli(ctx: click.Context, data: Path | None) -> None:
    """Take the data folder; the operator opens it when a command needs it."""
    found = ctx.find_object(Operator)
    assert found is not None
    if data is not None:
        found.folder = data
    ctx.call_on_close(found.close)


for command in (
    *(init, demo, serve, org, user, export, counts, verify, backup, restore, upgrade, sample, check),
    *(job, shell_command, routes_command),
):
    cli.add_command(command)


def under_flask(name: str) -> click.Command:
    """The same command for ``flask --app risk_registry``: an entry point of ``flask.commands`` (setup.cfg)."""
    command = cli.commands[name]
    twin, run = copy.copy(command), command.invoke

    def invoke(ctx: click.Context) -> Any:
        with said_plainly(ctx):
            return run(ctx)

    twin.invoke = invoke  # type: ignore[method-assign]
    return twin


def __getattr__(name: str) -> click.Command:
    """``flask_counts`` and its like, made when Flask asks for them."""
    if name.startswith("flask_") and name.removeprefix("flask_") in cli.commands:
        return under_flask(name.removeprefix("flask_"))
    raise AttributeError(name)


def main() -> None:
    """Run the command line."""
    for stream in (sys.stdout, sys.stderr):
        # A console that cannot show Chinese shows question marks instead of ending the command.
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    cli.main(prog_name="risk-registry")


if __name__ == "__main__":
    main()
