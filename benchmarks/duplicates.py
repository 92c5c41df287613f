"""`python -m benchmarks.duplicates bulk [--people 1000000]` and `… entry [--runs 300]`.

`bulk` makes people with known truth in memory (nothing is stored), runs the finder over them and says how long it took, how much
memory, and what it found: duplicates with slips, twins, borrowed cards, people of one name and birthday. `entry` asks the
warning at entry on the benchmark's database (`make bench` fills it; `--keep` there leaves it).
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import resource
import statistics
import sys
import time
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

ROOT = Path(__file__).resolve().parents[1]
TODAY = date.fromisoformat(os.environ.get("XINQIAO_TODAY", "2026-11-21"))
#: Share of all files that are somebody's second one, and of the hard cases.
DUPLICATES, TWINS, BORROWED, NAMESAKES = 0.005, 0.002, 0.0005, 0.0005


@dataclass(frozen=True, slots=True)
class Made:
    """One made-up file, as the finder reads it but for the keys of the name."""

    key: int
    name: str
    sex: str
    birth: date
    number: str
    phones: tuple[str, ...]
    village: str


@dataclass
class Truth:
    """Pairs of keys by what they are."""

    pairs: dict[tuple[int, int], str] = field(default_factory=dict)

    def add(self, one: int, other: int, kind: str) -> None:
        self.pairs[min(one, other), max(one, other)] = kind


def make(people: int, seed: int = 1) -> tuple[list[Made], Truth]:
    """People by the frequencies of `synth`; villages of about a hundred files; some phones shared in the family."""
    from xinqiao.synth import names

    rng, truth = random.Random(seed), Truth()
    villages = [f"{990000000000 + n // 12 * 1000 + 201 + n % 12:012d}" for n in range(max(2, people // 100))]
    made: list[Made] = []
    for key in range(people):
        sex = rng.choice("12")
        birth = date(1935, 1, 1) + timedelta(days=rng.randrange(27_000))
        village = rng.choice(villages)
        phones = () if rng.random() < 0.08 else (f"p{key}",)
        number = "" if rng.random() < 0.03 else f"n{key}"
        made.append(Made(key, names.full(rng, sex, birth.year, "01"), sex, birth, number, phones, village))
    for _ in range(int(people * 0.02)):  # a mother and a son, a couple: one phone
        one, other = rng.randrange(people), rng.randrange(people)
        made[other] = replace(made[other], phones=made[one].phones, village=made[one].village)
    originals = rng.sample(range(people), int(people * (DUPLICATES + TWINS + BORROWED + NAMESAKES)))
    slips = _Slips(made, rng)
    counts = [int(people * share) for share in (DUPLICATES, TWINS, BORROWED, NAMESAKES)]
    for kind, n in zip(("duplicate", "twins", "borrowed", "namesake"), counts, strict=True):
        for original in originals[:n]:
            key = len(made)
            made.append(getattr(slips, kind)(made[original], key, villages))
            truth.add(original, key, kind)
        originals = originals[n:]
    return made, truth


class _Slips:
    """How a second file comes to differ."""

    def __init__(self, made: list[Made], rng: random.Random) -> None:
        from xinqiao.registry.naming import keys_of
        from xinqiao.registry.naming.looks import GROUPS

        self.rng, self.groups = rng, GROUPS
        self.sounds: dict[str, list[str]] = {}
        for sign in sorted({sign for one in made[:20_000] for sign in one.name[1:]}):
            self.sounds.setdefault(keys_of("王" + sign).pinyin, []).append(sign)
        self.signs = sorted({sign for one in made[:20_000] for sign in one.name[1:]})
        self.keys_of = keys_of

    def duplicate(self, one: Made, key: int, villages: list[str]) -> Made:
        rng = self.rng
        dice = rng.random()
        number = "" if dice < 0.5 else one.number if dice < 0.6 else f"slip{key}"
        dice = rng.random()
        phones = one.phones if dice < 0.6 else (f"p{key}",) if dice < 0.85 else ()
        dice = rng.random()
        village = (
            one.village if dice < 0.55 else one.village[:9] + "299" if dice < 0.75 else rng.choice(villages)
        )
        sex = one.sex if rng.random() < 0.985 else "12"[one.sex == "1"]
        return Made(key, self.name(one.name), sex, self.birth(one.birth), number, phones, village)

    def twins(self, one: Made, key: int, villages: list[str]) -> Made:
        sign = self.rng.choice(self.signs)
        shared = len(one.name) > 2 and self.rng.random() < 0.4
        name = one.name[:2] + sign if shared else one.name[0] + sign + self.rng.choice(self.signs)
        return replace(
            one,
            key=key,
            name=name,
            sex=one.sex if self.rng.random() < 0.7 else "12"[one.sex == "1"],
            number=f"n{key}",
        )

    def borrowed(self, one: Made, key: int, villages: list[str]) -> Made:
        birth = one.birth + timedelta(days=self.rng.randrange(400, 9_000))
        name = self.rng.choice("李张刘陈") + self.rng.choice(self.signs)
        return Made(
            key,
            name,
            self.rng.choice("12"),
            birth,
            one.number or f"n{one.key}",
            (f"p{key}",),
            self.rng.choice(villages),
        )

    def namesake(self, one: Made, key: int, villages: list[str]) -> Made:
        return replace(one, key=key, number=f"n{key}", phones=(f"p{key}",))

    def name(self, name: str) -> str:
        dice, at = self.rng.random(), self.rng.randrange(1, len(name)) if len(name) > 1 else 0
        if dice < 0.65 or not at:
            return name
        if dice < 0.80:
            signs = self.sounds.get(self.keys_of("王" + name[at]).pinyin, [])
        elif dice < 0.88:
            signs = [sign for sign in self.groups.get(name[at], "") if sign != name[at]]
        elif dice < 0.95:
            signs = self.signs
        else:
            return name[0] + "".join(self.rng.choice(self.signs) for _ in name[1:])
        return name[:at] + self.rng.choice(signs) + name[at + 1 :] if signs else name

    def birth(self, day: date) -> date:
        from xinqiao.registry.rules.alike import near_days, swapped

        dice = self.rng.random()
        if dice < 0.80:
            return day
        if dice < 0.86:
            return swapped(day) or day
        return self.rng.choice(sorted(near_days(day))) if dice < 0.95 else date(day.year, 1, 1)


def bulk(people: int) -> None:
    """Make, find, compare with the truth, print."""
    from benchmarks import machine
    from xinqiao.duplicates.finder import find
    from xinqiao.duplicates.rules import Found, judge

    began = time.perf_counter()
    made, truth = make(people)
    table = _table(made)
    print(
        f"{len(made):,} files made in {time.perf_counter() - began:.0f} s; {machine.describe()}", flush=True
    )
    load = os.getloadavg()[0]
    began, cpu = time.perf_counter(), time.process_time()
    found: list[Found] = [one for row in find(table) if (one := judge(row)) is not None]
    took, spent = time.perf_counter() - began, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"found {len(found):,} pairs in {took:.0f} s ({spent:.0f} CPU-s), peak memory {peak:,.0f} MB, load {load:.1f}"
    )
    by: Counter[tuple[str, str]] = Counter()
    scores: dict[tuple[int, int], Found] = {}
    for one in found:
        key = (one.first.int, one.second.int)
        scores[key] = one
        by[truth.pairs.get(key, "strangers"), one.kind] += 1
    wanted = Counter(truth.pairs.values())
    print("\n| truth | planted | called same | twins | number conflict | not found |")
    print("|---|---:|---:|---:|---:|---:|")
    for kind in (*wanted, "strangers"):
        n = wanted[kind] or ""
        seen = [by[kind, called] for called in ("same", "twins", "number")]
        print(f"| {kind} | {n} | {seen[0]} | {seen[1]} | {seen[2]} | {(n - sum(seen)) if n else ''} |")
    # A second namesake of one village looks the same on paper as a duplicate: left out of both.
    for threshold in (600, 700, 800, 900, 950, 990):
        same = [key for key, one in scores.items() if one.kind == "same" and one.score >= threshold]
        right = sum(truth.pairs.get(key) == "duplicate" for key in same)
        wrong = sum(truth.pairs.get(key) not in ("duplicate", "namesake") for key in same)
        print(
            f"at {threshold / 1000}: precision {right / max(1, right + wrong):.4f}"
            f" recall {right / max(1, wanted['duplicate']):.4f}"
        )


def _table(made: list[Made]) -> Any:
    import pyarrow as pa

    from xinqiao.duplicates.finder import COLUMNS
    from xinqiao.registry.naming import keys_of, looks_key

    known: dict[str, tuple[str, str, str]] = {}
    for one in made:
        if one.name not in known:
            keys = keys_of(one.name)
            known[one.name] = (keys.name, keys.pinyin, looks_key(one.name))
    columns: dict[str, list[Any]] = {name: [] for name in COLUMNS}
    for one in made:
        name, pinyin, looks = known[one.name]
        hashed = hashlib.sha256(one.number.encode()).hexdigest()[:32] if one.number else None
        values = (
            str(UUID(int=one.key)), name, pinyin, looks, one.sex, one.birth.strftime("%Y%m%d"), hashed,
            hashed and hashed[-4:], list(one.phones), one.village,
        )  # fmt: skip
        for column, value in zip(COLUMNS, values, strict=True):
            columns[column].append(value)
    kinds = {"phones": pa.list_(pa.string())}
    return pa.table({n: pa.array(columns.pop(n), kinds.get(n, pa.string())) for n in COLUMNS})


def entry(runs: int) -> None:
    """The one statement for people who are there, typed with slips, and for people who are not."""
    import django

    django.setup()
    from django.db import connections

    from benchmarks import machine
    from xinqiao.accounts.models import User
    from xinqiao.accounts.scope import acting
    from xinqiao.accounts.sessions import actor_of
    from xinqiao.kernel.clock import FixedClock
    from xinqiao.registry.models import Person
    from xinqiao.registry.queries import alike, typed
    from xinqiao.registry.rules.alike import near_days, near_numbers, swapped

    rng, clock = random.Random(2), FixedClock(TODAY)
    with connections["report"].cursor() as cursor:
        cursor.execute("select count(*) from registry_person")
        print(f"{cursor.fetchone()[0]:,} people; {machine.describe()}")
    print("\n| who asks | runs | found | p50 ms | p95 ms | most ms |\n|---|---:|---:|---:|---:|---:|")
    for account in ("bench-village", "bench-township", "bench-county"):
        actor = actor_of(User.objects.get(username=account), clock)
        with acting(actor):
            people = list(Person.objects.order_by("?")[: runs + 20])
            numbers = {
                one.person_id: one.number for person in people for one in person.identifier_set.all()[:1]
            }
        took, found = [], 0
        for n in range(runs + 20):
            person = people[n % len(people)]
            birth = person.birth_on
            if n % 3 == 1:
                birth = swapped(birth) or birth
            elif n % 3 == 2:
                birth = rng.choice(sorted(near_days(birth)))
            number = numbers.get(person.pk, "")
            near = sorted(near_numbers(number))
            record = {
                "name": person.name, "sex": person.sex, "birth_on": birth.isoformat(), "live_code": person.managing_code,
                "id_number": rng.choice(near) if near else "", "guardian_phone": f"1990000{n:04d}",
            }  # fmt: skip
            with acting(actor):
                began = time.perf_counter()
                close = alike(actor=actor, today=TODAY, asked=typed(record))
                spent = (time.perf_counter() - began) * 1000
            if n >= 20:
                took.append(spent)
                found += person.pk in {one.id for one in close}
        took.sort()
        p95 = took[min(len(took) - 1, int(len(took) * 0.95))]
        print(
            f"| {account} | {runs} | {found} | {statistics.median(took):.1f} | {p95:.1f} | {took[-1]:.1f} |",
            flush=True,
        )
    connections.close_all()


def main() -> int:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["bulk", "entry"])
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=300)
    chosen = parser.parse_args()
    if chosen.what == "bulk":
        bulk(chosen.people)
        return 0
    here = Path(os.environ.get("XINQIAO_VAR") or ROOT / "var") / "bench"
    os.environ.update(
        XINQIAO_VAR=str(here),
        XINQIAO_TODAY=TODAY.isoformat(),
        XINQIAO_MODE="demo",
        DJANGO_SETTINGS_MODULE="config.settings",
    )
    from config.setup import postgres

    postgres.ensure("main")
    try:
        entry(chosen.runs)
    finally:
        postgres.stop("main")
    return 0


if __name__ == "__main__":
    sys.exit(main())
