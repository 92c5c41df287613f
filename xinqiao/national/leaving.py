"""What a hand-over says of the national system: visits of the people handed over that are not entered there yet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from xinqiao.followup.models import Visit
from xinqiao.kernel.codes import county_of
from xinqiao.registry.models import Person
from xinqiao.staff.sections import Section, register

from .choices import NATIONAL, Wanted
from .models import Entry
from .queries.platforms import setting_of, since_of


def unentered(_leaver: UUID, people: Sequence[UUID], today: date) -> int:
    """How many visits of these people wait to be entered, as the county's settings ask. Three statements."""
    place = Person.objects.filter(pk__in=people).values_list("managing_code", flat=True).first()
    if place is None:
        return 0
    setting = setting_of(county_of(place))
    ticked = Entry.objects.filter(visit=OuterRef("pk"), platform=NATIONAL, voided_at=None)
    visits = Visit.objects.filter(
        ~Exists(ticked),
        person_id__in=people,
        voided_at=None,
        superseded=False,
        visit_date__gte=since_of(setting, today),
    )
    passed = setting.wanted == Wanted.PASSED
    visits = visits.filter(review_status="1") if passed else visits.exclude(review_status="2")
    return (visits if setting.with_imported else visits.exclude(entry_mode="import")).count()


def tell() -> None:
    """Called once when Django starts."""
    register(Section("national", _("国网待录"), unentered))
