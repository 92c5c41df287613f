"""Drafts, reviews with their history, why a visit was amended, and insight taken as recovered."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import xinqiao.kernel.ids
import xinqiao.registry.fields


class Migration(migrations.Migration):
    dependencies = [
        ("followup", "0007_waiting"),
        ("registry", "0006_record_whole_rls"),
    ]

    operations = [
        migrations.CreateModel(
            name="Draft",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=xinqiao.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("managing_code", models.CharField(db_collation="C", max_length=12)),
                (
                    "shared_codes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), blank=True, default=list, size=None
                    ),
                ),
                ("user_id", models.UUIDField()),
                ("form", models.CharField(max_length=60)),
                ("op_id", models.UUIDField()),
                ("tab", models.UUIDField()),
                ("revision", models.IntegerField(default=1)),
                ("body", xinqiao.registry.fields.EncryptedText()),
                ("saved_at", models.DateTimeField()),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Review",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=xinqiao.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("managing_code", models.CharField(db_collation="C", max_length=12)),
                (
                    "shared_codes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), blank=True, default=list, size=None
                    ),
                ),
                ("recorded_at", models.DateTimeField()),
                ("recorded_by", models.UUIDField(null=True)),
                ("voided_at", models.DateTimeField(null=True)),
                ("voided_by", models.UUIDField(null=True)),
                ("voided_reason", models.CharField(blank=True, max_length=200)),
                ("decision", models.CharField(help_text="1 通过 2 未通过", max_length=1)),
                ("reason", models.CharField(blank=True, max_length=200)),
                ("own", models.BooleanField(default=False)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.AddField(
            model_name="visit",
            name="amend_reason",
            field=models.CharField(blank=True, db_default="", default="", max_length=200),
        ),
        migrations.AddField(
            model_name="visit",
            name="insight_recovered",
            field=models.BooleanField(help_text="按自知力基本恢复判定", null=True),
        ),
        migrations.AddIndex(
            model_name="visit",
            index=models.Index(
                condition=models.Q(
                    ("review_status", "0"),
                    ("superseded", False),
                    ("voided_at", None),
                    models.Q(("entry_mode", "import"), _negated=True),
                ),
                fields=["managing_code", "visit_date"],
                name="visit_to_review",
            ),
        ),
        migrations.AddIndex(
            model_name="visit",
            index=models.Index(
                condition=models.Q(("review_status", "2"), ("superseded", False), ("voided_at", None)),
                fields=["recorded_by"],
                name="visit_returned",
            ),
        ),
        migrations.AddField(
            model_name="draft",
            name="person",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="drafts", to="registry.person"
            ),
        ),
        migrations.AddField(
            model_name="review",
            name="person",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="%(class)s_set",
                to="registry.person",
            ),
        ),
        migrations.AddField(
            model_name="review",
            name="visit",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="reviews", to="followup.visit"
            ),
        ),
        migrations.AddIndex(
            model_name="draft",
            index=models.Index(fields=["saved_at"], name="draft_saved"),
        ),
        migrations.AddConstraint(
            model_name="draft",
            constraint=models.CheckConstraint(
                condition=models.Q(("managing_code__regex", "^[0-9]{12}$")), name="draft_managing_shape"
            ),
        ),
        migrations.AddConstraint(
            model_name="draft",
            constraint=models.UniqueConstraint(fields=("user_id", "person", "form"), name="draft_once"),
        ),
        migrations.AddIndex(
            model_name="review",
            index=models.Index(fields=["visit", "recorded_at"], name="review_visit"),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.CheckConstraint(
                condition=models.Q(("managing_code__regex", "^[0-9]{12}$")), name="review_managing_shape"
            ),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.CheckConstraint(
                condition=models.Q(("decision__in", ["1", "2"])), name="review_decision_code"
            ),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decision", "2"), _negated=True),
                    models.Q(("reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="review_return_says_why",
            ),
        ),
    ]
