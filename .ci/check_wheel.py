"""Build the wheel, install it away from the checkout, see that it migrates an older registry and serves its pages.

Run with a Python that has the test requirements. Everything is made in a temporary folder and removed.
"""

from __future__ import annotations

import contextlib
import http.client
import http.cookiejar
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
import urllib.parse
import urllib.request
import venv
import zipfile
from collections.abc import Iterator

ROOT = pathlib.Path(__file__).resolve().parent.parent
DATA_FOLDERS = ("templates", "static", "migrations")
#: A backup of the demo county written by the first revision.
OLD = ROOT / "tests" / "upkeep" / "revisions" / "0001-sqlite.zip"
#: Pages opened by whom, each with a word that must stand there.
PAGES = (
    ("zhuren", "/", "年度"),
    ("zhuren", "/ledger?year=2024", "示稳评备〔2024〕1"),
    ("zhuren", "/counts?year=2024", "14件次"),
    ("zhuren", "/filings", "备案办理"),
    ("guanli", "/admin/state", "系统状态"),
    ("guanli", "/admin/backups", "备份"),
)
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


class Visitor:
    """Somebody signed in."""

    def __init__(self, address: str, name: str, password: str) -> None:
        self.address = address
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self._opener = urllib.request.build_opener(jar)
        hidden = r'<input[^>]*name="(csrf_token|token|version)"[^>]*value="([^"]*)"'
        values = dict(re.findall(hidden, self.get("/login").split("<main", 1)[1]))
        body = urllib.parse.urlencode({**values, "name": name, "password": password}).encode()
        request = urllib.request.Request(f"{address}/login", body, {"Origin": address})
        with self._opener.open(request, timeout=30) as answer:
            if answer.url.rstrip("/") != address:
                sys.exit(f"signing in as {name} led to {answer.url}")

    def get(self, path: str) -> str:
        """A page."""
        with self._opener.open(self.address + path, timeout=30) as answer:
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


def migrated(registry: str, python: str, folder: pathlib.Path) -> int:
    """A registry of the first revision, put in place as an older program left it: upgraded, verified, served."""
    data = folder / "older"
    data.mkdir()
    with zipfile.ZipFile(OLD) as archive:
        archive.extract("registry.db", data)
    (data / "secret.key").write_text(secrets.token_hex(32), encoding="ascii")
    command = [registry, "--data", str(data)]
    for name in ("upgrade", "verify"):
        subprocess.run([*command, name], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    if not (data / "backups" / "before-upgrade-from-0001.db").is_file():
        sys.exit("the installed wheel upgraded without a copy")
    said = [python, "-c", "from risk_registry.demo.people import PASSWORD; print(PASSWORD)"]
    password = subprocess.run(said, cwd=folder, check=True, capture_output=True, text=True).stdout.strip()
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    with serving([*command, "serve", "--port", str(port)], address, folder):
        visitors = {name: Visitor(address, name, password) for name in {name for name, _, _ in PAGES}}
        for name, path, word in PAGES:
            page = re.sub("<[^>]+>", "", visitors[name].get(path))
            if word not in page:
                sys.exit(f"{path} of the installed wheel does not say {word}:\n{page}")
    return len(PAGES)


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
        pages = migrated(str(scripts / "risk-registry"), str(scripts / "python"), folder)
    print(f"wheel: {wheel.name} serves /healthz, /login and {len(parts)} static files,")
    print(f"migrates a registry of the first revision and opens {pages} pages of it")


if __name__ == "__main__":
    main()
