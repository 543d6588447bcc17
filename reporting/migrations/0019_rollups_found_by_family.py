from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """The index that each question of the rollups uses, and the one of a day that is counted again."""

    atomic = False
    dependencies = [("reporting", "0018_rollups_by_fewer_keys")]

    operations = [
        AddIndexConcurrently(
            "rollup",
            models.Index(fields=["family", "keys", "grain", "dim", "start_at"], name="rollup_of_family"),
        ),
        AddIndexConcurrently("rollup", models.Index(fields=["start_at"], name="rollup_by_day")),
        RemoveIndexConcurrently("rollup", "rollup_by_time"),
    ]
