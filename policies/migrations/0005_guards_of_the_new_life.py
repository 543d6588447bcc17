"""What the new steps of a version's life may do, past Python: a second person publishes, what binds stays, guidance is never rewritten.

Against 0002 it is new that the end of a validity may be moved or taken back while it lies ahead (a scheduled version can be
withdrawn), that time is asked at the moment of the change (`clock_timestamp`: a statement that waited for a lock must not act on
the time it was sent), and that a draft is published only by somebody who wrote none of it.
"""

from django.db import migrations

GUARD_VERSIONS = """
CREATE OR REPLACE FUNCTION policies_version_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  now_at timestamptz := clock_timestamp();
  bound boolean := OLD.state IN ('effective', 'retired')
    OR (OLD.state = 'scheduled' AND lower(OLD.effective) <= now_at);
BEGIN
  IF NOT bound THEN
    IF TG_OP = 'DELETE' THEN
      RETURN OLD;
    END IF;
    IF OLD.state IN ('draft', 'review', 'legal') AND NEW.state <> OLD.state THEN
      IF (OLD.state, NEW.state) NOT IN (
        ('draft', 'review'), ('review', 'draft'), ('review', 'legal'), ('review', 'scheduled'), ('review', 'effective'),
        ('legal', 'draft'), ('legal', 'scheduled'), ('legal', 'effective')
      ) THEN
        RAISE EXCEPTION 'a policy version cannot go from % to %', OLD.state, NEW.state USING ERRCODE = '23001';
      END IF;
      IF NEW.state IN ('scheduled', 'effective') THEN
        IF NEW.published_by_id IS NULL OR NEW.published_by_id = ANY (NEW.writers) THEN
          RAISE EXCEPTION 'a policy version is published by somebody who wrote none of it' USING ERRCODE = '23001';
        END IF;
        IF NEW.needs_legal AND (NEW.legal_by_id IS NULL OR NEW.legal_by_id = ANY (NEW.writers)) THEN
          RAISE EXCEPTION 'a policy version that needs the legal desk is published after its check' USING ERRCODE = '23001';
        END IF;
      END IF;
    END IF;
    RETURN NEW;
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
     AND (NEW.effective IS NULL OR OLD.state = 'retired'
          OR lower(NEW.effective) IS DISTINCT FROM lower(OLD.effective)
          OR NOT (upper_inf(OLD.effective) OR upper(OLD.effective) > now_at)) THEN
    RAISE EXCEPTION 'the validity of a policy version in force can only be given its end' USING ERRCODE = '23001';
  END IF;
  RETURN NEW;
END $$;
"""

GUARD_GUIDANCE = """
CREATE FUNCTION policies_guidance_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'guidance that was issued is never deleted' USING ERRCODE = '23001';
  END IF;
  IF to_jsonb(NEW) - 'announced_at' - 'ended_at' - 'end_cause' - 'ended_by_id'
     <> to_jsonb(OLD) - 'announced_at' - 'ended_at' - 'end_cause' - 'ended_by_id' THEN
    RAISE EXCEPTION 'guidance that was issued never changes: issue a new edition' USING ERRCODE = '23001';
  END IF;
  IF OLD.ended_at IS NOT NULL
     AND (NEW.ended_at, NEW.end_cause, NEW.ended_by_id) IS DISTINCT FROM (OLD.ended_at, OLD.end_cause, OLD.ended_by_id) THEN
    RAISE EXCEPTION 'guidance ends once' USING ERRCODE = '23001';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER policies_guidance_never_changes BEFORE UPDATE OR DELETE ON policies_guidance
  FOR EACH ROW EXECUTE FUNCTION policies_guidance_guard();
"""


class Migration(migrations.Migration):
    dependencies = [("policies", "0004_library_life")]
    operations = [
        migrations.RunSQL(GUARD_VERSIONS, migrations.RunSQL.noop),
        migrations.RunSQL(GUARD_GUIDANCE, "DROP FUNCTION policies_guidance_guard() CASCADE"),
    ]
