from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("interchange", "0003_row_keys")]

    operations = [
        migrations.AddField(
            model_name="row",
            name="content",
            field=models.BinaryField(
                help_text="keyed hash of all it says: an equal row counts once", null=True
            ),
        ),
        migrations.AlterField(
            model_name="row",
            name="outcome",
            field=models.CharField(
                blank=True,
                choices=[
                    ("", "未核对"),
                    ("problem", "有问题"),
                    ("new", "新增"),
                    ("changed", "有变更"),
                    ("unchanged", "无变化"),
                    ("repeated", "文件内重复"),
                    ("skipped", "跳过"),
                ],
                default="",
                max_length=10,
            ),
        ),
    ]
