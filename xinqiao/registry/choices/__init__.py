"""Allowed values of the registry: kinds of events and duties, and the code lists of the forms as printed."""

from .events import (
    AddressKind,
    CareRole,
    CorrectionKind,
    LifeEventKind,
    NameKind,
    NumberKind,
    RefusalReason,
    ResponsibilityKind,
    SupportKind,
)
from .papers import PaperKind

__all__ = [
    "AddressKind",
    "CareRole",
    "CorrectionKind",
    "LifeEventKind",
    "NameKind",
    "NumberKind",
    "PaperKind",
    "RefusalReason",
    "ResponsibilityKind",
    "SupportKind",
]
