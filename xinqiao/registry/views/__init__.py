"""Pages of the registry. None of them is kept by a browser or a proxy."""

from .changes import consent, edit, event
from .new import new
from .people import find, people
from .person import change_worker, person, unmask

__all__ = ["change_worker", "consent", "edit", "event", "find", "new", "people", "person", "unmask"]
