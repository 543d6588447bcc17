from django.db import migrations, models


class Migration(migrations.Migration):
    """A mail may be skipped because the saved report it was to carry is gone."""

    dependencies = [("reporting", "0013_brief_regions")]

    operations = [
        migrations.AlterField(
            model_name="mailing",
            name="skipped_for",
            field=models.CharField(
                blank=True,
                choices=[
                    ("closed", "The account is closed."),
                    ("not_allowed", "This person may not read it."),
                    ("overtaken", "A newer version was sent."),
                    ("stopped", "It was paused, removed or withdrawn."),
                    ("gone", "The saved report was removed."),
                    ("no_mail", "This installation sends no e-mail."),
                ],
                max_length=12,
            ),
        ),
    ]
