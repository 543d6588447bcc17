from django.db import migrations, models

TABLE, ONCE = "reporting_briefsubscription", "brief_subscription_once"


class Migration(migrations.Migration):
    """Once for each person, surface and region. The index is made beside people's work; each step may be run again."""

    atomic = False
    dependencies = [("reporting", "0014_saved_reports_are_mailed")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    f"CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS {ONCE}_made ON {TABLE} (user_id, surface, region)",
                    f"DROP INDEX CONCURRENTLY IF EXISTS {ONCE}_made",
                ),
                migrations.RunSQL(
                    f"ALTER TABLE {TABLE} DROP CONSTRAINT IF EXISTS {ONCE},"
                    f" ADD CONSTRAINT {ONCE} UNIQUE USING INDEX {ONCE}_made",
                    f"ALTER TABLE {TABLE} DROP CONSTRAINT IF EXISTS {ONCE}, ADD CONSTRAINT {ONCE} UNIQUE (user_id, surface)",
                ),
            ],
            state_operations=[
                migrations.RemoveConstraint(model_name="briefsubscription", name=ONCE),
                migrations.AddConstraint(
                    model_name="briefsubscription",
                    constraint=models.UniqueConstraint(fields=("user", "surface", "region"), name=ONCE),
                ),
            ],
        ),
    ]
