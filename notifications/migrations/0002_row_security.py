"""Tenants: a notice belongs to the organization of the person it is for. Labels hide it like the object it tells of."""

from django.db import migrations

from core.rls import TenantTable

PLAIN = (
    "notifications_delivery",
    "notifications_deliveryitem",
    "notifications_preference",
    "notifications_timing",
    "notifications_mute",
    "notifications_dutymember",
)

# Rows that change hands often are swept early.
STORAGE = """
ALTER TABLE notifications_delivery SET (fillfactor = 85, autovacuum_vacuum_scale_factor = 0.01);
ALTER TABLE notifications_notification SET (fillfactor = 90, autovacuum_vacuum_scale_factor = 0.02);
"""


class Migration(migrations.Migration):
    dependencies = [("notifications", "0001_initial"), ("audit", "0002_row_security")]
    operations = [
        TenantTable("notifications_notification", compartments=True),
        *[TenantTable(table) for table in PLAIN],
        migrations.RunSQL(STORAGE, migrations.RunSQL.noop),
    ]
