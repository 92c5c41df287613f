"""How a person's facts read on a page: words for partial dates and counts, and what stays masked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from xinqiao.kernel.masks import mask_id, mask_phone
from xinqiao.places import queries as places

from .choices import printed
from .models import Address, Person

_KEY = "_unmasked"
#: What agrees between two people on paper (`rules.alike`), as a reader sees it.
ALIKE: dict[str, Any] = {
    "number": gettext_lazy("证件号码相同"),
    "number_near": gettext_lazy("证件号码只差一位或相邻两位颠倒"),
    "name": gettext_lazy("姓名相同"),
    "name_sound": gettext_lazy("姓名同音"),
    "name_looks": gettext_lazy("姓名字形相近"),
    "name_former": gettext_lazy("与曾用名或别名相同"),
    "name_one_off": gettext_lazy("姓名差一个字"),
    "birth": gettext_lazy("出生日期相同"),
    "birth_swapped": gettext_lazy("出生日期月日颠倒"),
    "birth_near": gettext_lazy("出生日期差一位"),
    "guardian_phone": gettext_lazy("监护人电话相同"),
    "phone": gettext_lazy("本人电话相同"),
    "village": gettext_lazy("同村"),
    "township": gettext_lazy("同乡镇"),
    "sex_differs": gettext_lazy("性别不同"),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """Numbers and detailed addresses as this answer may show them."""

    whole: bool

    def number(self, text: str) -> str:
        return text if self.whole else mask_id(text)

    def phone(self, text: str) -> str:
        return text if self.whole else mask_phone(text)

    def detail(self, text: str) -> str:
        return text if self.whole or not text else "***"


def unmask(request: HttpRequest) -> None:
    """This one answer shows everything; the caller has written the look into the read log."""
    setattr(request, _KEY, True)


def private(request: HttpRequest) -> Shown:
    """Masked unless this request unmasked."""
    return Shown(bool(getattr(request, _KEY, False)))


def address_words(address: Address | None, shown: Shown) -> str:
    """The division in words; the detailed part only when unmasked."""
    if address is None:
        return ""
    path = " ".join(name for _code, name in places.path_of(address.division_code))
    return f"{path} {shown.detail(address.detail)}".strip()


def word_of(codes: Iterable[printed.Code], label: str) -> str:
    """A printed choice in the language in use. The 女 of a relation is a daughter, the 女 of a sex is not."""
    if label == "女" and all(one.label != "男" for one in codes):
        return pgettext("relation", "女")
    return _(label)


def onset_words(person: Person) -> str:
    """2010, 2010-05 or 2010-05-08: only as fine as it is known."""
    if person.onset_on is None:
        return ""
    return person.onset_on.isoformat()[: {"year": 4, "month": 7}.get(person.onset_precision, 10)]


def danger_words(person: Person) -> str:
    """Kinds of past dangerous acts with their numbers, or none."""
    labels = {one.code: _(one.label) for one in printed.DANGER}
    counts = [
        _("%(kind)s %(n)s 次") % {"kind": labels.get(code, code), "n": n}
        for code, n in sorted(person.past_danger.items())
        if n
    ]
    return _("、").join(counts) or _("无")
