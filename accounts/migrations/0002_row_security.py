"""Tenants. Organizations, people, sessions and keys stay readable: they are needed before the tenant is known."""

from django.db import migrations

from core.rls import TenantTable


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]
    operations = [TenantTable("accounts_idempotencyrecord")]
