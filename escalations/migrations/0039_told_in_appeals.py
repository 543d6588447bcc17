"""What an appeal asks of the person concerned, and what it found, is handed to the platform like an action."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

# As 0024 has it; `tells` stays as well, and is a message of an appeal of the same case.
STAYS = """
CREATE OR REPLACE FUNCTION escalations_action_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF (OLD.key, OLD.public_id, OLD.organization_id, OLD.case_id, OLD.source, OLD.entity_id, OLD.type, OLD.markets, OLD.queued_at)
        IS DISTINCT FROM
       (NEW.key, NEW.public_id, NEW.organization_id, NEW.case_id, NEW.source, NEW.entity_id, NEW.type, NEW.markets, NEW.queued_at)
       OR (OLD.decision_id, OLD.reverses_id, OLD.days{old}) IS DISTINCT FROM (NEW.decision_id, NEW.reverses_id, NEW.days{new})
    THEN
      RAISE EXCEPTION 'what an enforcement action asks for never changes' USING ERRCODE = '23514';
    END IF;
    IF OLD.state IN ('accepted', 'cancelled') AND NEW.state <> OLD.state THEN
      RAISE EXCEPTION 'a confirmed or cancelled enforcement action stays so' USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
  END IF;
  IF NEW.decision_id IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM escalations_decision d WHERE d.id = NEW.decision_id AND d.case_id = NEW.case_id
  ) OR NEW.reverses_id IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM escalations_enforcementaction a WHERE a.id = NEW.reverses_id AND a.case_id = NEW.case_id
  ){more} THEN
    RAISE EXCEPTION 'an enforcement action points at its own case' USING ERRCODE = '23514';
  END IF;
  RETURN NEW;
END $$;
"""
MORE = """ OR NEW.tells_id IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM escalations_appealmessage m WHERE m.id = NEW.tells_id AND m.case_id = NEW.case_id
  )"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_working_hours"),
        ("escalations", "0038_notices_before_closing_checked"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="enforcementaction",
            name="tells",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="handed_over",
                to="escalations.appealmessage",
            ),
        ),
        migrations.AlterField(
            model_name="approvalrule",
            name="actions",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(
                    choices=[
                        ("content_remove", "Remove content"),
                        ("content_disable", "Disable in some countries"),
                        ("content_demote", "Limit reach"),
                        ("content_age_gate", "Age gate"),
                        ("interaction_limit", "Limit comments and shares"),
                        ("content_label", "Label or warning screen"),
                        ("visibility_other", "Other limit of visibility"),
                        ("money_suspend", "Pause monetisation or payouts"),
                        ("money_end", "End monetisation"),
                        ("feature_block", "Block a feature"),
                        ("feature_end", "Withdraw a feature"),
                        ("service_suspend", "Suspend the whole service"),
                        ("service_end", "End the whole service"),
                        ("account_suspend", "Suspend account"),
                        ("account_disable", "Disable account"),
                        ("strike", "Strike"),
                        ("warning", "Warning"),
                        ("education", "Education"),
                        ("identity_check", "Verify identity"),
                        ("preserve_data", "Preserve data"),
                        ("refer_authority", "Refer to authority"),
                        ("hash_bank", "Add to hash bank"),
                        ("block_domain", "Block domain"),
                        ("support_resources", "Offer support"),
                        ("restore", "Restore"),
                        ("message", "Tell the person concerned"),
                        ("no_action", "No action"),
                    ],
                    max_length=20,
                ),
                blank=True,
                default=list,
                size=None,
            ),
        ),
        migrations.AlterField(
            model_name="enforcementaction",
            name="source",
            field=models.CharField(
                choices=[
                    ("decision", "decided"),
                    ("threshold", "follows from strikes"),
                    ("mitigation", "temporary, before a decision"),
                    ("reversal", "takes an action back"),
                    ("end", "its time is over"),
                    ("appeal", "said in an appeal"),
                ],
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="enforcementaction",
            name="type",
            field=models.CharField(
                choices=[
                    ("content_remove", "Remove content"),
                    ("content_disable", "Disable in some countries"),
                    ("content_demote", "Limit reach"),
                    ("content_age_gate", "Age gate"),
                    ("interaction_limit", "Limit comments and shares"),
                    ("content_label", "Label or warning screen"),
                    ("visibility_other", "Other limit of visibility"),
                    ("money_suspend", "Pause monetisation or payouts"),
                    ("money_end", "End monetisation"),
                    ("feature_block", "Block a feature"),
                    ("feature_end", "Withdraw a feature"),
                    ("service_suspend", "Suspend the whole service"),
                    ("service_end", "End the whole service"),
                    ("account_suspend", "Suspend account"),
                    ("account_disable", "Disable account"),
                    ("strike", "Strike"),
                    ("warning", "Warning"),
                    ("education", "Education"),
                    ("identity_check", "Verify identity"),
                    ("preserve_data", "Preserve data"),
                    ("refer_authority", "Refer to authority"),
                    ("hash_bank", "Add to hash bank"),
                    ("block_domain", "Block domain"),
                    ("support_resources", "Offer support"),
                    ("restore", "Restore"),
                    ("message", "Tell the person concerned"),
                    ("no_action", "No action"),
                ],
                max_length=20,
            ),
        ),
        AddConstraintNotValid(
            model_name="enforcementaction",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("source", "appeal"), ("tells__isnull", False), ("type", "message")),
                    models.Q(models.Q(("source", "appeal"), _negated=True), ("tells__isnull", True)),
                    _connector="OR",
                ),
                name="enforcement_tells_iff_of_an_appeal",
            ),
        ),
        migrations.RunSQL(
            STAYS.format(old=", OLD.tells_id", new=", NEW.tells_id", more=MORE), STAYS.format(old="", new="", more="")
        ),
    ]
