"""Scans of papers: what is taken, what is refused with a sentence, what is kept, and who may open it."""

from __future__ import annotations

import io
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from PIL import Image

from tests.factories.county import County
from xinqiao.audit.models import Event, Read
from xinqiao.kernel.clock import FixedClock
from xinqiao.kernel.errors import Conflict, Invalid, NotFound
from xinqiao.kernel.ids import uuid7
from xinqiao.registry.actions import NewScan, attach_scan, open_attachment, void_attachment
from xinqiao.registry.models import Attachment, Consent
from xinqiao.registry.rules import scans as rules
from xinqiao.registry.rules.scans import read_scan

from .scans import jpeg, pdf, png, sent

Enter = Callable[[str], AbstractContextManager[None]]
SignedIn = Callable[[str], Client]
MOST = 10 * 1024 * 1024


def test_a_photograph_loses_its_place_and_camera_and_stands_upright() -> None:
    data = jpeg((900, 1200), located=True)
    assert b"SECRETCAM" in data
    kept = read_scan(data, most_bytes=MOST)
    assert b"SECRETCAM" not in kept.body
    assert b"Exif" not in kept.body
    picture = Image.open(io.BytesIO(kept.body))
    assert (picture.size, dict(picture.getexif())) == ((1200, 900), {})
    assert max(Image.open(io.BytesIO(kept.preview)).size) == rules.PREVIEW_SIDE


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "1", "L", "RGB", "I;16"])
def test_every_kind_of_png_becomes_a_picture_on_white(mode: str) -> None:
    kept = read_scan(png(mode), most_bytes=MOST)
    assert Image.open(io.BytesIO(kept.body)).format == "JPEG"


def test_a_large_photograph_is_made_as_large_as_a_page() -> None:
    kept = read_scan(jpeg((4800, 6400)), most_bytes=MOST)
    assert max(Image.open(io.BytesIO(kept.body)).size) <= rules.LONG_SIDE


def test_a_quiet_pdf_is_kept_as_it_is() -> None:
    data = pdf(3)
    assert read_scan(data, most_bytes=MOST) == rules.Scan("application/pdf", data, 3)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"hello", "type"),
        (b"<html><script>", "type"),
        (b"PK\x03\x04" + b"0" * 40, "office"),
        (b"\x00\x00\x00\x18ftypheic" + b"0" * 40, "heic"),
        (jpeg()[:3000], "broken"),
        (b"\x89PNG\r\n\x1a\n" + b"0" * 50, "broken"),
        (b"%PDF-1.7 nothing", "broken"),
        (pdf()[:300], "broken"),
        (pdf(trick="script"), "active"),
        (pdf(trick="hidden script"), "active"),
        (pdf(trick="attachment"), "active"),
        (pdf(trick="launch"), "active"),
        (pdf(trick="password"), "encrypted"),
        (pdf(rules.MOST_PAGES + 1), "too_many_pages"),
    ],
)
def test_what_is_not_a_paper_is_refused_with_a_sentence(data: bytes, code: str) -> None:
    with pytest.raises(Invalid) as caught:
        read_scan(data, most_bytes=MOST)
    assert [(one.field, one.code) for one in caught.value.problems] == [("file", code)]
    assert caught.value.problems[0].message.endswith("。") or code == "office"


def test_a_picture_of_too_many_dots_is_not_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "MOST_DOTS", 1000)
    with pytest.raises(Invalid) as caught:
        read_scan(jpeg(), most_bytes=MOST)
    assert caught.value.problems[0].code == "too_many_dots"


def _scan(**changes: object) -> NewScan:
    values = {"op_id": uuid7(), "kind": "01", "happened_on": date(2026, 11, 20), "data": jpeg(located=True)}
    return NewScan(**{**values, **changes})  # type: ignore[arg-type]


def _add(county: County, acting_as: Enter, clock: FixedClock, person: UUID, **changes: object) -> UUID:
    with acting_as("village"):
        return attach_scan(
            actor=county.actors["village"], clock=clock, person_id=person, scan=_scan(**changes)
        )


def test_a_scan_is_kept_sealed_and_opens_again(
    county: County, acting_as: Enter, clock: FixedClock, north: UUID
) -> None:
    key = _add(county, acting_as, clock, north)
    with connection.cursor() as cursor:
        cursor.execute("select body, preview from registry_attachment where id = %s", [key])
        stored = [bytes(value) for value in cursor.fetchone()]
    assert all(value[:4] == b"\x01\x02t1" and b"JFIF" not in value for value in stored)
    with acting_as("township"):
        row = open_attachment(actor=county.actors["township"], clock=clock, attachment_id=key, how="download")
        assert Image.open(io.BytesIO(row.body)).format == "JPEG"
    assert Read.objects.filter(kind="download", person_ids=[north]).count() == 1
    detail = Event.objects.get(action="attach_scan").detail
    assert detail == {"person": str(north), "paper": "01", "bytes": row.size, "pages": 1}


def test_pressing_twice_keeps_one_scan_and_another_persons_operation_is_refused(
    county: County, acting_as: Enter, clock: FixedClock, north: UUID, south: UUID
) -> None:
    op = uuid7()
    assert _add(county, acting_as, clock, north, op_id=op) == _add(county, acting_as, clock, north, op_id=op)
    with acting_as("other_township"), pytest.raises(Conflict):
        attach_scan(actor=county.actors["other_township"], clock=clock, person_id=south, scan=_scan(op_id=op))
    assert Attachment.objects.count() == 1


def test_it_belongs_to_a_consent_of_the_same_person_only(
    county: County, acting_as: Enter, clock: FixedClock, north: UUID, south: UUID
) -> None:
    own, foreign = (Consent.objects.get(person_id=one).pk for one in (north, south))
    _add(county, acting_as, clock, north, consent_id=own)
    for wrong in ({"consent_id": foreign}, {"visit_id": uuid7()}):
        with pytest.raises(Invalid) as caught:
            _add(county, acting_as, clock, north, **wrong)
        assert caught.value.problems[0].field == "belongs"


@pytest.mark.parametrize(
    "changes", [{"happened_on": date(2026, 11, 22)}, {"happened_on": date(1980, 1, 1)}, {"kind": "77"}]
)
def test_a_wrong_date_or_kind_is_a_sentence(
    changes: dict[str, object], county: County, acting_as: Enter, clock: FixedClock, north: UUID
) -> None:
    with pytest.raises(Invalid):
        _add(county, acting_as, clock, north, **changes)
    assert not Attachment.objects.exists()


@pytest.mark.parametrize("key", ["village_2", "other_township", "other_county"])
def test_a_stranger_finds_no_scan_and_adds_none(
    key: str, county: County, acting_as: Enter, clock: FixedClock, north: UUID
) -> None:
    scan = _add(county, acting_as, clock, north)
    actor = county.actors[key]
    with acting_as(key):
        for act in (
            lambda: open_attachment(actor=actor, clock=clock, attachment_id=scan, how="scan"),
            lambda: attach_scan(actor=actor, clock=clock, person_id=north, scan=_scan()),
            lambda: void_attachment(actor=actor, clock=clock, attachment_id=scan, reason="x"),
        ):
            with pytest.raises(NotFound):
                act()
    assert not Read.objects.filter(kind="scan").exists()


def test_a_void_scan_stays_and_opens_only_for_who_corrects_records(
    county: County, acting_as: Enter, clock: FixedClock, north: UUID
) -> None:
    scan = _add(county, acting_as, clock, north)
    with acting_as("village"):
        with pytest.raises(Invalid):
            void_attachment(actor=county.actors["village"], clock=clock, attachment_id=scan, reason=" ")
        for _ in range(2):
            void_attachment(
                actor=county.actors["village"], clock=clock, attachment_id=scan, reason="传错了人"
            )
        with pytest.raises(NotFound):
            open_attachment(actor=county.actors["village"], clock=clock, attachment_id=scan, how="scan")
    with acting_as("county"):
        row = open_attachment(actor=county.actors["county"], clock=clock, attachment_id=scan, how="scan")
    assert row.voided_reason == "传错了人"
    assert Event.objects.filter(action="void_attachment").count() == 1


def test_the_page_takes_a_photograph_and_shows_it_small(signed_in: SignedIn, north: UUID) -> None:
    client = signed_in("village")
    page = client.get(reverse("registry:attach", args=[north])).content.decode()
    assert 'capture="environment"' in page
    answer = client.post(reverse("registry:attach", args=[north]), sent(jpeg(), op_id=str(uuid7())))
    assert answer.status_code == 302
    shown = client.get(answer["Location"]).content.decode()
    assert "data:image/jpeg;base64," in shown
    assert "知情同意书" in shown
    row = Attachment.objects.get()
    opened = client.get(reverse("registry:attachment", args=[row.pk]))
    assert opened["Content-Type"] == "image/jpeg"
    assert opened["Content-Disposition"].startswith("inline")
    assert "%E6%B2%88" not in opened["Content-Disposition"]
    saved = client.get(reverse("registry:attachment", args=[row.pk]), {"save": "1"})
    assert saved["Content-Disposition"].startswith("attachment")
    in_app = client.get(
        reverse("registry:attachment", args=[row.pk]), headers={"user-agent": "MicroMessenger"}
    )
    assert in_app["Content-Type"].startswith("text/html")


def test_the_page_says_what_is_wrong_and_keeps_what_was_typed(
    signed_in: SignedIn, north: UUID, settings: object
) -> None:
    client = signed_in("village")
    settings.XINQIAO_ATTACHMENT_BYTES = 1024 * 1024  # type: ignore[attr-defined]
    for data, words in (
        (b"x" * (1024 * 1024 + 1), "最多 1 MB"),
        (b"MZ", "内容不是 JPEG"),
        (pdf(trick="script"), "脚本"),
    ):
        answer = client.post(reverse("registry:attach", args=[north]), sent(data, note="第 1 页"))
        body = answer.content.decode()
        assert (answer.status_code, words in body, 'value="第 1 页"' in body) == (422, True, True), words
    none = client.post(reverse("registry:attach", args=[north]), {"kind": "", "happened_on": "x"})
    assert none.status_code == 422
    assert not Attachment.objects.exists()
