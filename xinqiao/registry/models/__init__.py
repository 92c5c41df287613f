"""The tables of the registry."""

from .facts import Address, Consent, Diagnosis, Guardian, Identifier, LifeEvent, Responsibility
from .person import Person

__all__ = [
    "Address",
    "Consent",
    "Diagnosis",
    "Guardian",
    "Identifier",
    "LifeEvent",
    "Person",
    "Responsibility",
]
