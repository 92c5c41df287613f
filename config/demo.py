"""The demo: Helan County with made-up people, shifted so that its published year is the one just past.

Everything goes through the product's own write paths, under the scope of the county office, as an import would. A second
county is made up whole: it follows the community rules of 2016, and neither county sees the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any, TypeVar
from uuid import UUID

from django.db import transaction

from xinqiao.accounts.models import User, VillageAssignment
from xinqiao.accounts.scope import acting
from xinqiao.accounts.sessions import actor_of
from xinqiao.followup.actions import NewAttempt, NewVisit, plan_visit, record_attempt, record_visits
from xinqiao.followup.choices import AttemptOutcome, EntryMode
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.codes import ancestors, full_code, level_of
from xinqiao.kernel.ids import uuid7
from xinqiao.kernel.terms import Level, Role
from xinqiao.places import actions as places_actions
from xinqiao.places.choices import InstitutionKind
from xinqiao.places.cli import default_folder
from xinqiao.places.models import Institution
from xinqiao.registry.actions import NewPerson, register_people
from xinqiao.synth.clinical import answers
from xinqiao.synth.drugs import regimen
from xinqiao.synth.generate import generate, places
from xinqiao.synth.model import PersonTruth
from xinqiao.synth.places import Place
from xinqiao.synth.presets import PRESETS
from xinqiao.synth.spec import Spec
from xinqiao.synth.truth import Standing, standing

PRESET = "helan-2020"
SEED = 1
COUNTY, CITY, PROVINCE = "640122000000", "640100000000", "640000000000"
LIGANG, JINGUI = "640122102000", "640122101000"
MINLE, LIGANG_VILLAGE, PANCHANG = "640122102216", "640122102205", "640122101208"
OTHER_PROVINCE, OTHER_CITY, OTHER_COUNTY = "990000000000", "991600000000", "991601000000"
OTHER_TOWNSHIP = "991601100000"
OTHER_PEOPLE = 56
SINCE = date(2004, 1, 1)
MADE_UP = "虚构，仅供演示"
#: People and visits written at a time: enough to be quick, few enough to be light.
PEOPLE_AT_ONCE, VISITS_AT_ONCE = 2000, 4000


@dataclass(frozen=True, slots=True)
class Account:
    """A demo account; the password is shown on the screen, since the demo is on this machine and about nobody."""

    username: str
    password: str
    display_name: str
    role: Role
    place: str
    villages: tuple[str, ...] = ()
    in_charge: bool = False


ACCOUNTS: tuple[Account, ...] = (
    Account("xian", "qiao-xian-1", "何静", Role.COUNTY_OFFICE, COUNTY, in_charge=True),
    Account("ligang1", "qiao-zhen-1", "马晓燕", Role.TOWNSHIP_WORKER, LIGANG, in_charge=True),
    Account("ligang2", "qiao-zhen-2", "李建平", Role.TOWNSHIP_WORKER, LIGANG),
    Account("jingui", "qiao-zhen-3", "杨秀兰", Role.TOWNSHIP_WORKER, JINGUI, in_charge=True),
    Account(
        "minle", "qiao-cun-1", "王海东", Role.VILLAGE_DOCTOR, MINLE, (LIGANG_VILLAGE, MINLE), in_charge=True
    ),
    Account("panchang", "qiao-cun-2", "丁玉梅", Role.VILLAGE_DOCTOR, PANCHANG, (PANCHANG,), in_charge=True),
    Account("shi", "qiao-shi-1", "周明", Role.CITY_OFFICE, CITY),
    Account("sheng", "qiao-sheng-1", "郑文", Role.PROVINCE_OFFICE, PROVINCE),
    Account("yewu", "qiao-yewu-1", "孙丽", Role.PROGRAMME_ADMIN, COUNTY),
    Account("guanli", "qiao-guanli-1", "赵强", Role.SYSTEM_ADMIN, COUNTY),
    Account("shenji", "qiao-shenji-1", "吴敏", Role.AUDITOR, COUNTY),
    Account("linxian", "qiao-lin-1", "陈刚", Role.COUNTY_OFFICE, OTHER_COUNTY, in_charge=True),
    Account("linzhen", "qiao-lin-2", "刘芳", Role.TOWNSHIP_WORKER, OTHER_TOWNSHIP, in_charge=True),
)
_COUNTY_ACCOUNT, _TOWNSHIP_ACCOUNT, _OTHER_ACCOUNT = "xian", "ligang1", "linxian"

_T = TypeVar("_T")
Say = Callable[[str], None]


def specs(today: date) -> tuple[Spec, Spec]:
    """The two counties as they are on the demo's day."""
    preset = PRESETS[PRESET]
    anchor = date(today.year - 1, 12, 31)
    helan = Spec(
        preset.files, SEED, today, preset.division, preset=PRESET, anchor=anchor, tables=default_folder()
    )
    return helan, Spec(OTHER_PEOPLE, SEED, today, OTHER_COUNTY[:6])


def is_seeded() -> bool:
    """Whether the demo's accounts are there."""
    return User.objects.filter(is_demo=True).exists()


@transaction.atomic
def seed(clock: Clock, say: Say = lambda line: None) -> None:
    """Fill an empty database: places, institutions, population, accounts, people, visits. All or nothing."""
    helan, other = specs(clock.today())
    known, known_other = places(helan), places(other)
    _places(clock, known_other)
    institutions = _institutions(clock, [*known, *known_other])
    _population(clock, known, helan.anchor or helan.on)
    _population(clock, known_other, helan.anchor or helan.on)
    users = _accounts(institutions)
    say(f"{len(known) + len(known_other)} places, {len(institutions)} institutions, {len(users)} accounts")
    actors = {name: actor_of(user, clock) for name, user in users.items()}
    for spec, places_of, account in ((helan, known, _COUNTY_ACCOUNT), (other, known_other, _OTHER_ACCOUNT)):
        people = list(generate(spec, places_of))
        with acting(actors[account]):
            ids = write_people(people, actor=actors[account], clock=clock)
        say(f"{places_of[0].name}: {len(people)} people, {sum(len(p.visits) for p in people)} visits")
        if spec is helan:
            _this_week(people, ids, actors, clock)


def write_people(people: Sequence[PersonTruth], *, actor: Actor, clock: Clock) -> dict[int, UUID]:
    """Register people and record their visits as an import does; serial → person. Call inside the actor's scope."""
    ids: dict[int, UUID] = {}
    for some in _portions(people, PEOPLE_AT_ONCE):
        batch = [NewPerson(op_id=uuid7(), record=person.record) for person in some]
        for person, found in zip(
            some, register_people(actor=actor, clock=clock, batch=batch, source="import"), strict=True
        ):
            ids[person.serial] = found.person_id
    # A person's visits stay together: what is due is folded once per person and call.
    batch_of: list[NewVisit] = []
    for person in people:
        batch_of += [
            NewVisit(op_id=uuid7(), person_id=ids[person.serial], record=v.record) for v in person.visits
        ]
        if len(batch_of) >= VISITS_AT_ONCE:
            record_visits(actor=actor, clock=clock, batch=batch_of, entry_mode=EntryMode.IMPORT)
            batch_of = []
    if batch_of:
        record_visits(actor=actor, clock=clock, batch=batch_of, entry_mode=EntryMode.IMPORT)
    return ids


def accounts_table() -> list[tuple[str, str, str, str, str]]:
    """(role, name, place, username, password) of every demo account, for the screen."""
    from xinqiao.kernel.terms import ROLE_LABELS
    from xinqiao.places.queries import short_names

    wanted = {code for account in ACCOUNTS for code in (account.villages or (account.place,))}
    names = short_names(wanted)
    return [
        (
            ROLE_LABELS[account.role],
            account.display_name,
            "、".join(names.get(code, code) for code in (account.villages or (account.place,))),
            account.username,
            account.password,
        )
        for account in ACCOUNTS
    ]


# ── places ──────────────────────────────────────────────────────────────────────────────────────────────────────────
def _places(clock: Clock, made_up: Sequence[Place]) -> None:
    places_actions.load_divisions(
        actor=None, clock=clock, prefixes=[COUNTY[:6]], source_folder=default_folder()
    )
    rows = [
        (OTHER_PROVINCE, "演示省"),
        (OTHER_CITY, "演示市"),
        *((place.code, place.name) for place in made_up),
    ]
    places_actions.add_divisions(actor=None, clock=clock, rows=rows, source=MADE_UP)


def _institutions(clock: Clock, known: Sequence[Place]) -> dict[str, Institution]:
    """County, city and province offices, a hospital in every township, a clinic in every village of some townships."""
    wanted: list[tuple[str, InstitutionKind, str]] = [
        (COUNTY, InstitutionKind.COUNTY_OFFICE, "贺兰县精神卫生防治办公室"),
        (CITY, InstitutionKind.CITY_OFFICE, "银川市精神卫生防治办公室"),
        (PROVINCE, InstitutionKind.PROVINCE_OFFICE, "宁夏精神卫生防治办公室"),
        (OTHER_COUNTY, InstitutionKind.COUNTY_OFFICE, f"{_name(known, OTHER_COUNTY)}精神卫生防治办公室"),
    ]
    for place in known:
        if place.level is Level.TOWNSHIP:
            kind = "社区卫生服务中心" if place.code[6:9] < "100" else "卫生院"
            wanted.append((place.code, InstitutionKind.TOWNSHIP_HOSPITAL, place.name + kind))
        elif place.level is Level.VILLAGE and full_code(place.code[:9]) in (LIGANG, JINGUI):
            name = place.name.removesuffix("委会").removesuffix("居")
            wanted.append((place.code, InstitutionKind.VILLAGE_CLINIC, name + "卫生室"))
    return {
        code: places_actions.open_institution(
            actor=None, clock=clock, name=f"{name}（演示）", kind=kind, place=code, since=SINCE
        )
        for code, kind, name in wanted
    }


def _name(known: Sequence[Place], code: str) -> str:
    return next(place.name for place in known if place.code == code)


def _population(clock: Clock, known: Sequence[Place], year_end: date) -> None:
    """Residents at the end of the published year, and a little fewer in the two years before it."""
    for back in range(3):
        residents: dict[str, int] = {}
        for place in known:
            if place.level is Level.VILLAGE:
                count = round(place.residents * (1 - 0.008 * back))
                for code in ancestors(place.code):
                    if level_of(code) >= Level.COUNTY:
                        residents[code] = residents.get(code, 0) + count
        places_actions.set_population(
            actor=None, clock=clock, year=year_end.year - back, residents=residents, source=MADE_UP
        )


# ── accounts ────────────────────────────────────────────────────────────────────────────────────────────────────────
def _accounts(institutions: dict[str, Institution]) -> dict[str, User]:
    users: dict[str, User] = {}
    for account in ACCOUNTS:
        institution = institutions.get(account.place)
        user = User.objects.create_user(
            username=account.username,
            password=account.password,
            display_name=account.display_name,
            role=account.role,
            place=account.place,
            institution=institution,
            phone="19900000000",
            is_demo=True,
            must_change_password=False,
        )
        VillageAssignment.objects.bulk_create(
            VillageAssignment(user=user, division_code=code, valid_from=SINCE) for code in account.villages
        )
        served = [institutions[code] for code in account.villages or (account.place,) if code in institutions]
        if account.in_charge:
            Institution.objects.filter(pk__in=[one.pk for one in served]).update(in_charge_id=user.pk)
        users[account.username] = user
    return users


# ── what the township did these days ────────────────────────────────────────────────────────────────────────────────
def _this_week(
    people: Sequence[PersonTruth], ids: dict[int, UUID], actors: dict[str, Actor], clock: Clock
) -> None:
    """Typed in at the desk: visits of today, answers that wait for a second person, tries without contact, and people
    whom the families expect today."""
    today = clock.today()
    for account in (_TOWNSHIP_ACCOUNT, "jingui"):
        actor = actors[account]
        near = [(p, standing(p, today)) for p in people if full_code(p.village[:9]) == actor.place]
        # Somebody visited on this very day would be visited twice.
        near = [(p, s) for p, s in near if s.due_on and not s.in_hospital and _last_visit(p) < today]
        near.sort(key=lambda one: (one[1].due_on or today, one[0].serial))
        with acting(actor):
            _expected_today(near, ids, actor, clock)
            if account == _TOWNSHIP_ACCOUNT:
                _typed_today(near, ids, actor, clock)
                _tried(near, ids, actor, clock)


def _last_visit(person: PersonTruth) -> date:
    return person.visits[-1].visit_date if person.visits else person.filed_on


_Near = Sequence[tuple[PersonTruth, Standing]]


def _within(near: _Near, today: date, first: int, last: int) -> list[PersonTruth]:
    """The stable ones due in so many days from today."""
    return [
        p for p, s in near if s.due_on and first <= (s.due_on - today).days <= last and s.last_class == "3"
    ]


def _expected_today(near: _Near, ids: dict[int, UUID], actor: Actor, clock: Clock) -> None:
    """Two people in each demo doctor's villages and two elsewhere are expected today, a little before they are due."""
    today = clock.today()
    coming = _within(near, today, 1, 12)
    mine = {village for account in ACCOUNTS for village in account.villages}
    chosen = [p for p in coming if p.village in mine][:2] + [p for p in coming if p.village not in mine][:2]
    for person in chosen:
        plan_visit(actor=actor, clock=clock, person_id=ids[person.serial], planned_on=today)


def _typed_today(near: _Near, ids: dict[int, UUID], actor: Actor, clock: Clock) -> None:
    today = clock.today()
    rng = Random(f"week/{SEED}")  # noqa: S311 - made-up people, no secrets
    batch = []
    for index, person in enumerate(_within(near, today, 13, 40)[:4]):
        record = _answered(rng, person, today, "2" if index < 2 else "3", actor)
        if index < 2:
            record |= {"visit_class": "3", "class_reason": "自知力基本恢复，家属反映近三个月平稳"}
        batch.append(NewVisit(uuid7(), ids[person.serial], record, visited_by=actor.user_id))
    for person in [p for p, s in near if (s.risk or 0) >= 3][:1]:
        record = _answered(rng, person, today, "2", actor) | {"risk": 1}
        batch.append(
            NewVisit(
                uuid7(), ids[person.serial], record, visited_by=actor.user_id,
                risk_reason="两周来未再冲动，家属看护到位",
            )
        )  # fmt: skip
    if batch:
        record_visits(actor=actor, clock=clock, batch=batch, entry_mode=EntryMode.FULL)


def _tried(near: _Near, ids: dict[int, UUID], actor: Actor, clock: Clock) -> None:
    today = clock.today()
    for person, tries in zip(_within(near, today, -400, -1)[:2], (3, 1), strict=False):
        for back in (13, 7, 1)[-tries:]:
            attempt = NewAttempt(
                uuid7(), ids[person.serial], today - timedelta(days=back), "3" if back > 1 else "2",
                AttemptOutcome.NO_ANSWER if back > 1 else AttemptOutcome.NOBODY_HOME,
            )  # fmt: skip
            record_attempt(actor=actor, clock=clock, attempt=attempt)


def _answered(rng: Random, person: PersonTruth, day: date, visit_class: str, actor: Actor) -> dict[str, Any]:
    record: dict[str, Any] = {
        "visit_date": day,
        "form": "2",
        "targets": ["1", "2"],
        "doctor": actor.display_name,
    }
    record["co_visitors"] = ["王海东"]
    return (
        record | answers(rng, visit_class, "1", regimen(rng, person.category)) | {"visit_class": visit_class}
    )


def _portions(items: Sequence[_T], size: int) -> Iterator[Sequence[_T]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
