"""D23 as a line of the inbox: visits that wait to be entered in the national system."""

from __future__ import annotations

from datetime import date

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from xinqiao.accounts.permissions import Permission
from xinqiao.clocks.inbox import Summary, provide
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.codes import county_of

from .choices import NATIONAL
from .queries.platforms import late_before, platform_of, setting_of
from .queries.waiting import wanted


def entering(actor: Actor, today: date) -> Summary:
    """Overdue, and with today as the last day. The county's setting and one statement of counts."""
    setting = setting_of(county_of(actor.place))
    platform = platform_of(setting, NATIONAL)
    first = late_before(platform, today, actor.place)
    address = reverse("national:list")
    if first is None:
        return Summary(_("录入国网"), 0, 0, address)
    counts = wanted(actor, setting, platform, today).aggregate(
        late=Count("pk", filter=Q(visit_date__lt=first))
    )
    late = counts["late"]
    return Summary(_("录入国网"), late, 0, address + ("?late=late" if late else ""))


def tell() -> None:
    """Called once when Django starts."""
    provide("national", Permission.ENTER_NATIONAL, entering)
