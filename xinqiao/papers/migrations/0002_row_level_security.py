from django.db import migrations

from xinqiao.accounts.rls import enable


class Migration(migrations.Migration):
    dependencies = [("papers", "0001_initial")]

    operations = [
        enable("papers_pile"),
        enable("papers_pilerow"),
        enable("papers_pack"),
        enable("papers_packmember"),
    ]
