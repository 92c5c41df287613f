from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.utils import translation

from xinqiao.web import formats

TODAY = date(2026, 11, 21)


def test_a_date_reads_with_its_weekday() -> None:
    assert formats.date(TODAY) == "2026-11-21 周六"
    assert formats.date(None) == "—"


def test_an_instant_late_in_the_evening_of_london_is_the_next_day_in_shanghai() -> None:
    assert formats.date(datetime(2026, 11, 20, 20, tzinfo=UTC)) == "2026-11-21 周六"
    assert formats.moment(datetime(2026, 11, 20, 20, 5, tzinfo=UTC)) == "2026-11-21 04:05"


def test_the_short_date_names_the_year_only_when_it_is_another_one() -> None:
    assert formats.short_date(TODAY, TODAY) == "11-21"
    assert formats.short_date(date(2025, 12, 31), TODAY) == "2025-12-31"


@pytest.mark.parametrize(
    ("due", "words"),
    [
        (date(2026, 11, 17), "超期 4 天"),
        (TODAY, "今天"),
        (date(2026, 11, 22), "明天"),
        (date(2026, 12, 1), "还有 10 天"),
        (None, "—"),
    ],
)
def test_days_left_are_told_in_words(due: date | None, words: str) -> None:
    assert formats.days_left(due, TODAY) == words


@pytest.mark.parametrize(
    ("rate", "words"),
    [
        (Decimal("95.7482"), "95.75 %"),
        (Decimal("0.125"), "0.13 %"),
        (Decimal("0.135"), "0.14 %"),
        (Decimal(100), "100.00 %"),
        (None, "—"),
    ],
)
def test_rates_have_two_decimals_and_halves_go_up(rate: Decimal | None, words: str) -> None:
    assert formats.pct(rate) == words


def test_a_rate_may_have_another_unit() -> None:
    assert formats.pct(Decimal("4.6402"), "‰") == "4.64 ‰"


def test_masks_hide_the_middle_and_the_whole_of_short_values() -> None:
    assert formats.masked_id("990122198001011234") == "990***********1234"
    assert formats.masked_id("99012219") == "********"
    assert formats.masked_phone("13800005678") == "138****5678"
    assert formats.masked_phone("1380") == "****"
    assert formats.masked_id(None) == formats.masked_phone("") == "—"


def test_the_weekday_is_translated_when_english_is_active(english: None) -> None:
    with translation.override("en"):
        assert formats.date(TODAY) == "2026-11-21 Sat"
        assert formats.days_left(date(2026, 11, 20), TODAY) == "1 day overdue"
        assert formats.days_left(date(2026, 11, 19), TODAY) == "2 days overdue"
