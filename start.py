#!/usr/bin/env python3
"""From a fresh checkout to a served demo county in one command; safe to run again.

    python3 start.py [--data DIR] [--port N] [--no-serve] [--install-only]
    python3 start.py test [--install-only] [arguments for pytest]

Standard library only, because it runs before anything is installed. What is installed is remembered by the digests of
the requirement files, so a second start installs nothing.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
STAMP = VENV / "installed.json"
SCRIPTS = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = SCRIPTS / ("python.exe" if os.name == "nt" else "python")
COMMAND = SCRIPTS / ("risk-registry.exe" if os.name == "nt" else "risk-registry")
CORE, TEST = "requirements.txt", "requirements-test.txt"
DEMO_YEAR = "2024"
STARTED = time.monotonic()


def say(text: str) -> None:
    """Print one line at once, so that it stands before what a command started next prints."""
    print(text, flush=True)


def stop(text: str) -> NoReturn:
    """End with an explanation and its cure."""
    print(text, file=sys.stderr, flush=True)
    raise SystemExit(1)


def environment() -> dict[str, str]:
    """The environment of every command: UTF-8 also on Windows, and the embedded database."""
    settings = dict(os.environ, PYTHONUTF8="1")
    settings.pop("RISK_REGISTRY_DATABASE_URL", None)
    return settings


def replace_by(command: list[str], settings: dict[str, str]) -> NoReturn:
    """Become `command` (its exit code is ours); where a process cannot be replaced, wait for it."""
    if os.name != "nt":
        os.execve(command[0], command, settings)
    try:
        code = subprocess.call(command, env=settings)
    except KeyboardInterrupt:
        code = 130
    raise SystemExit(code)


# --- the environment --------------------------------------------------------------------------------------------------


def digest(path: Path) -> str:
    """SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def version_in_venv() -> str | None:
    """Version of the interpreter in `.venv`; ``None`` where there is none that starts, is new enough and has pip."""
    asked = "import pip, sys; print(sys.version); sys.exit(sys.version_info < (3, 11))"
    try:
        answer = subprocess.run([PYTHON, "-c", asked], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return answer.stdout.strip()


def create_venv() -> None:
    """Make `.venv` anew, or say which system package is missing: Debian ships the module `ensurepip` apart."""
    ensurepip = importlib.util.find_spec("ensurepip")
    if importlib.util.find_spec("venv") is None or ensurepip is None or ensurepip.origin is None:
        stop(
            "缺少系统软件包 python3-venv，无法创建运行环境。请先执行：\n"
            "    sudo apt install python3-venv\n"
            "然后再运行一次 python3 start.py\n"
            "(The Debian package python3-venv is missing: install it with the line above, then run this again.)"
        )
    say("创建运行环境 .venv …（creating .venv）")
    result = subprocess.run([sys.executable, "-m", "venv", "--clear", str(VENV)], cwd=ROOT)
    if result.returncode:
        stop(f"无法创建 {VENV}，原因见上面几行。(Could not create the virtual environment; the reason stands above.)")


def stamp() -> dict[str, str]:
    """What the last complete installation installed; empty when unknown."""
    try:
        known = json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}


def pip_install(*arguments: str) -> None:
    """Run pip in `.venv`; a failure ends the start with its cure."""
    command = [str(PYTHON), "-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check"]
    if subprocess.run([*command, *arguments], cwd=ROOT).returncode:
        stop(
            "安装依赖失败，原因见上面几行。请检查网络后再运行一次；"
            "需要使用单位镜像时，请先设置环境变量 PIP_INDEX_URL。\n"
            "(Installing failed; the reason stands above. Check the network and run this again, or point PIP_INDEX_URL"
            " at your mirror.)"
        )


def install(*, test: bool) -> None:
    """Bring `.venv` in step with the requirement files; does nothing when it already is."""
    version = version_in_venv()
    if version is None:
        create_venv()
        version = version_in_venv() or stop(f"{VENV} 中的 Python 无法运行。(The new interpreter does not start.)")
    now = {name: digest(ROOT / name) for name in (CORE, TEST)}
    build = [version, str(ROOT), digest(ROOT / "setup.cfg"), digest(ROOT / "pyproject.toml")]
    now["checkout"] = hashlib.sha256("\n".join(build).encode()).hexdigest()
    known = stamp()
    wanted = TEST if test else CORE
    if known.get(wanted) != now[wanted]:
        say(f"安装依赖 {wanted} …（installing pinned requirements）")
        # Wheels only: nothing is compiled here, and nothing runs that was not pinned by its digest.
        pip_install("--require-hashes", "--only-binary", ":all:", "-r", wanted)
    if known.get("checkout") != now["checkout"]:
        # pip refuses `-e` among hashed requirements.
        pip_install("--no-deps", "--no-build-isolation", "-e", ".")
    # The test requirements hold the same versions of everything in the first file.
    known |= {name: now[name] for name in {wanted, CORE, "checkout"}}
    fresh = STAMP.with_suffix(".new")
    fresh.write_text(json.dumps(known, indent=1), encoding="utf-8")
    os.replace(fresh, STAMP)


# --- the demo county --------------------------------------------------------------------------------------------------


def run(data: Path, *arguments: str) -> None:
    """Run one `risk-registry` command on the data folder; a failure ends the start."""
    command = [str(COMMAND), "--data", str(data), *arguments]
    code = subprocess.run(command, cwd=ROOT, env=environment()).returncode
    if code:
        stop(f"命令未成功 (command failed, exit {code})：risk-registry {' '.join(command[1:])}")


def load_demo(data: Path) -> None:
    """Load the demo county unless the data folder holds a registry already.

    A load that was broken off is put aside, never deleted, and done again.
    """
    data.mkdir(parents=True, exist_ok=True)
    database, loading = data / "registry.db", data / "demo-loading"
    if loading.exists():
        aside = data / f"interrupted-{int(time.time())}"
        aside.mkdir()
        for path in data.glob("registry.db*"):
            path.rename(aside / path.name)
        say(f"上次载入演示数据未完成，已移到 {aside}（an unfinished load was put aside）")
    elif database.exists():
        say(f"使用已有数据 {data}（using the data already there）")
        return
    say("建库并载入演示县 …（creating the database, loading the demo county）")
    loading.touch()
    run(data, "demo")
    loading.unlink()


def free_port(port: int) -> None:
    """Stop early, with the cure, when the port is taken."""
    with socket.socket() as probe:
        if os.name != "nt":
            # On Windows this option would let two servers share the port.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            stop(f"端口 {port} 已被占用，请换一个：python3 start.py --port {port + 1}（port {port} is taken）")


def start(arguments: list[str]) -> None:
    """Install, load the demo county, write its ledger, print its counts, serve."""
    parser = argparse.ArgumentParser(description="安装、载入演示县、启动 (install, load the demo county, serve)")
    data_default = Path(os.environ.get("RISK_REGISTRY_DATA") or ROOT / "data")
    parser.add_argument("--data", type=Path, default=data_default, help="数据文件夹 (data folder)")
    parser.add_argument("--port", type=int, default=8000, help="端口 (port)")
    parser.add_argument("--no-serve", action="store_true", help="不启动网页服务 (stop before serving)")
    parser.add_argument("--install-only", action="store_true", help="只安装 (install, then stop)")
    chosen = parser.parse_args(arguments)
    serve = not (chosen.no_serve or chosen.install_only)
    if serve:
        free_port(chosen.port)
    install(test=False)
    if chosen.install_only:
        return
    data = chosen.data.absolute()
    load_demo(data)
    ledger = data / f"ledger-{DEMO_YEAR}.xlsx"
    run(data, "export", "--year", DEMO_YEAR, "-o", str(ledger))
    say(f"{DEMO_YEAR} 年台账已写入 {ledger}（ledger written）")
    run(data, "counts", "--year", DEMO_YEAR, "--text")
    seconds = time.monotonic() - STARTED
    if serve:
        say(f"准备用时 {seconds:.0f} 秒，即将在 http://127.0.0.1:{chosen.port} 提供服务，按 Ctrl+C 停止（serving）")
        command = [str(COMMAND), "--data", str(data), "serve", "--port", str(chosen.port)]
        replace_by(command, environment())
    say(f"完成，用时 {seconds:.0f} 秒（done）")


def test(arguments: list[str]) -> None:
    """Install the test requirements too, then run pytest with the arguments given."""
    install(test=True)
    if "--install-only" not in arguments:
        os.chdir(ROOT)
        replace_by([str(PYTHON), "-m", "pytest", *arguments], dict(os.environ, PYTHONUTF8="1"))


def main(arguments: list[str]) -> None:
    """Run the command line."""
    if sys.version_info < (3, 11):  # noqa: UP036  (this file is what an older Python is given to read)
        stop("需要 Python 3.11 或更新版本。(Python 3.11 or newer is needed.)")
    for stream in (sys.stdout, sys.stderr):
        # A console that cannot show Chinese shows question marks instead of ending the start.
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    if arguments[:1] == ["test"]:
        test(arguments[1:])
    else:
        start(arguments)


if __name__ == "__main__":
    main(sys.argv[1:])
