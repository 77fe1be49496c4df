"""Build the wheel, install it away from the checkout, and see that it serves its pages with style and script.

Run with a Python that has the test requirements. Everything is made in a temporary folder and removed.
"""

from __future__ import annotations

import contextlib
import http.client
import pathlib
import re
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import venv
import zipfile
from collections.abc import Iterator

ROOT = pathlib.Path(__file__).resolve().parent.parent
DATA_FOLDERS = ("templates", "static", "migrations")
# What translators and builders need, not the installed application.
NOT_SHIPPED = {".po"}


def build(target: pathlib.Path) -> pathlib.Path:
    """Build the wheel; `build/` goes first, or a deleted template would stay in it."""
    shutil.rmtree(ROOT / "build", ignore_errors=True)
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(target), str(ROOT)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    shutil.rmtree(ROOT / "build", ignore_errors=True)
    return next(target.glob("*.whl"))


def expected() -> set[str]:
    """Every committed file the wheel must hold, under its name there."""
    command = ["git", "ls-files", "-z", "risk_registry", *DATA_FOLDERS]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout.decode().split("\0")
    names = {name for name in listed if name and pathlib.PurePath(name).suffix not in NOT_SHIPPED}
    return {name if name.startswith("risk_registry/") else f"risk_registry/{name}" for name in names}


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def get(address: str) -> str:
    """The page at an address; raises ``URLError`` when it cannot be had."""
    with urllib.request.urlopen(address, timeout=30) as answer:
        return str(answer.read().decode("utf-8", "replace"))


@contextlib.contextmanager
def serving(command: list[str], address: str, folder: pathlib.Path) -> Iterator[None]:
    """A server that answers `/healthz`, stopped at the end."""
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
        try:
            deadline = time.monotonic() + 60
            while True:
                try:
                    get(address + "/healthz")
                    break
                except (OSError, http.client.HTTPException, urllib.error.URLError):
                    if server.poll() is not None or time.monotonic() > deadline:
                        sys.exit("the installed server does not answer:\n" + (folder / "log").read_text())
                    time.sleep(0.2)
            yield
        finally:
            server.terminate()
            server.wait(30)


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        wheel = build(folder / "dist")
        with zipfile.ZipFile(wheel) as archive:
            absent = sorted(expected() - set(archive.namelist()))
        if absent:
            sys.exit("not in the wheel:\n" + "\n".join(absent))
        environment = folder / "venv"
        venv.create(environment, with_pip=True)
        scripts = environment / ("Scripts" if sys.platform == "win32" else "bin")
        pip = [str(scripts / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run(
            [*pip, "--require-hashes", "--only-binary", ":all:", "-r", str(ROOT / "requirements.txt")], check=True
        )
        subprocess.run([*pip, "--no-deps", str(wheel)], check=True)
        password = folder / "password"
        password.write_text(secrets.token_urlsafe(16), encoding="utf-8")
        registry = [str(scripts / "risk-registry"), "--data", str(folder / "data")]
        office = ["--office", "示例县信访办公室", "--short", "示例", "--region", "500229"]
        administrator = ["--admin", "admin", "--password-file", str(password)]
        subprocess.run([*registry, "init", *office, *administrator], cwd=folder, check=True, stdout=subprocess.DEVNULL)
        port = free_port()
        address = f"http://127.0.0.1:{port}"
        with serving([*registry, "serve", "--port", str(port)], address, folder):
            page = get(address + "/login")
            parts = re.findall(r'(?:href|src)="(/static/[^"]+)"', page)
            if "登录" not in page or not parts:
                sys.exit("the login page of the installed wheel has no text or no style:\n" + page)
            for part in parts:
                get(address + part)
    print(f"wheel: {wheel.name} serves /healthz, /login and {len(parts)} static files")


if __name__ == "__main__":
    main()
