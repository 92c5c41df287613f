"""The bulk finder: a model of record linkage (Fellegi and Sunter) by splink, computed by DuckDB in memory.

What goes in are names, their readings, sex, birth date, village and keyed hashes; no number and no phone in clear. What does not
fit into memory goes to a private folder that is removed at the end. The weights are declared, not trained: the same files give
the same pairs on every run, and a county of a few hundred files has too little to train on. `benchmarks/RESULTS.md` says
what they found among a million made-up people with known truth.
"""

from __future__ import annotations

import logging
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .rules import EXPECTED_PERCENT, THRESHOLD

#: Columns of the finder's table. `phones` is a list; `number` and `last4` are None where there is no document.
COLUMNS = (
    "unique_id", "name", "pinyin", "looks", "sex", "birth", "number", "last4", "phones", "village",
)  # fmt: skip
MEMORY = "4GB"
#: A phone that stands in more files than this is a clinic's or a committee's, and says nothing about a family.
FAMILY = 4


def _level(sql: str, m: float, u: float, **more: Any) -> dict[str, Any]:
    return {
        "sql_condition": sql,
        "label_for_charts": sql,
        "m_probability": m,
        "u_probability": u,
        "fix_m_probability": True,
        "fix_u_probability": True,
        **more,
    }


def _null(sql: str) -> dict[str, Any]:
    return {"sql_condition": sql, "label_for_charts": "null", "is_null_level": True}


def _comparison(name: str, *levels: dict[str, Any]) -> dict[str, Any]:
    return {"output_column_name": name, "comparison_levels": list(levels)}


#: m: how often two files of one person agree so; u: how often two people do. A rare name weighs more than a common one.
COMPARISONS = [
    _comparison(
        "name",
        _null("name_l = '' or name_r = ''"),
        _level("name_l = name_r", 0.62, 0.0004, tf_adjustment_column="name", tf_adjustment_weight=1.0),
        _level("pinyin_l = pinyin_r and pinyin_l <> ''", 0.19, 0.0005),
        _level("looks_l = looks_r", 0.06, 0.0001),
        _level("left(name_l, 1) = left(name_r, 1) and levenshtein(name_l, name_r) = 1 and length(name_l || name_r) > 4", 0.10, 0.006),
        _level("ELSE", 0.03, 0.993),
    ),
    _comparison(
        "birth",
        _null("birth_l = '' or birth_r = ''"),
        _level("birth_l = birth_r", 0.80, 0.00005),
        _level("left(birth_l, 4) = left(birth_r, 4) and substr(birth_l, 5, 2) = substr(birth_r, 7, 2)"
               " and substr(birth_l, 7, 2) = substr(birth_r, 5, 2)", 0.06, 0.00003),
        _level("damerau_levenshtein(birth_l, birth_r) = 1", 0.09, 0.001),
        _level("left(birth_l, 4) = left(birth_r, 4)", 0.02, 0.02),
        _level("ELSE", 0.03, 0.979),
    ),
    _comparison("sex", _level("sex_l = sex_r", 0.985, 0.5), _level("ELSE", 0.015, 0.5)),
    _comparison(
        "number",
        _null("number_l is null or number_r is null"),
        _level("number_l = number_r", 0.30, 0.0000005),
        _level("last4_l = last4_r", 0.05, 0.0002),
        _level("ELSE", 0.65, 0.9998),
    ),
    _comparison(
        "phones",
        _null("len(phones_l) = 0 or len(phones_r) = 0"),
        _level("len(list_intersect(phones_l, phones_r)) > 0", 0.55, 0.00003),
        _level("ELSE", 0.45, 0.99997),
    ),
    _comparison(
        "village",
        _level("village_l = village_r", 0.60, 0.003),
        _level("left(village_l, 9) = left(village_r, 9)", 0.20, 0.03),
        _level("ELSE", 0.20, 0.967),
    ),
]  # fmt: skip

#: Two files are compared when one of these holds; what none of them reaches is not found.
BLOCKS: list[dict[str, Any]] = [
    {"blocking_rule": "l.number = r.number"},
    {"blocking_rule": "l.pinyin = r.pinyin and left(l.birth, 4) = left(r.birth, 4)"},
    {"blocking_rule": "l.pinyin = r.pinyin and left(l.village, 9) = left(r.village, 9)"},
    {"blocking_rule": "l.looks = r.looks and l.birth = r.birth"},
    {"blocking_rule": "l.looks = r.looks and left(l.village, 9) = left(r.village, 9)"},
    {"blocking_rule": "l.birth = r.birth and left(l.pinyin, 1) = left(r.pinyin, 1)"},
    {"blocking_rule": "l.phones = r.phones", "arrays_to_explode": ["phones"]},
]


def find(rows: Mapping[str, Sequence[Any]] | Any, *, threads: int = 2) -> Iterator[dict[str, Any]]:
    """Pairs likelier than THRESHOLD, each with the columns of both sides and `match_probability`.

    `rows`: columns by name, or an arrow table. Nothing when there are fewer than two.
    """
    # Loaded when first used: it takes a second and a hundred megabytes, and serving pages does not need it.
    import duckdb
    import pyarrow as pa
    from splink import DuckDBAPI, Linker, SettingsCreator

    logging.getLogger("splink").setLevel(logging.ERROR)
    table = (
        rows
        if isinstance(rows, pa.Table)
        else pa.table({name: rows[name] for name in COLUMNS}, schema=_schema())
    )
    if table.num_rows < 2:
        return
    with tempfile.TemporaryDirectory(prefix="xinqiao-") as folder:  # 0700, removed whatever happens
        connection = duckdb.connect(":memory:")
        try:
            connection.execute(f"set threads = {int(threads)}")
            connection.execute(f"set memory_limit = '{MEMORY}'")
            connection.execute(f"set temp_directory = '{folder}'")
            connection.execute("set enable_progress_bar = false")
            api = DuckDBAPI(connection)
            settings = SettingsCreator(
                link_type="dedupe_only",
                comparisons=list[Any](COMPARISONS),
                blocking_rules_to_generate_predictions=list[Any](BLOCKS),
                probability_two_random_records_match=EXPECTED_PERCENT / 100 * 2 / (table.num_rows - 1),
                retain_matching_columns=True,
                additional_columns_to_retain=["pinyin", "looks", "last4"],
            )
            files = api.register(table)
            api_name = files.physical_name
            linker = Linker(files, settings, log_level=None, validate_settings=False)
            found = linker.inference.predict(threshold_match_probability=THRESHOLD / 1000)
            yield from _rows(connection, _FOUND.format(found=found.physical_name))
            # One number in two files is shown whatever the rest says: a borrowed card agrees in nothing else.
            yield from _rows(connection, _NUMBERS.format(files=api_name, found=found.physical_name))
        finally:
            connection.close()


_SIDES = ", ".join(f"{side}.{name} as {name}_{side}" for name in COLUMNS for side in ("l", "r"))
_FOUND = 'select * from "{found}" order by match_probability desc'
_NUMBERS = f"""
select {THRESHOLD / 1000} as match_probability, {_SIDES} from "{{files}}" l join "{{files}}" r
on l.number = r.number and l.unique_id < r.unique_id
where not exists (select 1 from "{{found}}" f where f.unique_id_l in (l.unique_id, r.unique_id)
                  and f.unique_id_r in (l.unique_id, r.unique_id))
"""  # noqa: S608 -- made of constants


def _rows(connection: Any, statement: str) -> Iterator[dict[str, Any]]:
    cursor = connection.execute(statement)
    names = [one[0] for one in cursor.description or ()]
    while batch := cursor.fetchmany(2_000):
        yield from (dict(zip(names, row, strict=True)) for row in batch)


def of_families(phones: Sequence[Sequence[str]]) -> list[list[str]]:
    """The phones of each file without those that too many files share."""
    many = Counter(phone for some in phones for phone in some)
    return [[phone for phone in some if many[phone] <= FAMILY] for some in phones]


def _schema() -> Any:
    import pyarrow as pa

    kinds = {"phones": pa.list_(pa.string())}
    return pa.schema([(name, kinds.get(name, pa.string())) for name in COLUMNS])
