"""Allowed values of the registry: kinds of events and duties, and the code lists of the forms as printed."""

from .events import (
    AddressKind,
    CareRole,
    LifeEventKind,
    NameKind,
    NumberKind,
    ResponsibilityKind,
    SupportKind,
)
from .papers import PaperKind

__all__ = [
    "AddressKind",
    "CareRole",
    "LifeEventKind",
    "NameKind",
    "NumberKind",
    "PaperKind",
    "ResponsibilityKind",
    "SupportKind",
]
