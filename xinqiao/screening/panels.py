"""What screening shows on a person's page: re-diagnosis and assessments as a tab, and its entries of the timeline."""

from __future__ import annotations

from collections.abc import Iterable

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from markupsafe import Markup

from xinqiao.accounts.permissions import Permission, may
from xinqiao.registry.models import Person
from xinqiao.web.panels import Item, Panel

from .choices import ReviewState, RoundResult
from .clocks import negates
from .models import RoundPerson
from .queries import reviews_of_person


def _reviews(request: HttpRequest, person: Person) -> str:
    rows = reviews_of_person(person.pk)
    context = {
        "person": person,
        "rows": rows,
        "negating": {one.pk for one in rows if negates(one) and one.corrected_on is None},
        "may_ask": may(request.actor, Permission.REVIEW_CLUE),  # type: ignore[attr-defined]
    }
    return render_to_string("screening/panels/reviews.html", context, request=request)


def timeline(request: HttpRequest, person: Person) -> Iterable[Item]:
    """Answers of psychiatrists, and what came of expert rounds."""
    for one in reviews_of_person(person.pk):
        if one.state == ReviewState.ANSWERED and one.diagnosed_on is not None:
            words = [one.get_result_display() if one.result else "", one.icd10, one.advice]
            yield Item(
                on=one.diagnosed_on,
                title=str(one.get_purpose_display()),
                kind="warning" if negates(one) else "",
                by=f"{one.hospital_name} {one.doctor}",
                body=Markup("<p>{}</p>").format(" · ".join(str(word) for word in words if word)),
            )
    rows = RoundPerson.objects.filter(person=person, result=RoundResult.SEEN).select_related("round")
    for row in rows:
        if row.seen_on is not None:
            yield Item(
                on=row.seen_on,
                title=_("专家会诊：%(what)s") % {"what": row.get_purpose_display()},
                by=f"{row.round.hospital_name} {row.round.doctors}",
                body=Markup("<p>{}</p>").format(row.note),
            )


PANELS = [Panel("reviews", gettext_lazy("复核与评估"), 65, Permission.VIEW_RECORDS, _reviews)]
TIMELINE = [timeline]
