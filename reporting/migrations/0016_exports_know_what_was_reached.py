from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reporting", "0015_subscriptions_once_per_region")]

    operations = [
        migrations.AddField(
            model_name="export",
            name="access",
            field=models.CharField(blank=True, db_default="", max_length=64),
        ),
    ]
