"""Clues of two months ago that nobody judged, and a hand-over that nobody received: clocks that have run out."""

from __future__ import annotations

from datetime import timedelta

from tests.journeys.seed import TODAY


def main() -> None:
    """Through the product's own write paths, beside the journeys' people."""
    import django

    django.setup()

    from xinqiao.accounts.models import User
    from xinqiao.accounts.scope import acting
    from xinqiao.accounts.sessions import actor_of
    from xinqiao.kernel.clock import FixedClock
    from xinqiao.kernel.ids import uuid7
    from xinqiao.screening.actions import NewClue, record_clue

    for name, village, account, ago in (
        ("卢望秋", "990101100201", "township", 60),
        ("万里晴", "990101101201", "other_township", 40),
        ("方知远", "990101100202", "township", 3),
    ):
        day = TODAY - timedelta(days=ago)
        clock = FixedClock(day)
        actor = actor_of(User.objects.get(username=account), clock)
        record = {
            "place": village, "name": name, "sex": "1", "age": "40", "source": "4", "found_on": day.isoformat(),
            "investigator": actor.display_name, "address": "2组", "guardian_name": "家属", "guardian_phone": "19900000123",
            "informant_name": "村干部", **{f"q{n}": "1" if n == 5 else "0" for n in range(1, 10)},
        }  # fmt: skip
        with acting(actor):
            record_clue(actor=actor, clock=clock, new=NewClue(uuid7(), record, "演示"))


if __name__ == "__main__":
    main()
