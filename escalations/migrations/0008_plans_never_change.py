"""A published plan version and its targets are promises: the database refuses to change or remove them."""

from django.db import migrations

from core.rls import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("escalations", "0007_unclaimed_by_order")]
    operations = [AppendOnly("escalations_slaplanversion"), AppendOnly("escalations_slatarget")]
