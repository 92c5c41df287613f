"""The bundle an inspection asks for: match the sample, choose what goes in, make one PDF, hand it out until it expires.

The bytes are sealed in the database and emptied when the days are over; who made it, for what, with whose files, and each
download stay in the trail and in the read log of the people.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils.timezone import localtime
from pypdf import PdfReader, PdfWriter

from xinqiao.accounts.permissions import Permission, require
from xinqiao.audit import actions as audit
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.errors import Conflict, Invalid, NotFound, Problem
from xinqiao.kernel.words import sentence
from xinqiao.places import queries as places
from xinqiao.registry.models import Person
from xinqiao.registry.shown import Shown
from xinqiao.web import papers

from ..choices import PACK_DAYS, PACK_PEOPLE, PARTS, MemberState, PackState
from ..models import Pack, PackMember
from ..queries.file import SHORT, pages_in, parts_of
from ..queries.match import match_lines
from ..queries.packs import find_pack
from .entry import office_of

log = logging.getLogger("xinqiao.papers")


@transaction.atomic
def begin_pack(
    *,
    actor: Actor,
    clock: Clock,
    sample: str,
    purpose: str,
    period_from: date,
    period_to: date,
    parts: Sequence[str],
    whole_numbers: bool = False,
) -> Pack:
    """Match the pasted sample. Nothing is made yet. Invalid names what is missing or wrong."""
    require(actor, Permission.EXPORT_LIST)
    if whole_numbers:
        require(actor, Permission.UNMASK)
    problems = []
    if not purpose.strip():
        problems.append(
            Problem("purpose", "missing", sentence("“检查单位和事由”未填写，它会印在每一页并记入查阅记录"))
        )
    if period_from > period_to:
        problems.append(
            Problem("period_from", "wrong_order", sentence("“随访表从”应不晚于“到”"), period_from.isoformat())
        )
    chosen = [part for part in PARTS if part in parts]
    if not chosen:
        problems.append(Problem("parts", "missing", sentence("请至少选一种放入的材料")))
    lines = [line for line in sample.splitlines() if line.strip()]
    if not lines:
        problems.append(
            Problem("sample", "missing", sentence("“抽查名单”是空的，请把名单粘贴进来，一行一人"))
        )
    elif len(lines) > PACK_PEOPLE:
        problems.append(
            Problem(
                "sample",
                "too_many",
                sentence(
                    "“抽查名单”有 %(lines)s 行，一次最多 %(pack_people)s 行，请分几次做",
                    lines=len(lines),
                    pack_people=PACK_PEOPLE,
                ),
                str(len(lines)),
            )
        )
    if problems:
        raise Invalid(problems)
    pack = Pack.objects.create(
        managing_code=office_of(actor),
        user_id=actor.user_id,
        maker=actor.display_name[:60],
        created_at=clock.now(),
        purpose=purpose.strip()[:100],
        period_from=period_from,
        period_to=period_to,
        parts=chosen,
        whole_numbers=whole_numbers,
    )
    seen: set[UUID] = set()
    members = []
    for position, match in enumerate(match_lines(actor=actor, lines=lines), 1):
        member = PackMember(
            pack=pack, managing_code=pack.managing_code, position=position, line=match.line[:200]
        )
        member.state = MemberState.MISSING
        if len(match.people) == 1:
            again = match.people[0].pk in seen
            member.state = MemberState.LEFT_OUT if again else MemberState.FOUND
            member.person_id = match.people[0].pk
            seen.add(match.people[0].pk)
        elif match.people:
            member.state = MemberState.AMBIGUOUS
            member.candidates = [person.pk for person in match.people]
        members.append(member)
    PackMember.objects.bulk_create(members)
    audit.record(
        actor=actor,
        clock=clock,
        action="begin_pack",
        object_type="pack",
        object_id=pack.pk,
        place=pack.managing_code,
        detail={"lines": len(members), "found": len(seen)},
    )
    return pack


@transaction.atomic
def settle_line(*, actor: Actor, clock: Clock, pack_id: UUID, position: int, person_id: UUID | None) -> None:
    """Say who an ambiguous line means, or leave the line out (None). NotFound for somebody who was not offered."""
    pack = _choosing(actor, pack_id)
    member = PackMember.objects.filter(pack=pack, position=position).first()
    if member is None:
        raise NotFound()
    if person_id is None:
        member.state = MemberState.LEFT_OUT
    else:
        offered = member.candidates or [pk for pk in [member.person_id] if pk]
        if person_id not in offered:
            raise NotFound()
        if (
            PackMember.objects.filter(pack=pack, person_id=person_id, state=MemberState.FOUND)
            .exclude(pk=member.pk)
            .exists()
        ):
            raise Conflict(sentence("这个人已经在另一行了"), code="conflict.twice")
        member.person_id, member.state = person_id, MemberState.FOUND
    member.save(update_fields=["person_id", "state"])


@transaction.atomic
def start_pack(*, actor: Actor, clock: Clock, pack_id: UUID) -> Pack:
    """Set the making going. Invalid while a line waits for a choice, or nobody was found."""
    pack = _choosing(actor, pack_id)
    states = list(PackMember.objects.filter(pack=pack).values_list("state", flat=True))
    if MemberState.AMBIGUOUS in states:
        waiting = states.count(MemberState.AMBIGUOUS)
        raise Invalid(
            [
                Problem(
                    "sample",
                    "ambiguous",
                    sentence("还有 %(waiting)s 行有同名，请先选定是哪一位，或选不放入", waiting=waiting),
                )
            ]
        )
    if MemberState.FOUND not in states:
        raise Invalid(
            [Problem("sample", "nobody", sentence("名单里没有找到本机构管理的人，没有可生成的内容"))]
        )
    pack.state = PackState.WAITING
    pack.save(update_fields=["state"])
    ids = PackMember.objects.filter(pack=pack, state=MemberState.FOUND).values_list("person_id", flat=True)
    audit.record(
        actor=actor,
        clock=clock,
        action="start_pack",
        object_type="pack",
        object_id=pack.pk,
        place=pack.managing_code,
        detail={"people": len(ids), "parts": list(pack.parts), "whole_numbers": pack.whole_numbers},
    )
    audit.read(actor=actor, clock=clock, kind="print", person_ids=ids, purpose=f"迎检包：{pack.purpose}")
    return pack


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


@transaction.atomic
def download_pack(*, actor: Actor, clock: Clock, pack_id: UUID) -> tuple[Pack, bytes]:
    """The PDF, counted and written into the read log of everybody in it. Conflict when it is not ready or has expired."""
    pack = find_pack(actor=actor, pack_id=pack_id)
    if pack.state == PackState.READY and pack.expires_at and pack.expires_at <= clock.now():
        expire_packs(actor=actor, clock=clock)
        pack = find_pack(actor=actor, pack_id=pack_id)
    if pack.state == PackState.EXPIRED:
        raise Conflict(sentence("这份材料已过期，内容已清除；需要时请重新生成"), code="conflict.expired")
    if pack.state != PackState.READY:
        raise Conflict(sentence("这份材料还没有生成好"), code="conflict.not_ready")
    body = bytes(Pack.objects.values_list("body", flat=True).get(pk=pack.pk))
    Pack.objects.filter(pk=pack.pk).update(downloads=F("downloads") + 1)
    ids = PackMember.objects.filter(pack=pack, state=MemberState.FOUND).values_list("person_id", flat=True)
    audit.read(
        actor=actor,
        clock=clock,
        kind="download",
        person_ids=[pk for pk in ids if pk],
        purpose=f"迎检包：{pack.purpose}",
    )
    audit.record(
        actor=actor,
        clock=clock,
        action="download_pack",
        object_type="pack",
        object_id=pack.pk,
        place=pack.managing_code,
        detail={"number": pack.downloads + 1},
    )
    return pack, body


@transaction.atomic
def expire_packs(*, actor: Actor, clock: Clock) -> int:
    """Empty the actor's bundles whose days are over; how many."""
    due = Pack.objects.filter(user_id=actor.user_id, state=PackState.READY, expires_at__lte=clock.now())
    ids = list(due.values_list("pk", flat=True))
    for pk in ids:
        _empty(pk, PackState.EXPIRED)
        audit.record(
            actor=actor,
            clock=clock,
            action="expire_pack",
            object_type="pack",
            object_id=pk,
            place=office_of(actor),
        )
    return len(ids)


@transaction.atomic
def drop_pack(*, actor: Actor, clock: Clock, pack_id: UUID) -> None:
    """Empty a bundle before its day."""
    pack = find_pack(actor=actor, pack_id=pack_id)
    if pack.state == PackState.EXPIRED:
        return
    _empty(pack.pk, PackState.EXPIRED)
    audit.record(
        actor=actor,
        clock=clock,
        action="drop_pack",
        object_type="pack",
        object_id=pack.pk,
        place=pack.managing_code,
    )


def _empty(pk: UUID, state: PackState) -> None:
    Pack.objects.filter(pk=pk).update(state=state, body=b"")
    PackMember.objects.filter(pack_id=pk).update(body=b"", line="")


def _choosing(actor: Actor, pack_id: UUID) -> Pack:
    pack = find_pack(actor=actor, pack_id=pack_id)
    pack = Pack.objects.select_for_update().get(pk=pack.pk)
    if pack.state not in (PackState.CHOOSING, PackState.FAILED):
        raise Conflict(sentence("这份材料已经开始生成，不能再改"), code="conflict.started")
    return pack


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
