"""A version that binds, or has bound, is what decisions cite: the database lets nothing of it change but its end.

Allowed on an effective version: becoming retired, and giving its open range an end. A scheduled version may still change
until its first instant. A clause keeps its key and its family, since citations name them.
"""

from django.db import migrations

GUARD_VERSIONS = """
CREATE FUNCTION policies_version_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  bound boolean := OLD.state IN ('effective', 'retired')
    OR (OLD.state = 'scheduled' AND lower(OLD.effective) <= statement_timestamp());
BEGIN
  IF NOT bound THEN
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
  END IF;
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'a policy version that has been in force is never deleted' USING ERRCODE = '23001';
  END IF;
  IF to_jsonb(NEW) - 'state' - 'effective' - 'search' <> to_jsonb(OLD) - 'state' - 'effective' - 'search' THEN
    RAISE EXCEPTION 'a policy version in force never changes: publish a new one' USING ERRCODE = '23001';
  END IF;
  IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (('scheduled', 'effective'), ('effective', 'retired')) THEN
    RAISE EXCEPTION 'a policy version cannot go from % to %', OLD.state, NEW.state USING ERRCODE = '23001';
  END IF;
  IF NEW.effective IS DISTINCT FROM OLD.effective
     AND (NEW.effective IS NULL OR OLD.state = 'retired' OR NOT upper_inf(OLD.effective)
          OR lower(NEW.effective) IS DISTINCT FROM lower(OLD.effective)) THEN
    RAISE EXCEPTION 'the validity of a policy version in force can only be given its end' USING ERRCODE = '23001';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER policies_version_never_changes BEFORE UPDATE OR DELETE ON policies_policyversion
  FOR EACH ROW EXECUTE FUNCTION policies_version_guard();
"""

GUARD_KEYS = """
CREATE FUNCTION policies_key_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.key <> OLD.key OR NEW.family <> OLD.family THEN
    RAISE EXCEPTION 'a clause keeps its key and family: citations name them' USING ERRCODE = '23001';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER policies_key_never_changes BEFORE UPDATE ON policies_policy
  FOR EACH ROW EXECUTE FUNCTION policies_key_guard();
"""


class Migration(migrations.Migration):
    dependencies = [("policies", "0001_initial")]
    operations = [
        migrations.RunSQL(GUARD_VERSIONS, "DROP FUNCTION policies_version_guard() CASCADE"),
        migrations.RunSQL(GUARD_KEYS, "DROP FUNCTION policies_key_guard() CASCADE"),
    ]
