from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("screening", "0004_first_judged"),
    ]

    operations = [
        migrations.AlterField(
            model_name="roundperson",
            name="result",
            field=models.CharField(
                blank=True,
                choices=[
                    ("seen", "已完成"),
                    ("absent", "未到"),
                    ("refused", "本人不愿参加"),
                    ("later", "改期"),
                    ("off", "误列入名单"),
                ],
                max_length=10,
            ),
        ),
    ]
