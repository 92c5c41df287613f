"""The person: the core of the personal form (F06) and its supplement (F07). What changes with time lies in `facts`."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from ..fields import EncryptedText
from ..scoped import ScopedModel
from .named import Named, name_indexes


class Person(Named, ScopedModel):
    """One row per person on the register. Codes are the printed codes of the official forms (see `registry.choices`)."""

    op_id = models.UUIDField(unique=True, help_text="operation that created the file; repeated = same file")
    file_no = models.CharField(
        max_length=17, blank=True, db_collation="C", help_text="6 county 3 township 3 village 5 serial"
    )
    name = models.CharField(max_length=60, db_collation="C")
    sex = models.CharField(max_length=1)
    birth_on = models.DateField()
    filed_on = models.DateField(help_text="建档日期")
    recorded_at = models.DateTimeField()
    recorded_by = models.UUIDField(null=True)
    row_version = models.IntegerField(default=1)
    source = models.CharField(max_length=10, default="form", help_text="form or import")

    form_edition = models.CharField(
        max_length=4, default="2017", help_text="print whose education and job codes these are"
    )
    no_id_reason = models.CharField(max_length=100, blank=True, help_text="why there is no document")

    phone = EncryptedText(default="", blank=True)
    phone_hash = models.BinaryField(null=True)

    # F06
    resident_kind = models.CharField(max_length=1, blank=True, help_text="常住类型")
    ethnic = models.CharField(max_length=2, default="01", help_text="GB/T 3304")
    education = models.CharField(max_length=2, blank=True)
    occupation = models.CharField(max_length=2, blank=True)
    marital = models.CharField(max_length=2, blank=True)
    insurance = ArrayField(models.CharField(max_length=2), default=list, blank=True)
    workplace = models.CharField(max_length=100, blank=True)
    contact_name = models.CharField(max_length=60, blank=True)
    contact_phone = EncryptedText(default="", blank=True)

    # F07
    hukou_kind = models.CharField(max_length=1, blank=True, help_text="户别")
    employment = models.CharField(max_length=1, blank=True)
    economy = models.CharField(max_length=1, blank=True)
    committee_contact = models.CharField(max_length=60, blank=True)
    committee_phone = models.CharField(max_length=30, blank=True)
    police_station = models.CharField(max_length=60, blank=True)
    lives_with = models.CharField(max_length=60, blank=True, help_text="共同居住者")
    management_mode = models.CharField(max_length=1, blank=True, help_text="1 基础管理 2 个案管理")
    no_guardian = models.BooleanField(default=False)
    onset_on = models.DateField(null=True)
    onset_precision = models.CharField(max_length=5, default="day", help_text="day, month or year")
    past_symptoms = ArrayField(models.CharField(max_length=2), default=list, blank=True)
    past_symptoms_note = models.CharField(max_length=200, blank=True)
    past_locked = models.CharField(max_length=1, blank=True)
    past_outpatient = models.CharField(max_length=1, blank=True)
    first_antipsychotic_on = models.DateField(null=True)
    admissions = models.SmallIntegerField(null=True)
    last_effect = models.CharField(max_length=1, blank=True)
    past_danger = models.JSONField(default=dict, help_text='{"1": n, …, "6": n}; empty = none')
    specialist_advice = models.TextField(blank=True)
    filled_by = models.CharField(max_length=60, blank=True)

    class Meta(ScopedModel.Meta):
        constraints = [
            *ScopedModel.Meta.constraints,
            models.CheckConstraint(name="person_sex_code", condition=Q(sex__in=["0", "1", "2", "9"])),
            models.UniqueConstraint(name="person_file_no_once", fields=["file_no"], condition=~Q(file_no="")),
        ]
        indexes = [
            models.Index(fields=["managing_code", "name"], name="person_place_name"),
            models.Index(fields=["name"], name="person_name"),
            models.Index(fields=["phone_hash"], name="person_phone"),
            # Who is alike: read by sound or birth, narrowed to the place (queries.alike).
            models.Index(fields=["pinyin", "managing_code"], name="person_sound_place"),
            models.Index(fields=["birth_on", "managing_code"], name="person_birth_place"),
            *name_indexes("person", "managing_code"),
        ]
