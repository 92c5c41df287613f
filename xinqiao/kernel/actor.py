"""Who acts, and what that person may see at most."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from .codes import bounds, contains
from .terms import RECORD_ROLES, SHARED_ROLES, Role


@dataclass(frozen=True, slots=True)
class Scope:
    """What the database will show: codes in [lo, hi), or in `codes`, or rows shared with one of `shared`.

    The empty scope (all fields empty) shows nothing; it is what a role without records gets.
    """

    lo: str = ""
    hi: str = ""
    codes: tuple[str, ...] = ()
    shared: tuple[str, ...] = ()

    def covers(self, code: str) -> bool:
        """Whether a row managed at `code` is inside (leaving aside rows shared on purpose)."""
        return bool(self.lo and self.lo <= code < self.hi) or code in self.codes


def of_institution(institution_id: UUID) -> str:
    """The key under which a row is shared with an institution: its hospital doctors, its police officers."""
    return f"org:{institution_id}"


def at_place(code: str) -> str:
    """The key under which a row is shared with the workers of a township or a county, given by its 12 digits."""
    return f"at:{code}"


@dataclass(frozen=True, slots=True)
class Actor:
    """A signed-in person, as rules, actions and queries see one.

    `place` is the 12-digit node the account belongs to; `villages` are the village codes a village doctor serves
    today (other roles serve the whole of `place`); `shared` are keys that rows may be shared with. `further` are places
    served besides `place` (as after a change of borders), `further_codes` every division at or below them: several prefixes
    become a list of codes, so that the one policy of the database stays three comparisons.
    """

    user_id: UUID
    username: str
    display_name: str
    role: Role
    place: str
    institution_id: UUID | None = None
    villages: tuple[str, ...] = ()
    shared: tuple[str, ...] = ()
    further: tuple[str, ...] = ()
    further_codes: tuple[str, ...] = ()

    @property
    def places(self) -> tuple[str, ...]:
        """Where the actor works: the own place, and those served besides."""
        return (self.place, *self.further)

    @property
    def scope(self) -> Scope:
        """Scope of records. Roles that hold no records get the empty scope, or only what is shared with them."""
        if self.role in SHARED_ROLES:
            return Scope(shared=self.shared)
        if self.role not in RECORD_ROLES:
            return Scope()
        if self.role is Role.VILLAGE_DOCTOR:
            return Scope(codes=self.villages, shared=self.shared)
        lo, hi = bounds(self.place)
        return Scope(lo=lo, hi=hi, codes=self.further_codes, shared=self.shared)

    def serves(self, code: str) -> bool:
        """Whether the actor's place of work covers a division (for counts and places, not for records)."""
        if self.role is Role.VILLAGE_DOCTOR:
            return code in self.villages
        return any(contains(one, code) for one in self.places)
