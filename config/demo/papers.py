"""Paper in the demo: a pile half typed, and a bundle ready to fetch."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from xinqiao.accounts.scope import acting
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock
from xinqiao.papers import actions
from xinqiao.papers.queries.match import people_due
from xinqiao.papers.rules import end_of
from xinqiao.registry.models import Person

from .accounts import TOWNSHIP_ACCOUNTS
from .ground import MINLE

FORMS = 6
#: What is typed already on the first form of the pile.
BEGUN = {"visit_date": "15", "form": "2", "ending": "1", "targets": "1 2"}


def leave_paper_on_the_desk(actors: Mapping[str, Actor], clock: Clock) -> None:
    """The township has begun to type the forms of one village, and has made a bundle of three files."""
    actor, today = actors[TOWNSHIP_ACCOUNTS[0]], clock.today()
    month = today.replace(day=1)
    with acting(actor):
        people = people_due(actor=actor, place=MINLE, until=end_of(month))[:FORMS]
        if people:
            pile = actions.begin_pile(
                actor=actor, clock=clock, place=MINLE, month=month, visited_by=None, doctor="", people=people
            )
            actions.keep_typed(
                actor=actor, clock=clock, row_id=pile.rows.order_by("position")[0].pk, typed=BEGUN
            )
        names = Person.objects.filter(standing__state="registered").order_by("file_no")[:3]
        pack = actions.begin_pack(
            actor=actor,
            clock=clock,
            sample="\n".join(f"{person.name}\t{person.file_no}" for person in names),
            purpose="市级年度督导（演示）",
            period_from=date(today.year, 1, 1),
            period_to=today,
            parts=["consent", "personal", "supplement", "visits", "exam"],
        )
        actions.start_pack(actor=actor, clock=clock, pack_id=pack.pk)
        actions.make_pack(actor=actor, clock=clock, pack_id=pack.pk)
