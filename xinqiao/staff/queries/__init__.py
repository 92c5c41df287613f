"""What staff reads: burdens, hand-overs, leave, work."""

from .burdens import burdens_of_accounts, burdens_of_institutions
from .handing import Handed, HandOverPage, hand_over_page, hand_overs_of, leaver_people
from .leave import leaves_of
from .work import DoctorRow, WorkPage, doctors_of, figures_of, work_page

__all__ = [
    "DoctorRow",
    "HandOverPage",
    "Handed",
    "WorkPage",
    "burdens_of_accounts",
    "burdens_of_institutions",
    "doctors_of",
    "figures_of",
    "hand_over_page",
    "hand_overs_of",
    "leaver_people",
    "leaves_of",
    "work_page",
]
