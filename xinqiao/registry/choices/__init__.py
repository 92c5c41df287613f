"""Allowed values of the registry: kinds of events and duties, and the code lists of the forms as printed."""

from .events import LifeEventKind, ResponsibilityKind

__all__ = ["LifeEventKind", "ResponsibilityKind"]
