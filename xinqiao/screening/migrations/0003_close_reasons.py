from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("screening", "0002_row_level_security"),
    ]

    operations = [
        migrations.AlterField(
            model_name="clue",
            name="close_reason",
            field=models.CharField(
                blank=True,
                choices=[
                    ("excluded", "复核诊断排除"),
                    ("screened_out", "初筛排除"),
                    ("referred", "其他精神障碍，已转诊或转介"),
                    ("not_six", "其他精神障碍，不属于六类"),
                    ("refused", "确诊后不同意建档，已按规定告知"),
                    ("known", "与在册患者是同一人"),
                    ("twice", "与另一条线索是同一人"),
                    ("declined", "本人和家属不愿就诊，已动员"),
                    ("away", "已离开本地，已告知现住地"),
                    ("died", "已死亡"),
                    ("mistake", "登记有误"),
                ],
                max_length=12,
            ),
        ),
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
                    ("other", "其他"),
                ],
                max_length=10,
            ),
        ),
    ]
