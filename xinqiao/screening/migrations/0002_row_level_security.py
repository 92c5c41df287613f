"""Row-level security on clues, questions to psychiatrists and lists of rounds; nothing is deleted, only emptied."""

from django.db import migrations

from xinqiao.accounts.rls import enable, never_deleted


class Migration(migrations.Migration):
    dependencies = [("screening", "0001_screening")]

    operations = [
        enable("screening_clue"),
        enable("screening_clueact"),
        enable("screening_review"),
        enable("screening_roundperson"),
        enable("screening_sweepvillage"),
        enable("screening_sweepcheck"),
        never_deleted("screening_clue"),
        never_deleted("screening_clueact", ("managing_code", "shared_codes", "note")),
        never_deleted("screening_review"),
        never_deleted("screening_roundperson"),
        never_deleted("screening_round"),
        never_deleted("screening_sweep"),
        never_deleted("screening_sweepvillage"),
        never_deleted("screening_sweepcheck", ("managing_code", "shared_codes")),
    ]
