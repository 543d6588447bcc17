"""A published calendar version is a promise: the database refuses to change or remove it."""

from django.db import migrations

from core.rls import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("oncall", "0001_initial")]
    operations: list[migrations.operations.base.Operation] = [AppendOnly("oncall_calendarversion")]
