"""A case closes over no notice that has not left or failed; a person gives one up, a lead closes over it, both with a reason."""

import django.db.models.deletion
from django.conf import settings
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

# As 0024 has it, and notices as well: the last word, also against raw SQL.
ACTIONS = """
  IF EXISTS (
    SELECT 1 FROM escalations_enforcementaction a WHERE a.case_id = NEW.id
    AND a.state IN ('queued', 'sending', 'sent', 'refused', 'ambiguous') AND a.closed_over_at IS NULL
  ) THEN
    RAISE EXCEPTION 'a case cannot close over hand-offs that are not confirmed' USING ERRCODE = '23514';
  END IF;
"""
NOTICES = """
  IF EXISTS (
    SELECT 1 FROM escalations_noticedelivery d WHERE d.case_id = NEW.id
    AND d.state IN ('queued', 'failed') AND d.closed_over_at IS NULL
  ) THEN
    RAISE EXCEPTION 'a case cannot close over notices that have not left' USING ERRCODE = '23514';
  END IF;
"""


def closes_over(*checks: str) -> str:
    """The trigger's function with these checks."""
    return (
        "CREATE OR REPLACE FUNCTION escalations_case_closes_confirmed() RETURNS trigger LANGUAGE plpgsql AS $$\nBEGIN"
        f"{''.join(checks)}  RETURN NULL;\nEND $$;"
    )


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_working_hours"),
        ("escalations", "0036_subjects_as_reported"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="noticedelivery",
            name="closed_over_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="noticedelivery",
            name="closed_over_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="noticedelivery",
            name="closed_over_why",
            field=models.CharField(blank=True, db_default="", default="", max_length=300),
        ),
        migrations.AddField(
            model_name="noticedelivery",
            name="discarded_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        AddConstraintNotValid(
            model_name="noticedelivery",
            constraint=models.CheckConstraint(
                condition=models.Q(("discarded_by__isnull", True), ("state", "not_needed"), _connector="OR"),
                name="notice_delivery_given_up",
            ),
        ),
        AddConstraintNotValid(
            model_name="noticedelivery",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("closed_over_at__isnull", True), ("closed_over_by__isnull", True), ("closed_over_why", "")
                    ),
                    models.Q(
                        ("closed_over_at__isnull", False),
                        ("closed_over_by__isnull", False),
                        models.Q(("closed_over_why", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="notice_delivery_closed_over_with_a_reason",
            ),
        ),
        migrations.RunSQL(closes_over(ACTIONS, NOTICES), closes_over(ACTIONS)),
    ]
