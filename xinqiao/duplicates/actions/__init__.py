"""What duplicates writes: what somebody decides about two files, merging them and taking them apart."""

from django.utils.translation import gettext_noop as _

from xinqiao.audit.actions import register_actions

from .decide import decide_pair
from .hunt import begin_hunt, fail_hunt, finish_hunt, keep_pairs, tell_hunt
from .merge import Merged, merge_people
from .unmerge import unmerge_people

register_actions(
    {
        "begin_hunt": _("查找疑似重复"),
        "decide_pair": _("判定疑似重复"),
        "merge_people": _("合并档案"),
        "unmerge_people": _("撤销合并"),
    }
)

__all__ = [
    "Merged",
    "begin_hunt",
    "decide_pair",
    "fail_hunt",
    "finish_hunt",
    "keep_pairs",
    "merge_people",
    "tell_hunt",
    "unmerge_people",
]
