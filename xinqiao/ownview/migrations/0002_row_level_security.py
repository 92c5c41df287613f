"""Row-level security; what was asked stays, what was decided is written once, where a person moves the rows follow."""

from django.db import migrations

from xinqiao.accounts.rls import enable, never_deleted

DECIDED = (
    "verdict", "held_back", "reason", "psychiatrist", "decided_on", "decided_by", "handed_on", "handed_by", "withdrawn_on",
)  # fmt: skip
ANSWERED = ("answer", "answer_reason", "answered_on", "answered_by")


class Migration(migrations.Migration):
    dependencies = [("ownview", "0001_own_view"), ("registry", "0014_moving")]

    operations = [
        enable("ownview_viewrequest"),
        enable("ownview_correctionrequest"),
        never_deleted("ownview_viewrequest", DECIDED),
        never_deleted("ownview_correctionrequest", ANSWERED),
    ]
