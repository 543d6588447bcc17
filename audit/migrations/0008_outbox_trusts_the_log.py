import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """A message no longer has its event looked up and locked when it is written: the log refuses DELETE and TRUNCATE to every role.

    By SQL: Django's way to change it would make the constraint's index anew.
    """

    dependencies = [("audit", "0007_outbox_one_index_less")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    "ALTER TABLE audit_outboxmessage"
                    " DROP CONSTRAINT IF EXISTS audit_outboxmessage_event_id_591d8392_fk_audit_event_id",
                    "ALTER TABLE audit_outboxmessage ADD CONSTRAINT audit_outboxmessage_event_id_591d8392_fk_audit_event_id"
                    " FOREIGN KEY (event_id) REFERENCES audit_event (id) DEFERRABLE INITIALLY DEFERRED NOT VALID",
                )
            ],
            state_operations=[
                migrations.AlterField(
                    model_name="outboxmessage",
                    name="event",
                    field=models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="outbox",
                        to="audit.event",
                    ),
                )
            ],
        )
    ]
