"""What can go wrong, as types. Raised below, turned into a page, a line or a JSON body once at each edge.

Messages carry field labels and typed values (they go back to the person who typed them) but never anything
read from another record; logs get the `code` only.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One sentence about one field: `field` is the key, `message` names the field, the value and what is right."""

    field: str
    code: str
    message: str
    value: str = ""


class XinqiaoError(Exception):
    """Base of every expected failure; `code` is stable and safe to log, `status` is its HTTP meaning."""

    code = "error"
    status = 400

    def __init__(self, message: str = "", *, code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        if code:
            self.code = code


class NotAllowed(XinqiaoError):
    """The role may not do this, whatever the record."""

    code = "not_allowed"
    status = 403


class NotFound(XinqiaoError):
    """Not there, or not yours: the two look alike on purpose."""

    code = "not_found"
    status = 404


class Invalid(XinqiaoError):
    """What was typed cannot be kept as it is; carries one Problem per field."""

    code = "invalid"
    status = 422

    def __init__(self, problems: Iterable[Problem], message: str = "") -> None:
        self.problems = list(problems)
        super().__init__(message or ";".join(p.message for p in self.problems))

    def by_field(self) -> dict[str, Problem]:
        """First problem of each field."""
        found: dict[str, Problem] = {}
        for problem in self.problems:
            found.setdefault(problem.field, problem)
        return found


class Conflict(XinqiaoError):
    """Somebody else changed the record meanwhile, or a repeated operation differs from the first."""

    code = "conflict"
    status = 409


class PolicyMissing(XinqiaoError):
    """No rule with a source holds for this place and date: nothing is guessed."""

    code = "policy_missing"
    status = 500


class TooMany(XinqiaoError):
    """A rate limit was reached."""

    code = "too_many"
    status = 429
