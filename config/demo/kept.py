"""Scans of papers in some files, a question that a village doctor handed in, and look-ups that led to no file."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from random import Random
from uuid import UUID

from xinqiao.accounts.scope import acting
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock, FixedClock
from xinqiao.kernel.codes import full_code
from xinqiao.kernel.ids import uuid7
from xinqiao.registry.actions import NewScan, attach_scan, look_up_registered
from xinqiao.registry.choices import PaperKind
from xinqiao.registry.rules import check_digit
from xinqiao.synth.model import PersonTruth

#: Days before today on which somebody asked whether a person has a file, and none followed.
ASKED_BEFORE = (9, 16, 40)
FILES_WITH_PAPERS = 6


def keep_papers(
    people: Sequence[PersonTruth], ids: dict[int, UUID], actors: Mapping[str, Actor], clock: Clock
) -> None:
    """The first files of the township get a signed consent each, some a discharge paper besides."""
    actor = actors["ligang1"]
    near = [one for one in people if full_code(one.village[:9]) == actor.place][:FILES_WITH_PAPERS]
    with acting(actor):
        for number, person in enumerate(near):
            _keep(actor, clock, ids[person.serial], PaperKind.CONSENT, person.filed_on, number)
            if number % 2:
                on = clock.today() - timedelta(days=30 + number)
                _keep(actor, clock, ids[person.serial], PaperKind.DISCHARGE, on, 100 + number)
    with acting(actor):
        for number, days in enumerate(ASKED_BEFORE):
            early = FixedClock(clock.today() - timedelta(days=days))
            look_up_registered(actor=actor, clock=early, id_number=_number(number))
    doctor = actors["minle"]
    elsewhere = next(one for one in people if full_code(one.village[:9]) != actor.place)
    with acting(doctor):
        look_up_registered(actor=doctor, clock=clock, id_number=elsewhere.id_no)


def _number(serial: int) -> str:
    """A made-up number that nobody on the register has."""
    body = f"99999919700101{900 + serial:03d}"
    return body + check_digit(body)


def _keep(actor: Actor, clock: Clock, person_id: UUID, kind: PaperKind, on: date, seed: int) -> None:
    scan = NewScan(uuid7(), kind.value, on, _sheet(seed), note="演示")
    attach_scan(actor=actor, clock=clock, person_id=person_id, scan=scan)


def _sheet(seed: int) -> bytes:
    """A made-up sheet: a heading, lines as if written on, and a signature."""
    from PIL import Image, ImageDraw

    rng = Random(f"sheet {seed}")  # noqa: S311 - made-up papers, no secrets
    sheet = Image.new("RGB", (620, 877), "#fdfcf8")
    draw = ImageDraw.Draw(sheet)
    draw.rectangle((190, 50, 430, 78), fill="#444")
    for y in range(130, 700, 34):
        draw.line((60, y, 60 + rng.randint(260, 500), y), fill="#777", width=rng.choice((5, 7, 9)))
    x, y = 380, 780
    for _ in range(14):
        step = (x + rng.randint(4, 16), y + rng.randint(-18, 18))
        draw.line((x, y, *step), fill="#1f4770", width=3)
        x = step[0]
    out = io.BytesIO()
    sheet.save(out, "JPEG", quality=80)
    return out.getvalue()
