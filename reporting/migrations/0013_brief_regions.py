from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Briefs say what part of the world they are about, and who subscribes may ask for one."""

    dependencies = [
        ("accounts", "0004_working_hours"),
        ("reporting", "0012_vendor_reviews"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="brief",
            name="region",
            field=models.CharField(
                blank=True,
                choices=[
                    ("emea", "Europe, Middle East, Africa"),
                    ("namer", "North America"),
                    ("latam", "Latin America"),
                    ("apac", "Asia and Pacific"),
                ],
                db_default="",
                default="",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="briefsubscription",
            name="region",
            field=models.CharField(
                blank=True,
                choices=[
                    ("emea", "Europe, Middle East, Africa"),
                    ("namer", "North America"),
                    ("latam", "Latin America"),
                    ("apac", "Asia and Pacific"),
                ],
                db_default="",
                default="",
                max_length=10,
            ),
        ),
    ]
