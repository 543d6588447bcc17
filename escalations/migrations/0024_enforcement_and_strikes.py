"""Enforcement actions as hand-offs, strikes, and what strikes lead to."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import core.ids
from core.rls import AppendOnly, TenantForeignKey, TenantTable

TABLES = ("escalations_enforcementaction", "escalations_strike")

# What was asked of the platform never changes, its key least of all: whoever receives it twice knows it by that. What was confirmed
# stays so. Whatever a row points at belongs to its own case, so also to its own organization.
ACTION_STAYS = """
CREATE FUNCTION escalations_action_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF (OLD.key, OLD.public_id, OLD.organization_id, OLD.case_id, OLD.source, OLD.entity_id, OLD.type, OLD.markets, OLD.queued_at)
        IS DISTINCT FROM
       (NEW.key, NEW.public_id, NEW.organization_id, NEW.case_id, NEW.source, NEW.entity_id, NEW.type, NEW.markets, NEW.queued_at)
       OR (OLD.decision_id, OLD.reverses_id, OLD.days) IS DISTINCT FROM (NEW.decision_id, NEW.reverses_id, NEW.days)
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
  ) THEN
    RAISE EXCEPTION 'an enforcement action points at its own case' USING ERRCODE = '23514';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER escalations_action_stays BEFORE INSERT OR UPDATE ON escalations_enforcementaction
  FOR EACH ROW EXECUTE FUNCTION escalations_action_stays();
"""

# A case cannot close while a hand-off is not confirmed, unless a lead said why (domain.md): the last word, also against raw SQL.
CLOSES_CONFIRMED = """
CREATE FUNCTION escalations_case_closes_confirmed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT 1 FROM escalations_enforcementaction a WHERE a.case_id = NEW.id
    AND a.state IN ('queued', 'sending', 'sent', 'refused', 'ambiguous') AND a.closed_over_at IS NULL
  ) THEN
    RAISE EXCEPTION 'a case cannot close over hand-offs that are not confirmed' USING ERRCODE = '23514';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER escalations_case_closes_confirmed AFTER UPDATE OF status ON escalations_case
  FOR EACH ROW WHEN (NEW.status = 'closed' AND OLD.status <> 'closed')
  EXECUTE FUNCTION escalations_case_closes_confirmed();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_rate_windows_by_session"),
        ("escalations", "0023_decisions_say_why"),
        ("policies", "0005_guards_of_the_new_life"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="StrikeLadder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "surface",
                    models.CharField(
                        choices=[
                            ("organic", "Organic"),
                            ("ads", "Ads"),
                            ("commerce", "Commerce"),
                            ("account", "Account"),
                            ("product", "Product"),
                        ],
                        max_length=8,
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("window_days", models.PositiveSmallIntegerField()),
                ("thresholds", models.JSONField()),
                ("note", models.CharField(blank=True, max_length=300)),
                ("effective_from", models.DateTimeField()),
                ("created_at", models.DateTimeField()),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Strike",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "surface",
                    models.CharField(
                        choices=[
                            ("organic", "Organic"),
                            ("ads", "Ads"),
                            ("commerce", "Commerce"),
                            ("account", "Account"),
                            ("product", "Product"),
                        ],
                        max_length=8,
                    ),
                ),
                ("weight", models.PositiveSmallIntegerField()),
                ("given_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("refunded_at", models.DateTimeField(null=True)),
                ("refund_why", models.CharField(blank=True, max_length=300)),
                (
                    "case",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="strikes",
                        to="escalations.case",
                    ),
                ),
                (
                    "clause",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="strikes", to="policies.policyversion"
                    ),
                ),
                (
                    "decision",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="strikes", to="escalations.decision"
                    ),
                ),
                (
                    "entity",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="strikes", to="escalations.entity"
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
                (
                    "refunded_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "ladder",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="strikes",
                        to="escalations.strikeladder",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="EnforcementAction",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("next_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("lease_until", models.DateTimeField(null=True)),
                ("holder", models.CharField(blank=True, max_length=64)),
                ("fence", models.BigIntegerField(default=0)),
                ("last_error", models.CharField(blank=True, max_length=500)),
                ("public_id", models.UUIDField(default=core.ids.new_id, unique=True)),
                ("key", models.CharField(max_length=80, unique=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "Queued"),
                            ("sending", "Being sent"),
                            ("sent", "Sent, not confirmed"),
                            ("accepted", "Confirmed"),
                            ("refused", "Refused"),
                            ("ambiguous", "Unclear"),
                            ("cancelled", "Withdrawn"),
                        ],
                        default="queued",
                        max_length=9,
                    ),
                ),
                ("queued_at", models.DateTimeField()),
                ("started_at", models.DateTimeField(null=True)),
                ("sent_at", models.DateTimeField(null=True)),
                ("answer_due_at", models.DateTimeField(null=True)),
                ("settled_at", models.DateTimeField(null=True)),
                ("foreign_id", models.CharField(blank=True, max_length=200)),
                ("refusal", models.CharField(blank=True, max_length=500)),
                ("resolved_why", models.CharField(blank=True, max_length=300)),
                ("closed_over_at", models.DateTimeField(null=True)),
                ("closed_over_why", models.CharField(blank=True, max_length=300)),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("decision", "decided"),
                            ("threshold", "follows from strikes"),
                            ("mitigation", "temporary, before a decision"),
                            ("reversal", "takes an action back"),
                            ("end", "its time is over"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "type",
                    models.CharField(
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
                            ("no_action", "No action"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "markets",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=2), blank=True, default=list, size=None
                    ),
                ),
                ("days", models.PositiveSmallIntegerField(null=True)),
                ("ends_at", models.DateTimeField(null=True)),
                ("remind_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "ended_why",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("expired", "its time was over"),
                            ("reversed", "taken back"),
                            ("replaced", "a decision took its place"),
                        ],
                        max_length=8,
                    ),
                ),
                ("served_s", models.PositiveIntegerField(null=True)),
                ("reason", models.CharField(blank=True, max_length=300)),
                (
                    "asked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="enforcement",
                        to="escalations.case",
                    ),
                ),
                (
                    "closed_over_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "decision",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="enforcement",
                        to="escalations.decision",
                    ),
                ),
                (
                    "entity",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="enforcement", to="escalations.entity"
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
                (
                    "resolved_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "reverses",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reversed_by",
                        to="escalations.enforcementaction",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "queued")), fields=["next_at", "id"], name="enforcement_queued"
                    ),
                    models.Index(
                        condition=models.Q(("state", "sending")), fields=["lease_until"], name="enforcement_sending"
                    ),
                    models.Index(
                        condition=models.Q(("state", "sent")), fields=["answer_due_at"], name="enforcement_word_due"
                    ),
                    models.Index(
                        condition=models.Q(("state__in", ("queued", "sending", "sent", "refused", "ambiguous"))),
                        fields=["queued_at", "id"],
                        name="enforcement_open",
                    ),
                    models.Index(
                        condition=models.Q(("state__in", ("queued", "sending", "sent", "refused", "ambiguous"))),
                        fields=["case"],
                        name="enforcement_open_of_case",
                    ),
                    models.Index(
                        condition=models.Q(("ended_at__isnull", True), ("ends_at__isnull", False)),
                        fields=["ends_at"],
                        name="enforcement_ending",
                    ),
                    models.Index(
                        condition=models.Q(("remind_at__isnull", False)),
                        fields=["remind_at"],
                        name="enforcement_reminding",
                    ),
                    models.Index(
                        condition=models.Q(("ended_at__isnull", True)), fields=["entity"], name="enforcement_in_force"
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("lease_until__isnull", False), ("state", "sending")),
                            models.Q(models.Q(("state", "sending"), _negated=True), ("lease_until__isnull", True)),
                            _connector="OR",
                        ),
                        name="enforcementaction_lease_iff_sending",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("settled_at__isnull", False),
                                ("state__in", ["accepted", "refused", "ambiguous", "cancelled"]),
                            ),
                            models.Q(
                                models.Q(
                                    ("state__in", ["accepted", "refused", "ambiguous", "cancelled"]), _negated=True
                                ),
                                ("settled_at__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="enforcementaction_settled_at_iff_settled",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("answer_due_at__isnull", False), ("sent_at__isnull", False), ("state", "sent")),
                            models.Q(models.Q(("state", "sent"), _negated=True), ("answer_due_at__isnull", True)),
                            _connector="OR",
                        ),
                        name="enforcementaction_word_is_due_iff_sent",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "accepted"), _negated=True),
                            models.Q(("foreign_id", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="enforcementaction_accepted_under_a_foreign_id",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "refused"), _negated=True),
                            models.Q(("refusal", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="enforcementaction_refused_for_a_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("resolved_by__isnull", True), ("resolved_why", "")),
                            models.Q(("resolved_by__isnull", False), models.Q(("resolved_why", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="enforcementaction_resolved_by_a_person_who_said_why",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("closed_over_at__isnull", True),
                                ("closed_over_by__isnull", True),
                                ("closed_over_why", ""),
                            ),
                            models.Q(
                                ("closed_over_at__isnull", False),
                                ("closed_over_by__isnull", False),
                                models.Q(("closed_over_why", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="enforcementaction_closed_over_with_a_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("source__in", ("decision", "threshold")), _negated=True),
                            ("decision__isnull", False),
                            _connector="OR",
                        ),
                        name="enforcement_of_a_decision",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("source", "mitigation"), _negated=True),
                            models.Q(
                                ("asked_by__isnull", False),
                                ("decision__isnull", True),
                                ("ends_at__isnull", False),
                                models.Q(("reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="enforcement_mitigation_ends_and_says_why",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("reverses__isnull", False), ("source__in", ["reversal", "end"])),
                            models.Q(
                                models.Q(("source__in", ["reversal", "end"]), _negated=True), ("reverses__isnull", True)
                            ),
                            _connector="OR",
                        ),
                        name="enforcement_reverses_iff_it_lifts",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("reverses__isnull", True),
                            models.Q(("reverses", models.F("id")), _negated=True),
                            _connector="OR",
                        ),
                        name="enforcement_reverses_another",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("reverses__isnull", False)),
                        fields=("reverses",),
                        name="enforcement_lifted_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("source__in", ("decision", "threshold"))),
                        fields=("decision", "entity", "type", "source"),
                        name="enforcement_once_per_decision_and_entity",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at__isnull", True), ("ended_why", "")),
                            models.Q(("ended_at__isnull", False), models.Q(("ended_why", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="enforcement_ended_for_a_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("days__isnull", True),
                            models.Q(("days__gte", 1), ("ends_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="enforcement_days_have_an_end",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("type__in", ("strike", "no_action")), _negated=True),
                        name="enforcement_is_something_to_do",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("served_s__isnull", True), ("reverses__isnull", False), _connector="OR"),
                        name="enforcement_served_of_what_it_lifts",
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="strikeladder",
            constraint=models.UniqueConstraint(fields=("surface", "number"), name="strike_ladder_number_once"),
        ),
        migrations.AddConstraint(
            model_name="strikeladder",
            constraint=models.UniqueConstraint(
                fields=("surface", "effective_from"), name="strike_ladder_one_from_an_instant"
            ),
        ),
        migrations.AddConstraint(
            model_name="strikeladder",
            constraint=models.CheckConstraint(
                condition=models.Q(("window_days__gte", 1), ("window_days__lte", 3650)),
                name="strike_ladder_window_to_ten_years",
            ),
        ),
        migrations.AddConstraint(
            model_name="strikeladder",
            constraint=models.CheckConstraint(
                condition=models.Q(("number__gte", 1)), name="strike_ladder_number_from_one"
            ),
        ),
        migrations.AddIndex(
            model_name="strike",
            index=models.Index(
                condition=models.Q(("refunded_at__isnull", True)),
                fields=["entity", "surface", "expires_at"],
                name="strike_live_of_entity",
            ),
        ),
        migrations.AddConstraint(
            model_name="strike",
            constraint=models.UniqueConstraint(
                fields=("decision", "entity"), name="strike_once_per_decision_and_entity"
            ),
        ),
        migrations.AddConstraint(
            model_name="strike",
            constraint=models.CheckConstraint(
                condition=models.Q(("weight__gte", 1), ("weight__lte", 10)), name="strike_weighs_one_to_ten"
            ),
        ),
        migrations.AddConstraint(
            model_name="strike",
            constraint=models.CheckConstraint(
                condition=models.Q(("expires_at__gt", models.F("given_at"))), name="strike_counts_for_some_time"
            ),
        ),
        migrations.AddConstraint(
            model_name="strike",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("refund_why", ""), ("refunded_at__isnull", True)),
                    models.Q(("refunded_at__gte", models.F("given_at")), models.Q(("refund_why", ""), _negated=True)),
                    _connector="OR",
                ),
                name="strike_refunded_for_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="strike",
            constraint=models.CheckConstraint(
                condition=models.Q(("refunded_by__isnull", True), ("refunded_at__isnull", False), _connector="OR"),
                name="strike_refunder_iff_refunded",
            ),
        ),
        *[TenantTable(table) for table in TABLES],
        *[TenantForeignKey(table, "case_id", "escalations_case") for table in TABLES],
        AppendOnly("escalations_strikeladder"),
        migrations.RunSQL(ACTION_STAYS, "DROP FUNCTION escalations_action_stays() CASCADE"),
        migrations.RunSQL(CLOSES_CONFIRMED, "DROP FUNCTION escalations_case_closes_confirmed() CASCADE"),
    ]
