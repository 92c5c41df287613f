"""Writes of import: bring a workbook, check it, put rows right, commit. Importing this names its actions for the trail."""

from django.utils.translation import gettext_noop as _

from xinqiao.audit.actions import register_actions

from .amend import fix_cell, rows_of_group, skip_rows
from .check import check_batch
from .commit import commit_batch
from .course import abandon, run_check, run_commit, start_check, start_commit
from .stage import bring_workbook

register_actions(
    {
        "import_upload": _("上传待导入的工作簿"),
        "import_fix": _("改正待导入的单元格"),
        "import_skip": _("跳过待导入的行"),
        "import_unskip": _("取消跳过待导入的行"),
        "import_commit": _("导入名册和随访"),
        "import_abandon": _("放弃一批导入"),
        "import_problems": _("下载导入问题清单"),
    }
)

__all__ = [
    "abandon",
    "bring_workbook",
    "check_batch",
    "commit_batch",
    "fix_cell",
    "rows_of_group",
    "run_check",
    "run_commit",
    "skip_rows",
    "start_check",
    "start_commit",
]
