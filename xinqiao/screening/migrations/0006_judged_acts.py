from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("screening", "0005_round_results"),
    ]

    operations = [
        migrations.AlterField(
            model_name="clueact",
            name="kind",
            field=models.CharField(
                choices=[
                    ("visit", "上门核实"),
                    ("danger", "得知有伤害自己或他人的危险"),
                    ("call", "电话联系"),
                    ("persuade", "动员本人或家属就诊"),
                    ("kin", "联系近亲属"),
                    ("village", "告知村（居）委会"),
                    ("police", "联系公安机关"),
                    ("civil", "联系民政部门"),
                    ("doctor", "联系精神科医师"),
                    ("county", "报告县精防办"),
                    ("judged", "初筛结论"),
                    ("again", "重新办理"),
                    ("other", "其他"),
                ],
                max_length=10,
            ),
        ),
    ]
