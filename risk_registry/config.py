"""Every setting of the registry in one typed table: name, default, meaning, and where its value came from.

Order: default < ``config.toml`` in the data folder < environment ``RISK_REGISTRY_<NAME>`` < the command line. A key
this table does not know stops the start with its name: a slip of the pen must not silently drop a protection.
"""

from __future__ import annotations

import dataclasses
import os
import re
import secrets
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from risk_registry import paths
from risk_registry.core.text_marks import N_

PREFIX = "RISK_REGISTRY_"
CONFIG_FILE = "config.toml"
SECRET_FILE = "secret.key"
#: Read by the test suite and its runner, not by the registry.
NOT_SETTINGS = frozenset({"RISK_REGISTRY_REQUIRE"})
_SHORTEST_SECRET = 32


class SettingError(Exception):
    """A setting cannot be used; the text names it and says what would be right."""


Parse = Callable[[object], Any]


@dataclass(frozen=True)
class Setting:
    """One row of the table, as ``check`` and the manual show it."""

    name: str
    parse: Parse
    zh: str
    en: str
    secret: bool
    default: object

    @property
    def variable(self) -> str:
        """The environment variable of this setting."""
        return PREFIX + self.name.upper()


def _text(value: object) -> str:
    # A secret of digits only stays text: nothing here guesses a type from the look of a value.
    if not isinstance(value, str):
        raise ValueError("expected text")
    return value.strip()


def _folder(value: object) -> Path:
    text = _text(value)
    if not text:
        raise ValueError("expected the path of a folder")
    return Path(text).expanduser().absolute()


def _flag(value: object) -> bool:
    if isinstance(value, bool):
        return value
    known = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}
    text = _text(value).lower()
    if text not in known:
        raise ValueError("expected true or false")
    return known[text]


def _number(lowest: int, highest: int) -> Parse:
    def parse(value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int | str):
            raise ValueError("expected a whole number")
        text = str(value).strip()
        if not re.fullmatch(r"[0-9]{1,12}", text) or not lowest <= int(text) <= highest:
            raise ValueError(f"expected a whole number from {lowest} to {highest}")
        return int(text)

    return parse


def _hosts(value: object) -> tuple[str, ...]:
    if isinstance(value, tuple | list):
        names = [_text(item) for item in value]
    else:
        names = [item.strip() for item in _text(value).split(",")]
    names = [name for name in names if name]
    for name in names:
        if not re.fullmatch(r"\.?[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*|\[[0-9A-Fa-f:.]+\]", name):
            raise ValueError(f"{name!r} is not a host name without port")
    if not names:
        raise ValueError("expected at least one host name")
    return tuple(names)


def _database(value: object) -> str:
    url = _text(value)
    for plain in ("postgresql://", "postgres://"):
        if url.startswith(plain):
            return "postgresql+psycopg://" + url.removeprefix(plain)
    if url and not url.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise ValueError("expected sqlite:///… or postgresql+psycopg://…")
    return url


def _secret(value: object) -> str:
    text = _text(value)
    if text and len(text) < _SHORTEST_SECRET:
        raise ValueError(f"expected at least {_SHORTEST_SECRET} characters")
    return text


def _about(parse: Parse, zh: str, en: str, *, secret: bool = False) -> dict[str, Any]:
    return {"parse": parse, "zh": zh, "en": en, "secret": secret}


_DATABASE = _about(
    _database,
    N_("数据库地址，默认为数据文件夹中的数据库文件"),
    "database, default registry.db in the data folder",
    secret=True,
)
_MIGRATE = _about(
    _database,
    N_("升级数据库结构时使用的所有者账号（数据库服务器）"),
    "database owner used for upgrades (PostgreSQL)",
    secret=True,
)
_SECRET = _about(
    _secret,
    N_("会话签名密钥，默认读取数据文件夹中的密钥文件"),
    "signs sessions, default secret.key in the data folder",
    secret=True,
)
_HOSTS = _about(_hosts, N_("允许访问的主机名（逗号分隔）"), "host names this site answers to, comma separated")
_PROXIES = _about(_number(0, 5), N_("前置反向代理的层数"), "number of reverse proxies in front")
_HTTPS = _about(_flag, N_("经由加密网址访问（登录凭据仅加密传输）"), "reached by HTTPS: secure cookies, HSTS")
_IDLE = _about(_number(1, 720), N_("无操作自动退出（分钟）"), "minutes without a request until sign-out")
_HOURS = _about(_number(1, 24), N_("登录最长有效时间（小时）"), "hours a sign-in lasts at most")
_BODY = _about(_number(64, 102400), N_("单次提交上限（千字节）"), "largest request body, KiB")
_FIELDS = _about(_number(50, 20000), N_("单次提交的字段数上限"), "most fields in one form")
_DEMO = _about(_flag, N_("演示模式"), "demo mode: loopback only, banner, accounts listed")
_CONTACT = _about(_text, N_("出错页面上的联系人或电话"), "whom to call, shown on error pages")


@dataclass(frozen=True)
class Config:
    """The effective settings. ``origins`` says of each where it came from."""

    data: Path = field(default=Path(), metadata=_about(_folder, N_("数据文件夹"), "data folder"))
    database_url: str = field(default="", metadata=_DATABASE)
    migrate_url: str = field(default="", metadata=_MIGRATE)
    secret_key: str = field(default="", metadata=_SECRET, repr=False)
    trusted_hosts: tuple[str, ...] = field(default=("localhost", "127.0.0.1", "[::1]"), metadata=_HOSTS)
    proxies: int = field(default=0, metadata=_PROXIES)
    https: bool = field(default=False, metadata=_HTTPS)
    session_idle_minutes: int = field(default=30, metadata=_IDLE)
    session_hours: int = field(default=12, metadata=_HOURS)
    max_body_kib: int = field(default=2048, metadata=_BODY)
    max_fields: int = field(default=2000, metadata=_FIELDS)
    demo: bool = field(default=False, metadata=_DEMO)
    contact: str = field(default="", metadata=_CONTACT)
    origins: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def listing(self) -> list[tuple[str, str, str]]:
        """(name, value, origin) of every setting; secrets are masked, a database address without its password."""
        rows = []
        for setting in SETTINGS:
            value = getattr(self, setting.name)
            text = ",".join(value) if isinstance(value, tuple) else str(value)
            shown = mask(text) if setting.secret else text
            rows.append((setting.name, shown, self.origins.get(setting.name, "default")))
        return rows

    def require_secret(self) -> str:
        """The key that signs sessions. Raises ``SettingError`` where none was made yet: there is no default key."""
        if not self.secret_key:
            raise SettingError(
                f"secret_key: no {SECRET_FILE} in {self.data}; run `risk-registry init` (or `demo`) first, "
                f"or set {PREFIX}SECRET_KEY"
            )
        return self.secret_key


SETTINGS: tuple[Setting, ...] = tuple(
    Setting(item.name, default=item.default, **item.metadata) for item in dataclasses.fields(Config) if item.metadata
)


def mask(text: str) -> str:
    """A secret as it may be shown: nothing of a key, a database address without its password."""
    if not text:
        return ""
    if "://" in text:
        return re.sub(r"(://[^:/@]*):[^@]*@", r"\1:***@", text)
    return "***"


def load(*, data: Path | str | None = None, environ: Mapping[str, str] | None = None) -> Config:
    """The effective settings; ``data`` is the folder named on the command line.

    Raises ``SettingError`` for an unknown key, a bad value, or when no data folder is known.
    """
    environ = os.environ if environ is None else environ
    given = {name.removeprefix(PREFIX).lower(): text for name, text in environ.items() if _is_ours(name)}
    known = {setting.name: setting for setting in SETTINGS}
    for name in given:
        if name not in known:
            raise SettingError(f"{PREFIX}{name.upper()}: no such setting")
    folder, folder_origin = _data_folder(data, given)
    values: dict[str, Any] = {"data": folder}
    origins = {"data": folder_origin}
    for name, value in _file_values(folder).items():
        if name not in known or name == "data":
            raise SettingError(f"{folder / CONFIG_FILE}: {name}: no such setting")
        values[name] = _parsed(known[name], value, f"{folder / CONFIG_FILE}: {name}")
        origins[name] = CONFIG_FILE
    for name, text in given.items():
        if name != "data":
            values[name] = _parsed(known[name], text, known[name].variable)
            origins[name] = known[name].variable
    _add_folder_defaults(values, origins, folder)
    return Config(**values, origins=MappingProxyType(origins))


def _is_ours(name: str) -> bool:
    return name.startswith(PREFIX) and name not in NOT_SETTINGS


def _parsed(setting: Setting, value: object, where: str) -> Any:
    try:
        return setting.parse(value)
    except ValueError as error:
        shown = "***" if setting.secret else repr(value)
        raise SettingError(f"{where}: {error}, not {shown}") from None


def _data_folder(data: Path | str | None, given: Mapping[str, str]) -> tuple[Path, str]:
    if data is not None:
        return _folder(str(data)), "--data"
    if "data" in given:
        if not given["data"].strip():
            raise SettingError(f"{PREFIX}DATA: expected the path of a folder, not ''")
        return _folder(given["data"]), f"{PREFIX}DATA"
    root = paths.checkout()
    if root is None:
        raise SettingError(f"data: name the data folder with --data or {PREFIX}DATA")
    return root / "data", "default"


def _file_values(folder: Path) -> dict[str, object]:
    file = folder / CONFIG_FILE
    if not file.is_file():
        return {}
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingError(f"{file}: {error}") from None


def _add_folder_defaults(values: dict[str, Any], origins: dict[str, str], folder: Path) -> None:
    if not values.get("database_url"):
        values["database_url"] = f"sqlite:///{(folder / 'registry.db').as_posix()}"
        origins.pop("database_url", None)
    if not values.get("secret_key"):
        key = read_secret(folder)
        values["secret_key"] = key
        if key:
            origins["secret_key"] = SECRET_FILE


def read_secret(folder: Path) -> str:
    """The key in the data folder, "" where there is none. Raises ``SettingError`` when it is too short to protect."""
    file = folder / SECRET_FILE
    if not file.is_file():
        return ""
    key = file.read_text(encoding="ascii", errors="replace").strip()
    if len(key) < _SHORTEST_SECRET:
        raise SettingError(f"{file}: expected at least {_SHORTEST_SECRET} characters")
    return key


def ensure_secret(folder: Path) -> str:
    """The key of the data folder, made on first use: 256 random bits in a file only its owner can read."""
    folder.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(folder / SECRET_FILE, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return read_secret(folder)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(32) + "\n")
        file.flush()
        os.fsync(file.fileno())
    return read_secret(folder)
