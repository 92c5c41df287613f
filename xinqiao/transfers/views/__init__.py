"""Pages of transfers."""

from .answering import accept, call, confirm, pass_on, return_it, withdraw
from .listings import end, listings, new_listing
from .lists import transfers
from .page import transfer
from .sending import new

__all__ = [
    "accept",
    "call",
    "confirm",
    "end",
    "listings",
    "new",
    "new_listing",
    "pass_on",
    "return_it",
    "transfer",
    "transfers",
    "withdraw",
]
