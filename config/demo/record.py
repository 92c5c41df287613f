"""What the made-up files hold besides the core: health, supports, certificates, care groups, people who stand by, households."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from random import Random
from typing import Any
from uuid import UUID

from xinqiao.accounts.scope import acting
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.codes import full_code
from xinqiao.kernel.ids import uuid7
from xinqiao.registry.actions import NewRow, add_care_member, add_rows, join_household, open_care_group
from xinqiao.synth.model import PersonTruth
from xinqiao.synth.truth import standing

from .accounts import TOWNSHIP_ACCOUNTS

#: Every made-up number ends in the same range that belongs to nobody.
PHONE = "1990000{:04d}"
HEADS = ("马占林", "王桂芳", "杨志强", "李学军", "丁秀花", "田建国")
OFFICERS = ("周警官", "吴警官", "陈警官")
GRID = ("马小军", "王丽", "杨静", "李娟")


def besides(person: PersonTruth) -> dict[str, Any]:
    """Record keys of what the forms ask besides; most files have them, some leave them open, as files do."""
    rng = Random(f"besides {person.serial}")  # noqa: S311 - made-up people, no secrets
    record: dict[str, Any] = {
        "police_station": "镇派出所",
        "management_mode": "2" if rng.random() < 0.3 else "1",
    }
    for key, share in (
        ("targeted_poverty", 0.22), ("low_income", 0.35), ("free_medicine", 0.62), ("family_doctor", 0.83),
        ("community_rehab", 0.18), ("care_group", 0.9),
    ):  # fmt: skip
        record[key] = "1" if rng.random() < share else "0"
    subsidy = rng.random() < 0.08
    record["guardian_subsidy"] = "1" if subsidy else "0"
    if subsidy:
        record["guardian_subsidy_amount"] = "2400"
    record["disability_cert"] = "1" if rng.random() < 0.41 else "0"
    if record["disability_cert"] == "1":
        record["disability_level"] = rng.choice("1222334")
    if rng.random() < 0.7:
        record |= _health(rng, person.birth_on.year)
    if rng.random() < 0.25:
        record |= {
            "kitchen": "2",
            "fuel": rng.choice("1235"),
            "water": "1",
            "toilet": rng.choice("125"),
            "livestock": "1",
        }
    return record


def _health(rng: Random, born: int) -> dict[str, Any]:
    return {
        "blood_type": rng.choice("12345"), "rh": "2", "allergies": ["2"] if rng.random() < 0.05 else ["1"],
        "exposures": ["1"],
        "past_diseases": {"2": str(max(born + 12, rng.randint(2005, 2020)))} if born < 2000 and rng.random() < 0.2 else {"1": ""},
        "surgery": [{"name": "阑尾切除", "on": str(max(born + 6, rng.randint(1995, 2018)))}] if born < 2000 and rng.random() < 0.08 else [],
        "injury": [], "transfusion": [], "family_father": ["2"] if rng.random() < 0.2 else ["1"],
        "family_mother": ["8"] if rng.random() < 0.08 else ["1"], "family_siblings": ["1"], "family_children": ["1"],
        "hereditary": "1", "disabilities": ["7"] if rng.random() < 0.4 else ["1"],
    }  # fmt: skip


def stand_by(
    people: Sequence[PersonTruth], ids: Mapping[int, UUID], actors: Mapping[str, Actor], clock: Clock
) -> None:
    """In the townships of the demo's accounts: a care group in every village, its people in it, five by name beside
    everybody whom the profile asks for (one place left open now and then), and some who live together."""
    for account in TOWNSHIP_ACCOUNTS:
        actor = actors[account]
        near = [one for one in people if full_code(one.village[:9]) == actor.place]
        with acting(actor):
            _groups(near, ids, actor, clock)
            _by_name(near, ids, actor, clock)
            _together(near, ids, actor, clock)


def _since(clock: Clock) -> date:
    return clock.today().replace(month=1, day=15) - timedelta(days=365)


def _groups(near: Sequence[PersonTruth], ids: Mapping[int, UUID], actor: Actor, clock: Clock) -> None:
    since = _since(clock)
    rows = []
    for n, village in enumerate(sorted({one.village for one in near})):
        group = open_care_group(
            actor=actor, clock=clock, op_id=uuid7(), village=village, name="", since=since
        )
        for role, name in (("head", HEADS[n % 6]), ("grid", GRID[n % 4]), ("police", OFFICERS[n % 3])):
            record = {"role": role, "name": name, "phone": PHONE.format(n * 10)}
            add_care_member(
                actor=actor, clock=clock, op_id=uuid7(), group_id=group.pk, record=record, since=since
            )
        for one in near:
            if one.village == village and one.filed_on <= since:
                rows.append(
                    NewRow(
                        uuid7(), ids[one.serial], "placement", {"group": str(group.pk), "valid_from": since}
                    )
                )
    add_rows(actor=actor, clock=clock, batch=rows)


def _by_name(near: Sequence[PersonTruth], ids: Mapping[int, UUID], actor: Actor, clock: Clock) -> None:
    today = clock.today()
    rows = []
    graver = [one for one in near if (standing(one, today).risk or 0) >= 3]
    for n, one in enumerate(graver):
        wanted = [
            ("cadre", HEADS[n % 6], "村委会"), ("police", OFFICERS[n % 3], "镇派出所"), ("doctor", actor.display_name, "卫生院"),
            ("grid", GRID[n % 4], "村委会"), ("guardian", one.record.get("guardian_name", ""), ""),
        ]  # fmt: skip
        for role, name, organisation in wanted[: 5 if n % 3 else 3]:
            if name:
                record = {"role": role, "name": name, "organisation": organisation, "phone": PHONE.format(n)}
                since = max(_since(clock), one.filed_on)
                rows.append(NewRow(uuid7(), ids[one.serial], "keeper", record | {"valid_from": since}))
    add_rows(actor=actor, clock=clock, batch=rows)


def _together(near: Sequence[PersonTruth], ids: Mapping[int, UUID], actor: Actor, clock: Clock) -> None:
    homes: dict[int, list[PersonTruth]] = {}
    for one in near:
        homes.setdefault(one.household, []).append(one)
    for living in homes.values():
        for other in living[1:]:
            join_household(
                actor=actor, clock=clock, person_id=ids[living[0].serial], other_id=ids[other.serial], relation="0",
                since=max(living[0].filed_on, other.filed_on),
            )  # fmt: skip
