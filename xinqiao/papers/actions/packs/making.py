"""A bundle made file by file, bound with its cover and sealed in the database."""

from __future__ import annotations

import io
import logging
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils.timezone import localtime
from pypdf import PdfReader, PdfWriter

from xinqiao.audit import actions as audit
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock
from xinqiao.places import queries as places
from xinqiao.registry.models import Person
from xinqiao.registry.shown import Shown
from xinqiao.web import papers

from ...choices import PACK_DAYS, PARTS, MemberState, PackState
from ...models import Pack, PackMember
from ...queries.file import SHORT, pages_in, parts_of
from ...queries.packs import find_pack

log = logging.getLogger("xinqiao.papers")


def make_member(*, actor: Actor, clock: Clock, pack_id: UUID, position: int) -> None:
    """Set one person's file. Done already: nothing happens, so that a broken job goes on where it stood."""
    pack = find_pack(actor=actor, pack_id=pack_id)
    with transaction.atomic():
        member = PackMember.objects.select_for_update().filter(pack=pack, position=position).first()
        if member is None or member.pages or member.state != MemberState.FOUND or member.person_id is None:
            return
        if pack.state == PackState.WAITING:
            Pack.objects.filter(pk=pack.pk).update(state=PackState.MAKING)
        person = Person.objects.select_related("standing").filter(pk=member.person_id).first()
        if person is None:  # moved out of this office's scope since it was chosen
            member.state, member.person_id = MemberState.MISSING, None
            member.save(update_fields=["state", "person_id"])
            return
        writer = PdfWriter()
        contents: list[list[object]] = []
        for counts, body in parts_of(
            actor=actor,
            person=person,
            today=clock.today(),
            parts=pack.parts,
            since=pack.period_from,
            until=pack.period_to,
            shown=Shown(pack.whole_numbers),
        ):
            writer.append(io.BytesIO(body))
            contents += [[part, pages] for part, pages in counts]
        out = io.BytesIO()
        writer.write(out)
        member.contents, member.pages = contents, sum(int(str(pages)) for _part, pages in contents)
        member.body = out.getvalue()
        member.save(update_fields=["contents", "pages", "body"])


def bind_pack(*, actor: Actor, clock: Clock, pack_id: UUID) -> Pack:
    """Put the files together with cover, contents, page numbers and marks; the single files are emptied."""
    pack = find_pack(actor=actor, pack_id=pack_id)
    with transaction.atomic():
        pack = Pack.objects.select_for_update().get(pk=pack.pk)
        if pack.state == PackState.READY:
            return pack
        members = list(PackMember.objects.filter(pack=pack).order_by("position").select_related("person"))
        body, pages = _bound(pack, members, clock)
        pack.body = body
        pack.pages, pack.size_bytes = pages, len(body)
        pack.state, pack.made_at = PackState.READY, clock.now()
        pack.expires_at = clock.now() + timedelta(days=PACK_DAYS)
        pack.save()
        PackMember.objects.filter(pack=pack).update(body=b"")
        audit.record(
            actor=actor,
            clock=clock,
            action="make_pack",
            object_type="pack",
            object_id=pack.pk,
            place=pack.managing_code,
            detail={"pages": pages, "bytes": len(body)},
        )
    return pack


def make_pack(*, actor: Actor, clock: Clock, pack_id: UUID) -> Pack:
    """All of it in the caller's transaction: for a small bundle within one request."""
    pack = find_pack(actor=actor, pack_id=pack_id)
    for position in positions(pack):
        make_member(actor=actor, clock=clock, pack_id=pack_id, position=position)
    return bind_pack(actor=actor, clock=clock, pack_id=pack_id)


def positions(pack: Pack) -> list[int]:
    """The lines whose files are still to be set."""
    rows = PackMember.objects.filter(pack=pack, state=MemberState.FOUND, pages=0).order_by("position")
    return list(rows.values_list("position", flat=True))


@transaction.atomic
def fail_pack(*, actor: Actor, clock: Clock, pack_id: UUID, kind: str) -> None:
    """Say that it could not be made; it may be tried again."""
    Pack.objects.filter(pk=pack_id, user_id=actor.user_id).exclude(state=PackState.READY).update(
        state=PackState.FAILED, failure=kind[:120]
    )


def _bound(pack: Pack, members: Sequence[PackMember], clock: Clock) -> tuple[bytes, int]:
    """The whole bundle. The cover is set twice: first to learn how many pages it takes."""
    inside = [member for member in members if member.state == MemberState.FOUND and member.pages]
    front = pages_in(papers.render("papers/cover.typ", _cover(pack, inside, members, clock, 0)))
    cover = papers.render("papers/cover.typ", _cover(pack, inside, members, clock, front))
    writer = PdfWriter()
    writer.append(io.BytesIO(cover))
    at = front
    for member in inside:
        writer.append(io.BytesIO(member.body), import_outline=False)
        writer.add_outline_item(f"{member.position}", at)
        at += member.pages
    sizes = [[float(page.mediabox.width), float(page.mediabox.height)] for page in writer.pages]
    made = localtime(pack.made_at or clock.now()).strftime("%Y-%m-%d %H:%M")
    frame = papers.render(
        "papers/frame.typ",
        {
            "sizes": sizes,
            "head": pack.purpose,
            "foot": f"{pack.maker}　{made} 生成　仅供本次检查，用后收回",
            "watermark": f"{pack.purpose}　{made[:10]}",
        },
    )
    for page, over in zip(writer.pages, PdfReader(io.BytesIO(frame)).pages, strict=True):
        page.merge_page(over)
        page.compress_content_streams()  # merging unpacks them
    writer.compress_identical_objects(remove_duplicates=True, remove_unreferenced=True)
    writer.add_metadata({"/Title": "", "/Producer": ""})
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue(), len(sizes)


def _cover(
    pack: Pack, inside: Sequence[PackMember], members: Sequence[PackMember], clock: Clock, front: int
) -> dict[str, object]:
    rows, at = [], front + 1
    for number, member in enumerate(inside, 1):
        person = member.person
        parts = "、".join(f"{SHORT[str(part)]} {pages} 页" for part, pages in member.contents)
        rows.append(
            [
                str(number),
                person.name if person else "",
                person.file_no[-8:] if person else "",
                parts,
                str(at),
            ]
        )
        at += member.pages
    return {
        "title": "档案材料",
        "sub": pack.purpose,
        "pairs": [
            ["提供单位", places.short_name(pack.managing_code)],
            ["制作人", pack.maker],
            ["制作时间", localtime(clock.now()).strftime("%Y-%m-%d %H:%M")],
            ["人数", f"{len(inside)} 人"],
            ["随访表期间", f"{pack.period_from.isoformat()} 至 {pack.period_to.isoformat()}"],
            ["材料", "、".join(str(PARTS[part]) for part in pack.parts)],
        ],
        "warning": "内含个人信息，仅供所列检查使用；不得复制、转发，用后收回。查阅已记入每位患者的查阅记录。",
        "rows": rows,
        "missing": [
            [
                member.line[:40],
                "不放入" if member.state == MemberState.LEFT_OUT else "未找到或不在本机构管理范围",
            ]
            for member in members
            if member not in inside
        ],
    }
