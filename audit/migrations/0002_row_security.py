"""Tenants, and logs that nothing can change."""

from django.db import migrations

from core.rls import AppendOnly, TenantTable


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [
        TenantTable("audit_event", compartments=True),
        TenantTable("audit_outboxmessage"),
        TenantTable("audit_accessrecord"),
        AppendOnly("audit_event"),
        AppendOnly("audit_accessrecord"),
    ]
