"""Facts point at a case of their own organization, as every part of a case does."""

from django.db import migrations

from core.rls import TenantForeignKey

TABLES = ("casefact", "closingfact", "clockfact", "decisionfact")


class Migration(migrations.Migration):
    dependencies = [("reporting", "0007_contract_targets")]
    operations = [TenantForeignKey(f"reporting_{table}", "case_id", "escalations_case") for table in TABLES]
