"""Pages of accounts: signing in, own password; accounts, roles, the trail, places."""

from .people import account, accounts, change, close, new, reopen, reset, unlock, villages
from .places import close_place, divisions, institutions, open_place, put_charge
from .roles import roles
from .sign_in import locked_out, password, sign_in, sign_out
from .trail import trail

__all__ = [
    "account",
    "accounts",
    "change",
    "close",
    "close_place",
    "divisions",
    "institutions",
    "locked_out",
    "new",
    "open_place",
    "password",
    "put_charge",
    "reopen",
    "reset",
    "roles",
    "sign_in",
    "sign_out",
    "trail",
    "unlock",
    "villages",
]
