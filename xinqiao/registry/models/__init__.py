"""The tables of the registry."""

from .facts import Address, Consent, Diagnosis, Guardian, Identifier, LifeEvent, Responsibility
from .office import FileSerial, LookUp
from .person import Person
from .revision import PersonRevision

__all__ = [
    "Address",
    "Consent",
    "Diagnosis",
    "FileSerial",
    "Guardian",
    "Identifier",
    "LifeEvent",
    "LookUp",
    "Person",
    "PersonRevision",
    "Responsibility",
]
