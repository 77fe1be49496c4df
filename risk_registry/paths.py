"""Where the folders beside the code lie: templates, static, migrations."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def folder(name: str) -> Path:
    """The absolute folder `name`: inside the package (installed wheel), else beside it (checkout, editable install).

    Raises ``FileNotFoundError`` when neither exists: the installation is incomplete.
    """
    for parent in (_PACKAGE, _PACKAGE.parent):
        candidate = parent / name
        if candidate.is_dir():
            return candidate
    raise FileNotFoundError(f"the folder {name!r} is neither in {_PACKAGE} nor in {_PACKAGE.parent}")


def checkout() -> Path | None:
    """The root of the source checkout this code runs from, ``None`` when it is installed as a wheel."""
    root = _PACKAGE.parent
    return root if (root / "setup.cfg").is_file() and (root / "start.py").is_file() else None
