"""The files of deploy/ say what the program understands, and open nothing that need not be open."""

from __future__ import annotations

import configparser
import importlib.util
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from risk_registry.cli import cli
from risk_registry.config import SETTINGS, Config, load
from tests.deploy import plain_yaml

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
FILES = sorted(path for path in DEPLOY.rglob("*") if path.is_file())
UNITS = sorted((DEPLOY / "systemd").iterdir())
VARIABLES = {setting.variable for setting in SETTINGS}
#: What each service unit must take away from the program.
HARDENED = {
    "NoNewPrivileges": "true",
    "PrivateTmp": "true",
    "PrivateDevices": "true",
    "ProtectSystem": "strict",
    "ProtectHome": "true",
    "RestrictSUIDSGID": "true",
    "CapabilityBoundingSet": "",
    "UMask": "0077",
    "StateDirectory": "risk-registry",
    "User": "risk-registry",
}


def settings_of(name: str) -> dict[str, str]:
    """The variables of an environment file."""
    found = {}
    for line in (DEPLOY / name).read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            variable, _, value = line.partition("=")
            assert re.fullmatch(r"[A-Z_]+", variable), line
            found[variable] = value
    return found


# --- every file -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_no_file_names_a_machine_a_registry_or_a_secret(file: Path) -> None:
    text = file.read_text("utf-8")
    hosts = set(re.findall(r"[a-z]+://(?:[^/@\s]*@)?([a-z0-9][\w.-]*)", text))
    assert hosts <= {"registry.example.gov.cn", "127.0.0.1", "database", "registry"}, hosts
    # An image or a package is named without the machine it comes from.
    assert not re.search(r"(?m)^(?:FROM|\s+image:) \S+\.\S+/", text)
    assert not re.search(r"index-url|find-links|/work/|/home/|/root/", text)
    assert re.findall(r"(?i)password\w*[=:]\s*(\S+)", text) in ([], *_HARMLESS), re.findall(
        r"(?i)password\w*[=:]\s*(\S+)", text
    )


_HARMLESS = (
    ["CHANGE-ME"] * 3,
    ['"$OWNER_PASSWORD"', '"$APP_PASSWORD"'],
    [
        "?}@database/registry",
        "?}@database/registry",
        "${POSTGRES_PASSWORD:?}",
        "${APP_PASSWORD:?}",
        "${OWNER_PASSWORD:?}",
    ],
)


def test_everything_named_in_deploy_is_there() -> None:
    for file in FILES:
        for named in re.findall(r"(?<![\w/])deploy/([\w./-]*\w)", file.read_text("utf-8")):
            assert named == ".env" or (DEPLOY / named).exists(), f"{file.name}: deploy/{named}"


# --- environment ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["risk-registry.env.example", "risk-registry-owner.env.example"])
def test_environment_files_hold_settings_that_can_be_used(name: str, tmp_path: Path) -> None:
    found = settings_of(name)
    assert found
    assert set(found) <= VARIABLES
    config = load(data=tmp_path, environ=found)
    assert isinstance(config, Config)


def test_the_service_does_not_know_the_owner() -> None:
    assert "RISK_REGISTRY_MIGRATE_URL" not in settings_of("risk-registry.env.example")
    assert set(settings_of("risk-registry-owner.env.example")) == {"RISK_REGISTRY_MIGRATE_URL"}


# --- systemd ----------------------------------------------------------------------------------------------------------


def unit(path: Path) -> dict[str, dict[str, list[str]]]:
    """Sections and directives of a unit; a directive may stand more than once."""
    found: dict[str, dict[str, list[str]]] = {}
    section = ""
    for line in path.read_text("utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        if line.startswith("["):
            section = line.strip("[]")
            assert section not in found
            found[section] = {}
            continue
        name, equals, value = line.partition("=")
        assert equals, line
        assert re.fullmatch(r"[A-Z][A-Za-z]+", name), line
        found[section].setdefault(name, []).append(value)
    return found


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_units_are_well_formed_and_start_what_there_is(path: Path) -> None:
    configparser.ConfigParser(strict=False, interpolation=None).read(path, encoding="utf-8")
    found = unit(path)
    assert set(found) <= {"Unit", "Service", "Timer", "Install"}
    if path.suffix == ".timer":
        assert (DEPLOY / "systemd" / f"{path.stem}.service").exists()
        assert found["Timer"]["Persistent"] == ["true"]
        return
    [command] = found["Service"]["ExecStart"]
    program, *arguments = command.split()
    assert program.startswith("/opt/risk-registry/.venv/bin/")
    if program.endswith("/gunicorn"):
        assert arguments[:2] == ["-c", "/opt/risk-registry/deploy/gunicorn.conf.py"]
        assert arguments[2:] == ["risk_registry:create_app()"]
        return
    known = cli.commands[arguments[0]]
    options = {option for item in known.params for option in item.opts}
    assert {word for word in arguments[1:] if word.startswith("--")} <= options


@pytest.mark.parametrize("path", [path for path in UNITS if path.suffix == ".service"], ids=lambda path: path.name)
def test_services_can_do_what_they_must_and_no_more(path: Path) -> None:
    service = unit(path)["Service"]
    assert {name: service.get(name) for name in HARDENED} == {name: [value] for name, value in HARDENED.items()}
    files = service.get("EnvironmentFile", [])
    owner = "/etc/risk-registry/owner.env" in files
    assert owner == (path.stem in ("risk-registry-upgrade", "risk-registry-backup"))


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
def test_systemd_understands_the_units(tmp_path: Path) -> None:
    programs = Path(sys.executable).parent
    for path in UNITS:
        text = path.read_text("utf-8").replace("/opt/risk-registry/.venv/bin", str(programs))
        (tmp_path / path.name).write_text(text, encoding="utf-8")
    command = ["systemd-analyze", "verify", *(str(tmp_path / path.name) for path in UNITS)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    ours = [line for line in result.stderr.splitlines() if "risk-registry" in line]
    assert (result.returncode, ours) == (0, [])


# --- nginx ------------------------------------------------------------------------------------------------------------


def directives(text: str) -> list[str]:
    """The directives of an nginx file. Raises ``AssertionError`` where braces or semicolons do not close."""
    bare = re.sub(r"(^|\s)#[^\n]*", "", text)
    found, depth = [], 0
    for part in re.findall(r"[^{};]*[{};]", bare):
        words, end = " ".join(part[:-1].split()), part[-1]
        depth += {"{": 1, "}": -1, ";": 0}[end]
        assert depth >= 0
        assert bool(words) == (end != "}"), part
        found.append(words)
    assert depth == 0
    assert not re.sub(r"[^{};]*[{};]", "", bare).strip()
    return [words for words in found if words]


def test_the_nginx_site(tmp_path: Path) -> None:
    found = directives((DEPLOY / "nginx" / "risk-registry.conf").read_text("utf-8"))
    [limit] = [words.split()[1] for words in found if words.startswith("client_max_body_size")]
    assert int(limit.removesuffix("m")) * 1024 > Config.max_body_kib
    for needed in (
        "ssl_protocols TLSv1.2 TLSv1.3",
        "gzip on",
        "alias /opt/risk-registry/static/",
        'default "public, max-age=31536000, immutable"',
        "proxy_set_header Host $host",
        "proxy_set_header X-Forwarded-For $remote_addr",
        "proxy_set_header X-Forwarded-Proto $scheme",
        "proxy_set_header X-Forwarded-Host $host",
        "return 301 https://$host$request_uri",
        "server unix:/run/risk-registry/gunicorn.sock fail_timeout=0",
    ):
        assert needed in found, needed
    # A header that the visitor sent is never passed on with ours added to it.
    assert not [words for words in found if "proxy_add_x_forwarded_for" in words]


@pytest.mark.skipif(shutil.which("nginx") is None or shutil.which("openssl") is None, reason="nginx is not installed")
def test_nginx_understands_the_site(tmp_path: Path) -> None:
    key, certificate = tmp_path / "privkey.pem", tmp_path / "fullchain.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=registry.example.gov.cn"]
    subprocess.run([*command, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    site = (DEPLOY / "nginx" / "risk-registry.conf").read_text("utf-8").replace("/etc/ssl/risk-registry", str(tmp_path))
    (tmp_path / "site.conf").write_text(site, encoding="utf-8")
    whole = f"pid {tmp_path}/pid;\nevents {{}}\nhttp {{\ninclude {tmp_path}/site.conf;\n}}\n"
    (tmp_path / "nginx.conf").write_text(whole, encoding="utf-8")
    result = subprocess.run(["nginx", "-t", "-c", tmp_path / "nginx.conf"], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr


# --- containers -------------------------------------------------------------------------------------------------------


def instructions() -> list[tuple[str, str]]:
    """(instruction, arguments) of the Dockerfile."""
    text = re.sub(r"^#[^\n]*\n", "", (DEPLOY / "Dockerfile").read_text("utf-8"), flags=re.M).replace("\\\n", " ")
    found = [line.partition(" ") for line in text.splitlines() if line.strip()]
    return [(name, rest.strip()) for name, _, rest in found]


def test_the_image_is_small_without_root_and_has_one_volume() -> None:
    found = instructions()
    known = {"FROM", "WORKDIR", "COPY", "RUN", "ENV", "USER", "VOLUME", "EXPOSE", "HEALTHCHECK", "CMD"}
    assert {name for name, _ in found} <= known
    assert all("-slim" in rest for name, rest in found if name == "FROM")
    assert [rest for name, rest in found if name == "VOLUME"] == ["/data"]
    names = [name for name, _ in found]
    last = [rest for name, rest in found if name == "USER"]
    assert last == ["registry"]
    assert names.index("USER") < names.index("CMD")
    assert found[-1] == (
        "CMD",
        '["gunicorn", "-c", "/opt/risk-registry/gunicorn.conf.py", "risk_registry:create_app()"]',
    )


def test_the_image_is_made_of_files_that_are_there_and_reach_the_builder() -> None:
    sent = (DEPLOY / "Dockerfile.dockerignore").read_text("utf-8").splitlines()
    allowed = {line.removeprefix("!") for line in sent if line.startswith("!")}
    taken = set()
    for name, rest in instructions():
        if name == "COPY" and not rest.startswith("--from"):
            taken |= set(rest.split()[:-1])
    assert taken == allowed
    assert all((ROOT / name).exists() for name in taken)
    assert "*" in sent


def test_packages_come_pinned_by_digest() -> None:
    installs = [rest for name, rest in instructions() if name == "RUN" and "pip install" in rest]
    assert len(installs) == 2
    assert "--require-hashes" in installs[0]
    assert "requirements-server.txt" in installs[0]
    assert "--no-deps --no-build-isolation" in installs[1]


def compose() -> dict[str, Any]:
    """The compose file, by a YAML library where there is one, by the strict reader always."""
    text = (DEPLOY / "compose.yaml").read_text("utf-8")
    found: dict[str, Any] = plain_yaml.read(text)
    if importlib.util.find_spec("yaml"):
        library = importlib.import_module("yaml")
        assert library.safe_load(text) == found
    return found


def test_compose_starts_the_pages_after_the_upgrade_and_opens_one_port_here() -> None:
    found = compose()
    services = found["services"]
    assert set(services) == {"database", "upgrade", "pages", "backup"}
    assert [service.get("ports") for service in services.values() if "ports" in service] == [["127.0.0.1:8000:8000"]]
    assert services["pages"]["depends_on"]["upgrade"]["condition"] == "service_completed_successfully"
    for name in ("upgrade", "pages", "backup"):
        assert services[name]["read_only"] is True
        assert services[name]["cap_drop"] == ["ALL"]
        assert services[name]["volumes"] == ["data:/data"]
        assert set(services[name]["environment"]) <= VARIABLES
    assert "RISK_REGISTRY_MIGRATE_URL" not in services["pages"]["environment"]
    assert set(found["volumes"]) == {"data", "database"}
    assert services["upgrade"]["command"][1] in cli.commands


def test_compose_asks_for_nothing_that_the_example_does_not_set() -> None:
    text = (DEPLOY / "compose.yaml").read_text("utf-8")
    assert set(re.findall(r"\$\{(\w+)", text)) == set(settings_of("compose.env.example"))
    mounted = re.findall(r"- (\./[\w./-]+):", text)
    assert mounted
    assert all((DEPLOY / path).exists() for path in mounted)


@pytest.mark.parametrize(
    "text",
    ["a: 1\na: 2", "a:\n\tb: 1", "a: *missing", "a: {b: 1}", "a\n", "a: |\n  text", "a:\n  b: 1\n c: 2", "a: [1, 2"],
)
def test_the_reader_of_yaml_is_strict(text: str) -> None:
    with pytest.raises(plain_yaml.NotPlain):
        plain_yaml.read(text)


def test_the_reader_of_yaml_reads_what_is_used() -> None:
    text = 'x: &x\n  a: 1 # one\n  b: "t: u"\ny:\n  <<: *x\n  b: [p, "q, r"]\nz:\n  - m:n\n  - true\nw:\n'
    assert plain_yaml.read(text) == {
        "x": {"a": 1, "b": "t: u"},
        "y": {"a": 1, "b": ["p", "q, r"]},
        "z": ["m:n", True],
        "w": None,
    }
