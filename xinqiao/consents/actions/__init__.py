"""What is written after a no. The answers themselves are the registry's."""

from xinqiao.audit.actions import register_actions

from .telling import NewReport, tell_care_group

register_actions({"tell_care_group": "告知帮扶小组"})

__all__ = ["NewReport", "tell_care_group"]
