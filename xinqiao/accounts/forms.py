"""The fields of an account, and what was typed turned into values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.http import QueryDict
from django.utils.translation import gettext as _

from xinqiao.kernel import periods
from xinqiao.kernel.codes import township_of
from xinqiao.kernel.errors import Invalid, Problem
from xinqiao.kernel.ids import read_uuid
from xinqiao.kernel.terms import Role
from xinqiao.places.models import Institution
from xinqiao.places.queries import villages_below
from xinqiao.web.fields import Field

from .rules import LONGEST_YEARS


def read_day(text: str, field: str, label: str) -> date | None:
    """The date typed; None for nothing; Invalid for anything else."""
    text = text.strip()
    if not text:
        return None
    try:
        return periods.read_day(text)
    except ValueError:
        words = _("“%(label)s”的值“%(value)s”无效，应为日期，如 2026-11-21") % {
            "label": label,
            "value": text[:20],
        }
        raise Invalid([Problem(field, "wrong_value", words, text[:20])]) from None


def typed(post: QueryDict) -> dict[str, Any]:
    """Text of every field of the account form, villages as a list."""
    keys = ("username", "display_name", "phone", "institution", "valid_until", "in_charge", "place", "role")
    return {key: post.get(key, "").strip() for key in keys} | {"villages": sorted(post.getlist("villages"))}


def wanted(values: Mapping[str, Any], role: Role, place: str) -> dict[str, Any]:
    """What was typed, as the keywords of an `AccountChange`; Invalid for an institution or a day that is none."""
    return {
        "display_name": values["display_name"],
        "role": role,
        "place": place_of(role, place, values["villages"]),
        "institution_id": institution_id(values["institution"]),
        "villages": tuple(values["villages"]),
        "phone": values["phone"],
        "valid_until": read_day(values["valid_until"], "valid_until", _("有效期至")),
        "in_charge": bool(values["in_charge"]),
    }


def account_fields(
    values: Mapping[str, Any], role: Role, place: str, problems: Sequence[Problem] = (), *, new: bool
) -> dict[str, Field]:
    """The form for one role at one place (a village doctor: a township or village)."""
    wrong: dict[str, str] = {}
    for problem in problems:
        wrong.setdefault(problem.field, problem.message)
    made: list[Field] = []
    if new:
        made.append(
            Field(
                "username",
                _("账号"),
                values.get("username", ""),
                required=True,
                hint=_("3–30 个小写字母、数字或 . _ -，以字母开头；不用电话和证件号码"),
                maxlength=30,
            )
        )
    made.append(Field("display_name", _("姓名"), values.get("display_name", ""), required=True, maxlength=60))
    made.append(Field("phone", _("工作电话"), values.get("phone", ""), maxlength=30, inputmode="tel"))
    if role is Role.VILLAGE_DOCTOR:
        near = villages_below(township_of(place))
        made.append(
            Field(
                "villages",
                _("负责的村"),
                values.get("villages", []),
                [(one.code, one.name) for one in near],
                required=True,
                hint=_("第一个村为所在村"),
            )
        )
        codes = [one.code for one in near] + [township_of(place)]
    else:
        codes = [place]
    institutions = list(Institution.objects.filter(place__in=codes, valid_to=None).order_by("-place"))
    if institutions:
        made.append(
            Field(
                "institution",
                _("所在机构"),
                values.get("institution", ""),
                [(str(one.pk), one.name) for one in institutions],
                hint=_("不选则按所在地自动确定"),
            )
        )
        made.append(
            Field(
                "in_charge",
                _("担任该机构负责人（导入时没有写明责任人的，由负责人负责）"),
                values.get("in_charge", ""),
            )
        )
    made.append(
        Field(
            "valid_until",
            _("有效期至"),
            values.get("valid_until", ""),
            input_type="date",
            hint=_("不填为 %(n)s 年，到期前可续") % {"n": LONGEST_YEARS},
        )
    )
    return {
        one.name: Field(
            **{
                **{name: getattr(one, name) for name in one.__slots__},
                "error": wrong.get(one.name, ""),
            }
        )
        for one in made
    }


def place_of(role: Role, place: str, villages: Sequence[str]) -> str:
    """Where the account stands: a village doctor in the first of the villages, everybody else where it was chosen."""
    if role is not Role.VILLAGE_DOCTOR or not villages:
        return place
    return place if place in villages else villages[0]


def institution_id(text: str) -> UUID | None:
    return read_uuid(text) if text else None
