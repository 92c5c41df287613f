"""Writing accounts: opening, changing, closing, first passwords, villages and who stands in."""

from .closing import close_account, reopen_account
from .entry import AccountChange, NewAccount, create_account
from .keys import reset_password, unlock_account
from .posting import change_account
from .serving import end_cover, set_villages, stand_in, take_over_villages

__all__ = [
    "AccountChange",
    "NewAccount",
    "change_account",
    "close_account",
    "create_account",
    "end_cover",
    "reopen_account",
    "reset_password",
    "set_villages",
    "stand_in",
    "take_over_villages",
    "unlock_account",
]
