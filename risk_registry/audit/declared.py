"""What a table must tell so that its changes can be recorded and checked."""

from __future__ import annotations

from typing import ClassVar


class Declared:
    """Mixin of mapped classes whose named columns may change only through a recorded act.

    ``__declared__`` names the columns; ``subject_kind`` names the thing in the log. A row that belongs to another (a
    consultation to its assessment) overrides ``event_subject``: its changes are part of the event about that other.
    """

    __declared__: ClassVar[tuple[str, ...]] = ()
    subject_kind: ClassVar[str] = ""
    id: object

    @property
    def subject_text(self) -> str:
        """How the log names this thing to a reader."""
        return str(self.id)

    @property
    def is_gone(self) -> bool:
        """Whether the row will be deleted by the coming flush although nobody deleted it by name (an orphan)."""
        return False

    def event_subject(self) -> Declared:
        """The thing whose event covers a change of this row."""
        return self
