"""One line of the inbox: people who are looked for and have turned up elsewhere."""

from __future__ import annotations

from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from xinqiao.accounts.permissions import Permission
from xinqiao.clocks.inbox import Summary, provide
from xinqiao.kernel.actor import Actor

from .queries.seen import how_many_seen


def seen(actor: Actor, today: date) -> Summary | None:
    """How many. One statement; nothing when there is nobody."""
    number = how_many_seen()
    if not number:
        return None
    note = ngettext("%(n)s 名查找中的患者在别处有新记录", "%(n)s 名查找中的患者在别处有新记录", number) % {
        "n": number
    }
    return Summary(_("失访"), 0, number, reverse("tracing:list"), note)


def tell() -> None:
    """Called once when Django starts."""
    provide("seen_again", Permission.TRACE_LOST, seen)
