"""The sample of an inspection matched and settled: what goes into the bundle. Nothing is made yet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.db import transaction

from xinqiao.accounts.permissions import Permission, require
from xinqiao.audit import actions as audit
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.errors import Conflict, Invalid, NotFound, Problem
from xinqiao.kernel.words import sentence

from ...choices import PACK_PEOPLE, PARTS, MemberState, PackState
from ...models import Pack, PackMember
from ...queries.match import match_lines
from ...queries.packs import find_pack
from ..entry import office_of


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


def _choosing(actor: Actor, pack_id: UUID) -> Pack:
    pack = find_pack(actor=actor, pack_id=pack_id)
    pack = Pack.objects.select_for_update().get(pk=pack.pk)
    if pack.state not in (PackState.CHOOSING, PackState.FAILED):
        raise Conflict(sentence("这份材料已经开始生成，不能再改"), code="conflict.started")
    return pack
