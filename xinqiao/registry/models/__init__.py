"""The tables of the registry."""

from .attachment import Attachment
from .background import Background
from .correction import LifeCorrection
from .facts import Address, Consent, Diagnosis, Guardian, Identifier, LifeEvent, Responsibility
from .family import HouseholdMember, Relative
from .inquiry import Inquiry
from .names import OtherNumber, PersonName
from .office import FileSerial, LookUp
from .person import Person
from .revision import PersonRevision
from .support import CareGroup, CareMember, CarePlacement, Certificate, ResponsiblePerson, Support

__all__ = [
    "Address",
    "Attachment",
    "Background",
    "CareGroup",
    "CareMember",
    "CarePlacement",
    "Certificate",
    "Consent",
    "Diagnosis",
    "FileSerial",
    "Guardian",
    "HouseholdMember",
    "Identifier",
    "Inquiry",
    "LifeCorrection",
    "LifeEvent",
    "LookUp",
    "OtherNumber",
    "Person",
    "PersonName",
    "PersonRevision",
    "Relative",
    "Responsibility",
    "ResponsiblePerson",
    "Support",
]
