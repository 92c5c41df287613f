"""What reporting shows on a person's page: the cards the file was made of, and their drugs; report and discharge in the timeline."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from markupsafe import Markup

from xinqiao.accounts.permissions import Permission, may
from xinqiao.registry.models import Person
from xinqiao.registry.shown import private
from xinqiao.web.panels import Item, Panel

from .choices import EFFECT, Form
from .models import Card
from .rules import from_json
from .rules.drugs import drug_words

_KEY = "_cards_of_person"


def _cards(request: HttpRequest, person: Person) -> Sequence[Card]:
    """Read once a request."""
    kept: Sequence[Card] | None = getattr(request, _KEY, None)
    if kept is None:
        kept = list(Card.objects.filter(person=person).order_by("recorded_at", "id"))
        setattr(request, _KEY, kept)
    return kept


def _panel(request: HttpRequest, person: Person) -> str:
    from .views.common import paper_of

    actor = request.actor  # type: ignore[attr-defined]
    shown = private(request)
    cards = [(one, paper_of(one, shown)) for one in _cards(request, person)]
    context = {"cards": cards, "forms": dict(Form.choices), "may_open": may(actor, Permission.RECEIVE_CARD)}
    return render_to_string("reporting/panel.html", context, request=request)


def entries(request: HttpRequest, person: Person) -> Iterable[Item]:
    """The day a hospital reported, and each discharge with its drugs."""
    actor = request.actor  # type: ignore[attr-defined]
    for card in _cards(request, person):
        content = from_json(card.form, card.content)
        pairs: list[tuple[str, Any]] = [(_("卡号"), card.card_no), (_("报告单位"), card.hospital_name)]
        if card.form == Form.DISCHARGE:
            pairs += [
                (_("入院日期"), content["admitted_on"].isoformat()),
                (_("住院疗效"), _(next(one.label for one in EFFECT if one.code == content["effect"]))),
                (_("出院后用药"), _drugs(content.get("drugs_after", ()))),
                (_("其他注意事项"), content.get("notes", "")),
            ]
            on, title = content["discharged_on"], _("出院信息单")
        else:
            pairs += [(_("用药"), _drugs(content.get("drugs", ())))]
            on, title = (
                content["filled_on"],
                _("报告卡：依法报告") if card.report_type == "1" else _("报告卡"),
            )
        yield Item(
            on=on,
            title=title,
            by=card.hospital_name,
            body=_body(pairs, card, may(actor, Permission.RECEIVE_CARD)),
        )


def _drugs(rows: Iterable[dict[str, Any]]) -> str:
    return _("；").join(drug_words(row) for row in rows)


def _body(pairs: Iterable[tuple[str, Any]], card: Card, linked: bool) -> Markup:
    rows = Markup("").join(
        Markup("<div><dt>{}</dt><dd>{}</dd></div>").format(label, value) for label, value in pairs if value
    )
    link = (
        Markup('<p><a href="{}">{}</a></p>').format(reverse("reporting:card", args=[card.pk]), _("打开"))
        if linked
        else ""
    )
    return Markup('<dl class="pairs">{}</dl>{}').format(rows, link)


PANELS = [Panel("cards", gettext_lazy("报告与出院"), 45, Permission.VIEW_RECORDS, _panel)]
TIMELINE = [entries]
