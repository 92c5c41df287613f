"""Drafts of a form: saved while typing, thrown away on request. The forms' own views bring them back."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from xinqiao.accounts.permissions import Permission, require
from xinqiao.kernel.errors import Conflict, Invalid, Problem
from xinqiao.kernel.ids import read_uuid, uuid7
from xinqiao.web import notes

from .. import forms
from ..actions import drafts
from ..queries import visit_page

VISIT = "visit"


def amending(visit_id: UUID) -> str:
    """The draft's name for an amendment of this visit."""
    return f"amend:{visit_id}"


def keep(request: HttpRequest, person_id: UUID, form: str) -> drafts.Kept:
    """Save what was sent as a draft."""
    post = request.POST
    seen = post.get("draft_seen", "0")
    return drafts.save_draft(
        actor=request.actor,  # type: ignore[attr-defined]
        clock=request.clock,  # type: ignore[attr-defined]
        person_id=person_id,
        form=form,
        op_id=read_uuid(post.get("op_id", "")) or uuid7(),
        tab=read_uuid(post.get("tab", "")) or uuid7(),
        seen=int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 9 else 0,
        values=forms.typed_values(post),
        force=post.get("force") == "1",
    )


@require_POST
def save(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """One save while typing, answered as JSON: when it was saved and which revision it is; or why not."""
    require(request.actor, Permission.RECORD_VISIT)  # type: ignore[attr-defined]
    form = _form_of(request, person_id)
    try:
        kept = keep(request, person_id, form)
    except drafts.DraftElsewhere as error:
        return JsonResponse({"code": error.code, "saved_at": _clock_time(error.saved_at)}, status=409)
    except Conflict as error:
        return JsonResponse({"code": error.code}, status=409)
    return JsonResponse({"saved_at": _clock_time(kept.saved_at), "revision": kept.revision})


@require_POST
def discard(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Throw the draft away and open the form afresh."""
    require(request.actor, Permission.RECORD_VISIT)  # type: ignore[attr-defined]
    form = _form_of(request, person_id)
    drafts.discard_draft(actor=request.actor, person_id=person_id, form=form)  # type: ignore[attr-defined]
    notes.say(request, _("草稿已丢弃"), kind="info")
    if form == VISIT:
        return HttpResponseRedirect(reverse("followup:record", args=[person_id]))
    return HttpResponseRedirect(reverse("followup:amend", args=[form.partition(":")[2]]))


def _form_of(request: HttpRequest, person_id: UUID) -> str:
    """The form the draft is of. Invalid for one that does not exist; NotFound for a person or visit not yours."""
    name = request.POST.get("draft_form", VISIT)
    visit_id = read_uuid(name.removeprefix("amend:")) if name.startswith("amend:") else None
    if name != VISIT and visit_id is None:
        raise Invalid([Problem("draft_form", "wrong_value", _("这张表不能存草稿"), name[:40])])
    if visit_id is not None:
        visit_page(actor=request.actor, visit_id=visit_id)  # type: ignore[attr-defined]
        return amending(visit_id)
    return VISIT


def _clock_time(moment: object) -> str:
    from django.utils.timezone import localtime

    return localtime(moment).strftime("%H:%M")  # type: ignore[arg-type]
