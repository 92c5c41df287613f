"""The quick form: every judgement asked anew, the rest taken over from the last visit, shown, and confirmed by one tap."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from ..rules import FIELDS, JUDGEMENT_KEYS, is_complete
from .questions import CARRIED, HANGS_ON
from .reading import values_of
from .words import in_words

#: Carried only when last time there was nothing to tell; otherwise asked.
CARRIED_WHEN_NOTHING = {"lab": "1", "refer_suggest": "1", "referred": "1"}
#: The questions of the quick form, in the order of a visit. Judgements, never filled in.
ASKED_QUICKLY = (
    "risk",
    "symptoms",
    "insight",
    "danger_any",
    "locked",
    "hospital",
    "adherence",
    "adr",
)
#: Seen at the top of the form and not hidden with the rest: how the person was met.
_AT_THE_TOP = frozenset({"form", "form_detail", "targets"})
_NEVER = {key for key in JUDGEMENT_KEYS if key not in CARRIED}


def may_carry(last: Mapping[str, Any]) -> bool:
    """Whether there is a whole visit at home to take over from."""
    return bool(last) and is_complete(last) and last.get("risk") is not None


def carried_record(last: Mapping[str, Any]) -> dict[str, Any]:
    """What is taken over: nothing that is a judgement."""
    kept = {key: last[key] for key in CARRIED if key in last and key not in _NEVER}
    kept |= {key: value for key, value in CARRIED_WHEN_NOTHING.items() if last.get(key) == value}
    return kept


def carried_values(last: Mapping[str, Any]) -> dict[str, Any]:
    """The same as the controls hold it."""
    return {key: value for key, value in values_of(carried_record(last)).items() if key != "ending"}


def carried_words(values: Mapping[str, Any], last: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What stands under "the rest as last time", in words, in the order of the form."""
    kept = carried_record(last)
    return [
        (_(FIELDS[key].label), in_words(key, kept[key]))
        for key in FIELDS
        if key in kept and key not in _AT_THE_TOP
    ]


def open_after_carrying(last: Mapping[str, Any]) -> list[str]:
    """What the form requires and last time does not give: asked openly in the quick form too."""
    kept = carried_record(last)
    return [
        key
        for key, field in FIELDS.items()
        if field.need == "conditional"
        and field.clinical
        and key not in kept
        and key not in HANGS_ON
        and key not in _NEVER
        and key not in ("danger_acts", "symptom_severity")
    ]
