"""A try at a mail is counted before it begins, and is one process's for a minute."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("escalations", "0020_leading_cases")]

    operations = [
        migrations.AddField(
            model_name="inboundmail",
            name="claimed_until",
            field=models.DateTimeField(null=True),
        ),
    ]
