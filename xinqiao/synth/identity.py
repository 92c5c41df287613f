"""ID numbers of division 99 with a right check digit, and phone numbers that no network gives out."""

from __future__ import annotations

from datetime import date
from random import Random

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def check_digit(body: str) -> str:
    """The last character for the first seventeen (GB 11643)."""
    return "10X98765432"[sum(int(d) * w for d, w in zip(body, _WEIGHTS, strict=True)) % 11]


def id_number(serial: int, birth_on: date, sex: str) -> str:
    """The number of the `serial`-th person: no two serials below 5 million with one birth date and sex collide.

    Division 99 0101 to 99 9999: the serial goes into the division and the sequence together.
    """
    county, sequence = divmod(serial, 499)
    city, area = divmod(county % 9801, 99)
    number = sequence * 2 + (1 if sex == "1" else 2)
    body = f"99{city + 1:02d}{area + 1:02d}{birth_on:%Y%m%d}{number:03d}"
    return body + check_digit(body)


def phone(rng: Random) -> str:
    """Eleven digits of the shape of a mobile number, in a block kept for made-up people."""
    return f"19900{rng.randrange(1_000_000):06d}"
