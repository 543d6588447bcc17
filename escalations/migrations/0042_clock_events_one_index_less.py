import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """`sla_event_of_clock` begins with the clock and finds what the clock's own index found: each event is one entry cheaper.

    By SQL: Django's way to change it would read the whole table anew for its foreign key.
    """

    dependencies = [("escalations", "0041_acts_on_many")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    "DROP INDEX IF EXISTS escalations_slaclockevent_clock_id_f7d61f72",
                    "CREATE INDEX escalations_slaclockevent_clock_id_f7d61f72 ON escalations_slaclockevent (clock_id)",
                )
            ],
            state_operations=[
                migrations.AlterField(
                    model_name="slaclockevent",
                    name="clock",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="escalations.slaclock",
                    ),
                )
            ],
        )
    ]
