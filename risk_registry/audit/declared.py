"""What a table must tell so that its changes can be recorded and checked."""

from __future__ import annotations

from typing import ClassVar

from sqlalchemy import inspect


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


class DeclaredRow(Declared):
    """Mixin of the rows of a list that belongs to another thing: their changes are part of the event about that one.

    ``row_of`` names the relationship to the owner, whose list deletes orphans; ``position`` tells the rows apart.
    """

    row_of: ClassVar[str] = ""
    position: object

    @property
    def subject_mark(self) -> object:
        """Which row of its list this is, in an event."""
        return self.position

    @property
    def is_gone(self) -> bool:
        """Whether the row was taken out of its list and will be deleted by the flush."""
        return getattr(self, self.row_of) is None

    def event_subject(self) -> Declared:
        """What the owner's changes are about, also for a row that was taken out of its list."""
        owner: Declared = getattr(self, self.row_of) or next(iter(inspect(self).attrs[self.row_of].history.deleted))
        return owner.event_subject()
