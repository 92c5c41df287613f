"""Writes of follow-up. Importing this names its actions for the trail."""

from django.utils.translation import gettext_noop as _

from xinqiao.audit.actions import register_actions

from .attempts import NewAttempt, record_attempt
from .confirmations import decide_confirmation
from .drafts import discard_draft, save_draft
from .entry import AlreadyRecorded, BatchInvalid, NewVisit, Recorded
from .plans import plan_visit
from .refold import refold, refold_place
from .reviews import review_visits
from .searching import mark_handed, mark_searched
from .undo import UNDO_MINUTES, undo_visit
from .visits import amend_visit, record_visits

register_actions(
    {
        "record_visit": _("记录随访"),
        "record_visits": _("批量保存随访"),
        "amend_visit": _("更正随访"),
        "undo_visit": _("撤销随访"),
        "record_attempt": _("记录未联系上"),
        "pass_visit": _("审核通过"),
        "return_visit": _("审核退回"),
        "plan_visit": _("安排随访日期"),
        "accept_confirmation": _("确认分类或危险性"),
        "refuse_confirmation": _("不同意分类或危险性"),
    }
)

__all__ = [
    "UNDO_MINUTES",
    "AlreadyRecorded",
    "BatchInvalid",
    "NewAttempt",
    "NewVisit",
    "Recorded",
    "amend_visit",
    "decide_confirmation",
    "discard_draft",
    "mark_handed",
    "mark_searched",
    "plan_visit",
    "record_attempt",
    "record_visits",
    "refold",
    "refold_place",
    "review_visits",
    "save_draft",
    "undo_visit",
]
