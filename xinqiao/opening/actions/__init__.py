"""Writing at the beginning: the code, the county with its first account, institutions and accounts by the table."""

from .beginning import begin_deployment, check_code, make_code
from .proposals import NewClinic, OpenedAccount, open_accounts, open_institutions

__all__ = [
    "NewClinic",
    "OpenedAccount",
    "begin_deployment",
    "check_code",
    "make_code",
    "open_accounts",
    "open_institutions",
]
