"""Every stored field about a person has a privacy class, and what is sealed is really encrypted."""

from __future__ import annotations

import pytest
from django.apps import apps

from xinqiao.registry.fields import EncryptedText
from xinqiao.registry.privacy import CLASSES, Privacy, gather
from xinqiao.registry.scoped import ScopedModel

gather()

SCOPED = [m for m in apps.get_models() if issubclass(m, ScopedModel)]


@pytest.mark.parametrize("model", SCOPED, ids=lambda m: m._meta.label)
def test_every_field_has_a_class_and_no_class_lacks_its_field(model: type[ScopedModel]) -> None:
    stored = {f.name for f in model._meta.concrete_fields}
    assert set(CLASSES.get(model._meta.label, {})) == stored


@pytest.mark.parametrize("model", SCOPED, ids=lambda m: m._meta.label)
def test_sealed_means_encrypted_and_encrypted_means_sealed(model: type[ScopedModel]) -> None:
    sealed = {name for name, privacy in CLASSES[model._meta.label].items() if privacy is Privacy.SEALED}
    assert sealed == {f.name for f in model._meta.concrete_fields if isinstance(f, EncryptedText)}


def test_the_trail_holds_no_column_for_names_or_clinical_values() -> None:
    columns = {f.name for m in ("audit.Event", "audit.Read") for f in apps.get_model(m)._meta.concrete_fields}
    clinical = {
        n for fields in CLASSES.values() for n, c in fields.items() if c in (Privacy.CLINICAL, Privacy.NAMING)
    }
    assert columns & clinical <= {"kind"}  # the kind of a look, not of a life event
