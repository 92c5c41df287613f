"""Privacy classes of the tables of consents."""

from __future__ import annotations

from xinqiao.registry.privacy import Privacy, declare, each

declare(
    "consents.CareReport",
    each(Privacy.PROCESS, "consent"),
    each(Privacy.PERSONAL, "happened_on receiver note"),
)
