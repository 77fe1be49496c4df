"""Files that appear whole or not at all, and zip packages whose bytes depend on their content alone."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO, Any, BinaryIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo


@contextmanager
def whole_file(target: str | Path | BinaryIO) -> Iterator[BinaryIO]:
    """A binary file to write to. A path is filled beside its place, synced and renamed; on a fault nothing is left.

    A file object is given back as it is and stays open.
    """
    if not isinstance(target, str | Path):
        yield target
        return
    path = Path(target)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(0o640)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


class StampedZip(ZipFile):
    """A zip whose members all carry one given time, so that the same ledger gives the same bytes."""

    def __init__(self, file: IO[bytes], moment: datetime) -> None:
        super().__init__(file, "w", ZIP_DEFLATED, allowZip64=True)
        year = min(max(moment.year, 1980), 2107)  # the years a zip can tell
        self._stamp = (year, moment.month, moment.day, moment.hour, moment.minute, moment.second)

    def _member(self, name: str) -> ZipInfo:
        info = ZipInfo(name, self._stamp)
        info.compress_type = ZIP_DEFLATED
        return info

    def writestr(self, zinfo_or_arcname: str | ZipInfo, data: Any, *args: Any, **options: Any) -> None:
        """As in ZipFile, with the fixed time."""
        name = zinfo_or_arcname.filename if isinstance(zinfo_or_arcname, ZipInfo) else zinfo_or_arcname
        super().writestr(self._member(name), data, *args, **options)

    def write(self, filename: Any, arcname: Any = None, *_args: Any, **_options: Any) -> None:
        """As in ZipFile, with the fixed time instead of the file's."""
        with Path(filename).open("rb") as source, self.open(self._member(str(arcname or filename)), "w") as member:
            shutil.copyfileobj(source, member, 1 << 16)
