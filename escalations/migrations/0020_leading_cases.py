"""Leading cases, precedents that were overturned, and clauses that stay in force where decisions cite them."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from core.rls import TenantForeignKey, TenantTable

# Invariant 4 of domain.md against races. A decision locks the clauses it cites (FOR SHARE, which conflicts with giving their validity
# an end), so of a decision and a publication that happen at once the later one sees the earlier one.
CLAUSE_WAS_EFFECTIVE = """
CREATE OR REPLACE FUNCTION escalations_decision_clause_effective() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  held tstzrange;
BEGIN
  IF NEW.clause_id IS NOT NULL THEN
    SELECT v.effective INTO held FROM policies_policyversion v WHERE v.id = NEW.clause_id FOR SHARE;
    IF held IS NULL OR NOT held @> NEW.decided_at THEN
      RAISE EXCEPTION 'the clause was not effective at the time of the decision' USING ERRCODE = '23514';
    END IF;
  END IF;
  RETURN NEW;
END $$;
"""
CLAUSE_WAS_EFFECTIVE_BEFORE = """
CREATE OR REPLACE FUNCTION escalations_decision_clause_effective() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.clause_id IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM policies_policyversion v WHERE v.id = NEW.clause_id AND v.effective @> NEW.decided_at
  ) THEN
    RAISE EXCEPTION 'the clause was not effective at the time of the decision' USING ERRCODE = '23514';
  END IF;
  RETURN NEW;
END $$;
"""
FURTHER_CLAUSES_WERE_EFFECTIVE = """
CREATE FUNCTION escalations_further_clause_effective() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  held tstzrange;
  decided timestamptz;
BEGIN
  SELECT v.effective INTO held FROM policies_policyversion v WHERE v.id = NEW.policyversion_id FOR SHARE;
  SELECT d.decided_at INTO decided FROM escalations_decision d WHERE d.id = NEW.decision_id;
  IF held IS NULL OR decided IS NULL OR NOT held @> decided THEN
    RAISE EXCEPTION 'a further clause was not effective at the time of the decision' USING ERRCODE = '23514';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER further_clause_effective BEFORE INSERT OR UPDATE ON escalations_decision_secondary_clauses
FOR EACH ROW EXECUTE FUNCTION escalations_further_clause_effective();
"""
# The other side: no validity is cut back over a decision that cites it. The row is locked by then, so what waited is seen.
CITED_STAYS_IN_FORCE = """
CREATE FUNCTION escalations_cited_stays_in_force() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT 1 FROM escalations_decision d WHERE d.clause_id = OLD.id
      AND (NEW.effective IS NULL OR d.decided_at >= upper(NEW.effective) OR d.decided_at < lower(NEW.effective))
  ) OR EXISTS (
    SELECT 1 FROM escalations_decision_secondary_clauses s JOIN escalations_decision d ON d.id = s.decision_id
    WHERE s.policyversion_id = OLD.id
      AND (NEW.effective IS NULL OR d.decided_at >= upper(NEW.effective) OR d.decided_at < lower(NEW.effective))
  ) THEN
    RAISE EXCEPTION 'a decision cites this version at a time at which it would not be in force' USING ERRCODE = '23001';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER cited_stays_in_force BEFORE UPDATE OF effective ON policies_policyversion
FOR EACH ROW WHEN (OLD.effective IS NOT NULL AND NEW.effective IS DISTINCT FROM OLD.effective)
EXECUTE FUNCTION escalations_cited_stays_in_force();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_rate_windows_by_session"),
        ("escalations", "0019_orders_to_apply_editions"),
        ("policies", "0005_guards_of_the_new_life"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="LeadingCase",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("holding", models.CharField(max_length=400)),
                ("written_at", models.DateTimeField()),
                ("review_on", models.DateField()),
                ("removed_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.AddField(
            model_name="decision",
            name="overturned_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.CheckConstraint(
                condition=models.Q(("overturned_at__isnull", True), ("effective_at__isnull", False), _connector="OR"),
                name="decision_overturned_after_it_took_effect",
            ),
        ),
        migrations.AddField(
            model_name="leadingcase",
            name="author",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="leadingcase",
            name="case",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="leading",
                to="escalations.case",
            ),
        ),
        migrations.AddField(
            model_name="leadingcase",
            name="decision",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="leading", to="escalations.decision"
            ),
        ),
        migrations.AddField(
            model_name="leadingcase",
            name="organization",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.organization",
            ),
        ),
        migrations.AddField(
            model_name="leadingcase",
            name="removed_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="leadingcase",
            constraint=models.UniqueConstraint(
                condition=models.Q(("removed_at__isnull", True)),
                fields=("decision",),
                name="leading_case_one_live_per_decision",
            ),
        ),
        migrations.AddConstraint(
            model_name="leadingcase",
            constraint=models.CheckConstraint(
                condition=models.Q(("holding", ""), _negated=True), name="leading_case_holds_something"
            ),
        ),
        migrations.AddConstraint(
            model_name="leadingcase",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("removed_at__isnull", True), ("removed_by__isnull", True)),
                    models.Q(("removed_at__isnull", False), ("removed_by__isnull", False)),
                    _connector="OR",
                ),
                name="leading_case_removed_whole",
            ),
        ),
        TenantTable("escalations_leadingcase"),
        TenantForeignKey("escalations_leadingcase", "case_id", "escalations_case"),
        migrations.RunSQL(CLAUSE_WAS_EFFECTIVE, CLAUSE_WAS_EFFECTIVE_BEFORE),
        migrations.RunSQL(
            FURTHER_CLAUSES_WERE_EFFECTIVE, "DROP FUNCTION escalations_further_clause_effective() CASCADE"
        ),
        migrations.RunSQL(CITED_STAYS_IN_FORCE, "DROP FUNCTION escalations_cited_stays_in_force() CASCADE"),
    ]
