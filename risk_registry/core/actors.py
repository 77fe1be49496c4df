"""Who acts: an account, the operator at the command line, or the registry itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ActorKind = Literal["account", "cli", "system"]


@dataclass(frozen=True)
class Actor:
    """Name and organisation are texts as they stood at the act, so that the log stays readable after a rename."""

    kind: ActorKind
    account_id: int | None
    name: str
    organisation_id: int | None
    organisation: str
    roles: frozenset[str]
    address: str = ""
    #: Organisations whose business has passed to the actor's by a merger or a split.
    inherited: frozenset[int] = frozenset()

    def has(self, *roles: str) -> bool:
        """Whether the actor holds at least one of the roles."""
        return not self.roles.isdisjoint(roles)

    def stands_for(self, organisation_id: int | None) -> bool:
        """Whether this is the actor's organisation, or one whose business has passed to it."""
        return organisation_id is not None and (
            organisation_id == self.organisation_id or organisation_id in self.inherited
        )
