"""Full text for the web's role: the ids of a rare word, by the index that row level security keeps the role itself from."""

from django.db import migrations

# The owner's policies let everything through, so the function applies tenant and compartments itself, as the policies of
# `wf_web` do: a vendor reads its own organization's rows through the outward vector whatever the caller asks for.
# `most` bounds the work: the caller asks for one more than it will use. The engine acts for the system and sees all.
CASE_IDS_WITH_TEXT = """
CREATE FUNCTION case_ids_with_text(wanted text, with_notes boolean, most integer, OUT has_words boolean, OUT ids bigint[])
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_custom_plan AS $$
DECLARE
  words tsquery := phraseto_tsquery('watchfloor', wanted);
  sees_all boolean := session_user = 'wf_engine';
  is_internal boolean := sees_all;
  org bigint;
  labels varchar[] := '{}';
BEGIN
  has_words := numnode(words) > 0;
  ids := '{}';
  IF NOT has_words THEN RETURN; END IF;
  IF NOT sees_all THEN
    is_internal := app_kind() = 'internal';
    org := app_org();
    labels := app_compartments();
  END IF;
  IF is_internal AND with_notes THEN
    SELECT coalesce(array_agg(found.id), '{}') INTO ids FROM (
      SELECT c.id FROM escalations_case c
      WHERE c.internal_vector @@ words AND (sees_all OR c.compartments = '{}' OR c.compartments <@ labels) LIMIT most
    ) found;
  ELSE
    SELECT coalesce(array_agg(found.id), '{}') INTO ids FROM (
      SELECT c.id FROM escalations_case c
      WHERE c.outward_vector @@ words AND (is_internal OR c.organization_id = org)
        AND (sees_all OR c.compartments = '{}' OR c.compartments <@ labels) LIMIT most
    ) found;
  END IF;
END $$;
REVOKE ALL ON FUNCTION case_ids_with_text(text, boolean, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION case_ids_with_text(text, boolean, integer) TO wf_web, wf_engine;
"""


class Migration(migrations.Migration):
    dependencies = [("escalations", "0003_decisions")]
    operations = [migrations.RunSQL(CASE_IDS_WITH_TEXT, "DROP FUNCTION case_ids_with_text")]
