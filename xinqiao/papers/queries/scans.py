"""Scans kept with a file, as pages. An installation without attachments has none."""

from __future__ import annotations

from collections.abc import Iterator

from xinqiao.registry.models import Person


def scans_of(person: Person) -> Iterator[bytes]:
    """Each scan of the file as a PDF."""
    yield from ()
