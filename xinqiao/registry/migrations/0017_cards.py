"""A second number may be that of an identity card."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("registry", "0016_alike")]

    operations = [
        migrations.RemoveConstraint(model_name="othernumber", name="othernumber_kind"),
        migrations.AlterField(
            model_name="othernumber",
            name="kind",
            field=models.CharField(
                choices=[
                    ("national", "国网编号"),
                    ("card", "报告卡卡号"),
                    ("insured", "医保或社保编号"),
                    ("file", "原档案编号"),
                    ("clinic", "门诊号"),
                    ("ward", "住院号"),
                    ("01", "居民身份证"),
                    ("02", "居民户口簿"),
                    ("03", "护照"),
                    ("04", "军官证"),
                    ("05", "驾驶证"),
                    ("06", "港澳居民来往内地通行证"),
                    ("07", "台湾居民来往内地通行证"),
                    ("99", "其他法定有效证件"),
                ],
                max_length=8,
            ),
        ),
        migrations.AddConstraint(
            model_name="othernumber",
            constraint=models.CheckConstraint(
                name="othernumber_kind",
                condition=models.Q(
                    kind__in=[
                        "national",
                        "card",
                        "insured",
                        "file",
                        "clinic",
                        "ward",
                        "01",
                        "02",
                        "03",
                        "04",
                        "05",
                        "06",
                        "07",
                        "99",
                    ]
                ),
            ),
        ),
    ]
