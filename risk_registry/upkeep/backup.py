"""Backup and restore: one file with the whole registry, a manifest of what it holds, a digest over every byte of it.

The digest of the file stands in the archive's own comment, its last 64 bytes, so that a changed byte is found wherever
it lies: in the data, in the manifest or in the archive's directory.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import shutil
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from risk_registry.core.problems import Refused
from risk_registry.core.text_marks import N_
from risk_registry.db.clock import SHANGHAI
from risk_registry.upkeep.snapshot import Content, copy_embedded, dump_postgresql, examined, sync

__all__ = [
    "KEPT",
    "BackupFile",
    "Kept",
    "Source",
    "backup_due",
    "by_hand",
    "copy_embedded",
    "daily_backup",
    "daily_file",
    "drop_oldest",
    "extract",
    "kept_files",
    "last_backup",
    "open_backup",
    "write_backup",
]

#: How many daily backups are kept.
KEPT = 14
FORMAT = 1
MANIFEST = "manifest.json"
EMBEDDED, DUMP = "registry.db", "registry.dump"
_MARK = "last-backup.txt"
_DAILY = re.compile(r"registry-(\d{8}-\d{6})\.zip")
#: Copies taken before an upgrade: of the embedded database a database file, of PostgreSQL a backup.
_BEFORE_UPGRADE = re.compile(r"before-upgrade-from-\w+\.(?:db|zip)")
_DIGEST = 64
_CHUNK = 1 << 20


@dataclass(frozen=True)
class Source:
    """The database to copy; ``url`` is that of the role that dumps it (PostgreSQL)."""

    engine: Engine
    url: str
    data: Path


@dataclass(frozen=True)
class BackupFile:
    """A backup whose every byte was checked."""

    path: Path
    manifest: Mapping[str, Any]

    @property
    def member(self) -> str:
        """Name of the database in the archive."""
        return EMBEDDED if self.manifest["engine"] == "sqlite" else DUMP


#: Told before each step of a backup: how many are done, how many there are, the name of this one.
Tell = Callable[[int, int | None, str], None]


def _silent(_done: int, _total: int | None, _message: str) -> None:
    return


def write_backup(source: Source, target: Path, now: datetime, tell: Tell = _silent) -> dict[str, Any]:
    """Copy the registry into ``target`` while it is in use; the manifest of what was copied.

    The file is there whole or not at all. Raises ``Refused`` when what was copied does not hold together.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f".{target.name}.partial")
    engine = source.engine.dialect.name
    member = EMBEDDED if engine == "sqlite" else DUMP
    copy = target.with_name(f".{target.name}.{member}")
    try:
        tell(0, 2, N_("复制并检查数据库"))
        content = _copied(source, copy)
        tell(1, 2, N_("压缩并计算校验值"))
        manifest = {
            "format": FORMAT,
            "created": now.astimezone(SHANGHAI).isoformat(timespec="seconds"),
            "engine": engine,
            **content.as_dict(),
            "members": {member: {"sha256": _sha256(copy), "bytes": copy.stat().st_size}},
        }
        _pack(partial, {member: copy}, manifest, now)
        os.replace(partial, target)
        sync(target.parent)
    finally:
        for leftover in (copy, partial):
            leftover.unlink(missing_ok=True)
    _remember(source.data, now)
    return manifest


def _copied(source: Source, copy: Path) -> Content:
    copy.unlink(missing_ok=True)
    if source.engine.dialect.name == "sqlite":
        copy_embedded(source.engine, copy)
        return examined(copy)
    return dump_postgresql(source.engine, source.url, copy)


def _pack(path: Path, members: Mapping[str, Path], manifest: Mapping[str, Any], now: datetime) -> None:
    local = now.astimezone(SHANGHAI)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, file in members.items():
            archive.write(file, name)
        entry = zipfile.ZipInfo(MANIFEST, (local.year, local.month, local.day, local.hour, local.minute, local.second))
        archive.writestr(entry, json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True))
        archive.comment = b"0" * _DIGEST
    with path.open("r+b") as packed:
        digest = _digest_before_comment(path)
        packed.seek(-_DIGEST, os.SEEK_END)
        packed.write(digest.encode("ascii"))
        packed.flush()
        os.fsync(packed.fileno())


def _digest_before_comment(path: Path) -> str:
    found = hashlib.sha256()
    left = path.stat().st_size - _DIGEST
    with path.open("rb") as file:
        while left > 0 and (chunk := file.read(min(_CHUNK, left))):
            found.update(chunk)
            left -= len(chunk)
    return found.hexdigest()


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def open_backup(path: Path) -> BackupFile:
    """The backup with its manifest. Raises ``Refused`` when it is no backup of ours or a single byte was changed."""
    damaged = Refused.one("file", N_("备份文件“%(file)s”已损坏或被改动，请换用另一份备份"), file=path.name)
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            file.seek(-min(size, _DIGEST), os.SEEK_END)
            said = file.read().decode("ascii", "replace")
    except OSError:
        raise Refused.one("file", N_("备份文件“%(file)s”无法读取"), file=path) from None
    if size <= _DIGEST or said != _digest_before_comment(path):
        raise damaged
    try:
        with zipfile.ZipFile(path) as archive:
            manifest = json.loads(archive.read(MANIFEST))
        known = manifest["format"] == FORMAT
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError):
        raise damaged from None
    if not known:
        raise Refused.one("file", N_("备份文件“%(file)s”由更新版本的软件生成，请升级后再恢复"), file=path.name)
    return BackupFile(path, manifest)


def extract(backup: BackupFile, target: Path) -> None:
    """Write the database of a backup to ``target``; its digest must be that of the manifest. Raises ``Refused``."""
    with zipfile.ZipFile(backup.path) as archive, archive.open(backup.member) as packed, target.open("wb") as file:
        shutil.copyfileobj(packed, file, _CHUNK)
        file.flush()
        os.fsync(file.fileno())
    wanted = backup.manifest["members"][backup.member]
    if _sha256(target) != wanted["sha256"] or target.stat().st_size != wanted["bytes"]:
        raise Refused.one("file", N_("备份文件中的数据库与清单不符"))


def same_content(backup: BackupFile, found: Content) -> None:
    """Raises ``Refused`` unless a restored database holds what the manifest says."""
    manifest = backup.manifest
    if found.as_dict()["head"] != manifest["head"]:
        raise Refused.one("file", N_("恢复出的操作日志与备份清单不符"))
    for name, wanted in manifest["counts"].items():
        if found.counts.get(name) != wanted:
            raise Refused.one(
                "file",
                N_("恢复出的数据表“%(table)s”有%(count)s行，备份清单为%(wanted)s行"),
                table=name,
                count=found.counts.get(name, 0),
                wanted=wanted,
            )


def _remember(data: Path, now: datetime) -> None:
    """Note when the registry was last backed up, wherever the file went."""
    folder = data / "backups"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / _MARK).write_text(now.astimezone(SHANGHAI).isoformat() + "\n", encoding="ascii")


def _daily_files(data: Path) -> list[tuple[datetime, Path]]:
    found = []
    for path in (data / "backups").glob("registry-*.zip"):
        match = _DAILY.fullmatch(path.name)
        if match:
            found.append((datetime.strptime(match[1], "%Y%m%d-%H%M%S").replace(tzinfo=SHANGHAI), path))
    return sorted(found)


@dataclass(frozen=True)
class Kept:
    """A file in the folder of backups; ``sort`` is ``daily``, ``by_hand`` or ``before_upgrade``."""

    name: str
    sort: str
    size: int
    changed: datetime
    mark: int

    @property
    def restorable(self) -> bool:
        """Whether ``restore`` takes it; a bare database file is put in place by hand."""
        return self.name.endswith(".zip")


def kept_files(data: Path) -> list[Kept]:
    """The backups of a data folder, newest first."""
    found = []
    for path in (data / "backups").glob("[!.]*"):
        known = _BEFORE_UPGRADE.fullmatch(path.name)
        if not path.is_file() or not (known or path.suffix == ".zip"):
            continue
        sort = "before_upgrade" if known else "daily" if _DAILY.fullmatch(path.name) else "by_hand"
        about = path.stat()
        moment = datetime.fromtimestamp(about.st_mtime, SHANGHAI)
        found.append(Kept(path.name, sort, about.st_size, moment, about.st_mtime_ns))
    return sorted(found, key=lambda file: (file.mark, file.name), reverse=True)


def by_hand(data: Path, now: datetime) -> Path:
    """Where a backup asked for by a person goes; such a file is never dropped by itself."""
    return data / "backups" / f"by-hand-{now.astimezone(SHANGHAI):%Y%m%d-%H%M%S}.zip"


def last_backup(data: Path) -> datetime | None:
    """When the registry in the data folder was last backed up, daily or by hand; ``None`` when never."""
    moments = [moment for moment, _ in _daily_files(data)]
    with contextlib.suppress(OSError, ValueError):
        moments.append(datetime.fromisoformat((data / "backups" / _MARK).read_text(encoding="ascii").strip()))
    return max(moments, default=None)


def backup_due(data: Path, now: datetime) -> bool:
    """Whether the daily backup of this day is still to be made."""
    files = _daily_files(data)
    return not files or files[-1][0].date() < now.astimezone(SHANGHAI).date()


def daily_file(data: Path, now: datetime) -> Path:
    """Where the daily backup of this moment goes."""
    return data / "backups" / f"registry-{now.astimezone(SHANGHAI):%Y%m%d-%H%M%S}.zip"


def drop_oldest(data: Path, *, keep: int = KEPT) -> None:
    """Drop the oldest daily backups beyond ``keep``."""
    for _, path in _daily_files(data)[:-keep]:
        path.unlink(missing_ok=True)


def daily_backup(source: Source, now: datetime) -> Path:
    """Back up into ``backups`` of the data folder and drop the oldest beyond those kept."""
    target = daily_file(source.data, now)
    write_backup(source, target, now)
    drop_oldest(source.data)
    return target
