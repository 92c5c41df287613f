"""Writing down a change of borders before it is carried out, and taking a plan back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from xinqiao.accounts.models import User
from xinqiao.accounts.permissions import Permission, require
from xinqiao.audit import actions as audit
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.codes import ancestors, contains, level_of, township_of
from xinqiao.kernel.errors import Invalid, NotFound, Problem
from xinqiao.kernel.terms import Level, Role
from xinqiao.places.choices import PRIMARY, ChangeKind, ChangeState
from xinqiao.places.models import Division, DivisionChange, DivisionChangeRow, Institution

from .. import rules
from ..rules import Became, Named

GO, BOTH = "go", "both"


@dataclass(frozen=True, slots=True)
class NewChange:
    """What the decision says. `subject` is the division it is about, `target` the one it goes up in (merging) or the county it
    goes to (moving); `code` and `name` are of what is new, "" lets the code be chosen; `villages` form the new township.
    `serving_id`: an institution that serves the new place from then on, `institution_name`: one opened for it; neither:
    whoever served before. `accounts`: {account: "go" or "both"}.
    """

    kind: str
    effective_on: date
    document: str
    subject: str
    target: str = ""
    code: str = ""
    name: str = ""
    villages: Sequence[str] = ()
    note: str = ""
    serving_id: UUID | None = None
    institution_name: str = ""
    accounts: Mapping[str, str] = field(default_factory=dict)


def plan_change(*, actor: Actor, clock: Clock, new: NewChange) -> DivisionChange:
    """Write the plan down with what becomes of each division. Nothing changes yet. Invalid names what does not fit."""
    require(actor, Permission.CHANGE_BORDERS)
    problems = _words(new)
    with transaction.atomic():
        present = _Present(actor)
        rows = [] if problems else _rows(new, present, problems)
        if problems:
            raise Invalid(problems)
        return _save(actor, clock, new, rows)


def plan_undo(
    *, actor: Actor, clock: Clock, change_id: UUID, effective_on: date, document: str
) -> DivisionChange:
    """A new change that takes back one that was carried out. Invalid where people of two villages were put together: only a
    list can part them (a village split)."""
    require(actor, Permission.CHANGE_BORDERS)
    with transaction.atomic():
        change = own_change(actor, change_id)
        if change.state != ChangeState.DONE:
            raise NotFound(code="not_found.change")
        became = rows_of(change)
        eve = change.effective_on - timedelta(days=1)
        new_codes = {row.new_code for row in became}
        there = set(
            Division.objects.filter(code__in=new_codes, valid_from__lte=eve).values_list("code", flat=True)
        )
        back = rules.undone(became, new_codes - there)
        if back is None:
            text = _("原来两个村的人已合在一起，无法自动分开：请用“村（社区）拆分”另作调整。")
            raise Invalid([Problem("", "mixed", text)])
        names = dict(Division.objects.filter(
            code__in={row.new_code for row in back}).order_by("valid_from").values_list("code", "name"))  # fmt: skip
        rows = [
            Became(
                one.old_code,
                one.old_name,
                one.new_code,
                one.new_name or names.get(one.new_code, one.new_code),
            )
            for one in back
        ]
        kind = {ChangeKind.MERGE: ChangeKind.SPLIT, ChangeKind.SPLIT: ChangeKind.MERGE,
                ChangeKind.VILLAGE_SPLIT: ChangeKind.VILLAGE_MERGE}.get(ChangeKind(change.kind), change.kind)  # fmt: skip
        new = NewChange(
            kind=kind, effective_on=effective_on, document=document, subject="", serving_id=change.serving_id
        )
        if problems := _words(new):
            raise Invalid(problems)
        return _save(actor, clock, new, rows, undoes=change)


def withdraw_change(*, actor: Actor, clock: Clock, change_id: UUID) -> None:
    """Give a plan up. What is withdrawn already changes nothing."""
    require(actor, Permission.CHANGE_BORDERS)
    with transaction.atomic():
        change = own_change(actor, change_id, lock=True)
        if change.state == ChangeState.WITHDRAWN:
            return
        if change.state == ChangeState.DONE:
            raise Invalid([Problem("", "done", _("已经施行的调整不能撤回，请另作一次调整改回来。"))])
        change.state = ChangeState.WITHDRAWN
        change.save(update_fields=["state"])
        audit.record(
            actor=actor, clock=clock, action="withdraw_borders", object_type="division_change", object_id=change.pk,
            place=change.place,
        )  # fmt: skip


def own_change(actor: Actor, change_id: UUID, *, lock: bool = False) -> DivisionChange:
    """A change of the actor's own area, or NotFound."""
    rows = DivisionChange.objects.select_for_update() if lock else DivisionChange.objects.all()
    change = rows.filter(pk=change_id).first()
    if change is None or not contains(actor.place, change.place):
        raise NotFound(code="not_found.change")
    return change


def rows_of(change: DivisionChange) -> list[Became]:
    """The rows of a change, townships first."""
    rows = DivisionChangeRow.objects.filter(change=change)
    found = [Became(row.old_code, row.old_name, row.new_code, row.new_name) for row in rows]
    return sorted(found, key=lambda row: (level_of(row.new_code), row.old_code, row.new_code))


class _Present:
    """The divisions that are there now, within the actor's area."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self.names: dict[str, str] = {}
        self.taken: set[str] = set()

    def named(self, code: str, level: Level, where: str, problems: list[Problem]) -> Named:
        row = Division.objects.filter(code=code, valid_to=None).first() if len(code) == 12 else None
        if row is None or row.level != level or not contains(self.actor.place, code):
            problems.append(Problem(where, "division", _("没有选择区划，或者它不在您的范围内。"), code[:20]))
            return Named(code or "000000000000", "")
        return Named(row.code, row.name)

    def below(self, code: str) -> list[Named]:
        rows = Division.objects.filter(parent_code=code, valid_to=None).exclude(code=code).order_by("code")
        return [Named(row.code, row.name) for row in rows]

    def taken_below(self, code: str) -> set[str]:
        """Codes that are in use below a place; codes of the past may be given again."""
        return {one.code for one in self.below(code)}


def _words(new: NewChange) -> list[Problem]:
    problems = []
    if new.kind not in ChangeKind.values:
        problems.append(Problem("kind", "code", _("请选择调整的种类。"), new.kind[:20]))
    if not new.document.strip():
        problems.append(Problem("document", "missing", _("文号或依据没有填写。")))
    elif len(new.document) > 200:
        problems.append(Problem("document", "long", _("文号或依据太长，最多 200 个字。")))
    if len(new.note) > 500:
        problems.append(Problem("note", "long", _("说明太长，最多 500 个字。")))
    if len(new.name.strip()) > 100:
        problems.append(Problem("name", "long", _("名称太长，最多 100 个字。")))
    if len(new.institution_name.strip()) > 120:
        problems.append(Problem("institution_name", "long", _("机构名称太长，最多 120 个字。")))
    if any(how not in (GO, BOTH) for how in new.accounts.values()):
        problems.append(Problem("accounts", "code", _("请为每个账号选择去处。")))
    return problems


def _rows(new: NewChange, present: _Present, problems: list[Problem]) -> list[Became]:
    name = new.name.strip()
    village = new.kind in (ChangeKind.VILLAGE_MERGE, ChangeKind.VILLAGE_SPLIT)
    level = Level.VILLAGE if village else Level.TOWNSHIP
    if (
        new.kind in (ChangeKind.RENAME, ChangeKind.RECODE)
        and len(new.subject) == 12
        and new.subject[9:] != "000"
    ):
        level = Level.VILLAGE
    subject = present.named(new.subject, level, "subject", problems)
    if not name and new.kind in (ChangeKind.RENAME, ChangeKind.SPLIT, ChangeKind.VILLAGE_SPLIT):
        problems.append(Problem("name", "missing", _("新的名称没有填写。")))
    if problems:
        return []
    villages = present.below(subject.code) if level is Level.TOWNSHIP else []
    match ChangeKind(new.kind):
        case ChangeKind.RENAME:
            if name == subject.name:
                problems.append(Problem("name", "same", _("名称没有变化。"), name))
            return rules.renamed(subject, name)
        case ChangeKind.RECODE:
            parent = ancestors(subject.code)[1]
            code = _code(new.code, parent, subject.code, present, problems)
            return rules.recoded(subject, villages, code, name, set())
        case ChangeKind.MOVE:
            county = present.named(new.target, Level.COUNTY, "target", problems)
            if contains(county.code, subject.code):
                problems.append(Problem("target", "same", _("该乡镇已属于这个县。"), county.name))
            if problems:
                return []
            code = _code(new.code, county.code, subject.code, present, problems)
            return rules.recoded(subject, villages, code, name, set())
        case ChangeKind.MERGE | ChangeKind.VILLAGE_MERGE:
            into = present.named(new.target, level, "target", problems)
            if into.code == subject.code:
                problems.append(Problem("target", "same", _("不能并入自己，请选择另一个。"), into.name))
            return rules.merged(subject, villages, into, present.taken_below(into.code))
        case ChangeKind.SPLIT:
            chosen = [one for one in villages if one.code in set(new.villages)]
            if not chosen or len(chosen) == len(villages):
                problems.append(Problem("villages", "some", _("请选择划出的村，至少一个，也至少留下一个。")))
            code = _code(new.code, ancestors(subject.code)[1], subject.code, present, problems)
            return rules.split(Named(code, name), chosen, set())
        case ChangeKind.VILLAGE_SPLIT:
            code = _code(new.code, township_of(subject.code), subject.code, present, problems)
            return rules.split_by_people(subject, Named(code, name))


def _code(typed: str, parent: str, like: str, present: _Present, problems: list[Problem]) -> str:
    """The code typed for what is new below `parent`, or a free one."""
    taken = present.taken_below(parent) | {like}
    if not typed.strip():
        return rules.free_code(parent, like, taken)
    code = typed.strip().ljust(12, "0")
    start = 6 if level_of(parent) is Level.COUNTY else 9
    end = start + 3
    if not (len(code) == 12 and code.isascii() and code.isdecimal() and code[:start] == parent[:start] and code[end:].strip("0") == ""
            and code[start:end] != "000"):  # fmt: skip
        text = _("区划代码“%(code)s”应为 12 位数字，并以上级代码 %(head)s 开头。")
        problems.append(
            Problem("code", "shape", text % {"code": typed[:20], "head": parent[:start]}, typed[:20])
        )
        raise Invalid(problems)  # nothing can be worked out below what is no code
    elif code in taken:
        problems.append(Problem("code", "taken", _("区划代码 %(code)s 正在使用。") % {"code": code}, code))
    return code


def _save(
    actor: Actor, clock: Clock, new: NewChange, rows: Sequence[Became], undoes: DivisionChange | None = None
) -> DivisionChange:
    codes = [code for row in rows for code in (row.old_code, row.new_code) if code]
    place = next(one for one in ancestors(codes[0]) if all(contains(one, code) for code in codes))
    if level_of(place) > Level.COUNTY:
        place = next(one for one in ancestors(place) if level_of(one) <= Level.COUNTY)
    if not contains(actor.place, place):
        raise NotFound(code="not_found.division")
    serving = None
    if new.serving_id is not None:
        serving = Institution.objects.filter(pk=new.serving_id, valid_to=None, kind__in=PRIMARY).first()
        if serving is None or not contains(actor.place, serving.place):
            raise NotFound(code="not_found.institution")
    users = User.objects.filter(pk__in=list(new.accounts), role=Role.TOWNSHIP_WORKER, is_active=True)
    if {str(user.pk) for user in users if contains(actor.place, user.place)} != set(new.accounts):
        raise NotFound(code="not_found.account")
    change = DivisionChange.objects.create(
        kind=new.kind, place=place, effective_on=new.effective_on, document=new.document.strip(),
        note=new.note.strip(), serving=serving, new_institution=new.institution_name.strip(),
        accounts=dict(new.accounts), undoes=undoes, made_by=actor.user_id, made_at=clock.now(),
    )  # fmt: skip
    DivisionChangeRow.objects.bulk_create(
        DivisionChangeRow(
            change=change,
            old_code=row.old_code,
            old_name=row.old_name,
            new_code=row.new_code,
            new_name=row.new_name,
        )
        for row in rows
    )
    audit.record(
        actor=actor, clock=clock, action="plan_borders", object_type="division_change", object_id=change.pk,
        place=place, detail={"kind": new.kind, "on": new.effective_on.isoformat(), "rows": len(rows)},
    )  # fmt: skip
    return change
