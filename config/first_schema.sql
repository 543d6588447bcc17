-- Written by scripts/first_schema.py from the migrations; see config/first_schema.py.
-- made from accounts/migrations/0001_initial.py 3d7d79aedbbe46b1
-- made from accounts/migrations/0002_row_security.py 1cc3ef3c19812ba3
-- made from accounts/migrations/0003_rate_windows_by_session.py 99b64638d7dc2f78
-- made from accounts/migrations/0004_working_hours.py eae9c2d75d003a1a
-- made from audit/migrations/0001_initial.py 880b2cb2bfdfdfcd
-- made from audit/migrations/0002_row_security.py a7549fc5084f8265
-- made from audit/migrations/0003_log_sealing.py dac87d4975426e31
-- made from audit/migrations/0004_watching_the_watchers.py 0fdf01f88aca2cb1
-- made from audit/migrations/0005_outbox_lanes.py c50efc64739d7ab1
-- made from audit/migrations/0006_slots_of_jobs.py 550b204dee555f3a
-- made from audit/migrations/0007_outbox_one_index_less.py 2439b4cb907bd504
-- made from audit/migrations/0008_outbox_trusts_the_log.py 6d1f4253b923109d
-- made from core/migrations/0001_foundations.py 29b2a40736f8cc58
-- made from escalations/migrations/0001_initial.py dd9fb942ca840b8d
-- made from escalations/migrations/0002_row_security.py 1eecd61f05f47ad6
-- made from escalations/migrations/0003_decisions.py 1307b6c4e84aa995
-- made from escalations/migrations/0004_text_search.py ec0a41b34ad20415
-- made from escalations/migrations/0005_one_warning_per_level.py eb50b044c18c89eb
-- made from escalations/migrations/0006_default_sla_plan.py 49a39e73beb5da5c
-- made from escalations/migrations/0007_unclaimed_by_order.py 5c987d4a828ae905
-- made from escalations/migrations/0008_plans_never_change.py a97f222119773a36
-- made from escalations/migrations/0009_rare_filters.py 5dea3ff16e5ad2a6
-- made from escalations/migrations/0010_cases_by_external_ref.py d2743d43769bb683
-- made from escalations/migrations/0011_decision_gaps_and_repeats.py bef0ff836724fdd4
-- made from escalations/migrations/0012_demo_simulator.py 2d1faa6bf12269a8
-- made from escalations/migrations/0013_practice_is_sandbox.py f0b74a272777338c
-- made from escalations/migrations/0014_recent_titles.py d0a7b37f81e70459
-- made from escalations/migrations/0015_holds_asks_templates_alerts.py 78f0780554175845
-- made from escalations/migrations/0016_targets_in_working_days.py f35468f9a4ff5cce
-- made from escalations/migrations/0017_next_responses_and_updates.py 448ed6e70d9403fe
-- made from escalations/migrations/0018_inbound_mail.py 70bc09a7c6339b1b
-- made from escalations/migrations/0019_orders_to_apply_editions.py 2c9ad88c2493bce2
-- made from escalations/migrations/0020_leading_cases.py 17924adffe8d44f4
-- made from escalations/migrations/0021_mail_claims.py cc74f5b149a20393
-- made from escalations/migrations/0022_approvals.py 0f8dbae8fe9fd2e9
-- made from escalations/migrations/0023_decisions_say_why.py 5bd2d6245f15f457
-- made from escalations/migrations/0024_enforcement_and_strikes.py 8aa0b9846a5abeac
-- made from escalations/migrations/0025_appeals.py 23f2da02cd1f38a6
-- made from escalations/migrations/0026_notices_of_decisions.py 65de753f42bb8265
-- made from escalations/migrations/0027_spreading.py f3c1a8b9db93fd1f
-- made from escalations/migrations/0028_second_looks.py 9fa626d8dc94d072
-- made from escalations/migrations/0029_strikes_refunded_whole.py 808ad31f8a161845
-- made from escalations/migrations/0030_submission_batches.py 29ae79ad397a456e
-- made from escalations/migrations/0031_handle_time.py 280823db98edae97
-- made from escalations/migrations/0032_disputes.py f5e0e320e742c9e8
-- made from escalations/migrations/0033_evidence_original_state.py bd0a1bc3c04b5ece
-- made from escalations/migrations/0034_submitters_raise.py a9363dab3a937f45
-- made from escalations/migrations/0035_notices_delivered.py ebd35dc7544a8747
-- made from escalations/migrations/0036_subjects_as_reported.py f89e310bf4ddf60c
-- made from escalations/migrations/0037_notices_before_closing.py 2d25cbddd6bb22c0
-- made from escalations/migrations/0038_notices_before_closing_checked.py 5c976ecf93820399
-- made from escalations/migrations/0039_told_in_appeals.py 43192eb04546c928
-- made from escalations/migrations/0040_told_in_appeals_checked.py 50e9a0cf8f8903f4
-- made from escalations/migrations/0041_acts_on_many.py bc2a19cdaf9429e4
-- made from escalations/migrations/0042_clock_events_one_index_less.py 754595e3b2411507
-- made from notifications/migrations/0001_initial.py bab30b07a92ab66d
-- made from notifications/migrations/0002_row_security.py 306f6f21503193c2
-- made from notifications/migrations/0003_webhooks.py b099540639f8f38d
-- made from notifications/migrations/0004_chats.py 14970f03283c12de
-- made from notifications/migrations/0005_phones.py 363cf84519396c6f
-- made from notifications/migrations/0006_devices.py 9992e8f73406e4e2
-- made from notifications/migrations/0007_reports_as_a_class.py 57213a19aa143625
-- made from notifications/migrations/0008_service_notices.py 13f46ae20b8894e1
-- made from oncall/migrations/0001_initial.py 144bf5b0da94f5af
-- made from oncall/migrations/0002_versions_never_change.py 7512f1e3564240d8
-- made from oncall/migrations/0003_around_the_clock.py e43fe5a468692509
-- made from oncall/migrations/0004_feeds_and_versions_to_come.py cabfb0d2cc4e2558
-- made from policies/migrations/0001_initial.py 3c07f9d758639860
-- made from policies/migrations/0002_versions_never_change.py 7978a996ecb4cb89
-- made from policies/migrations/0003_gaps.py 56074c83bc7d8641
-- made from policies/migrations/0004_library_life.py e180b04699d12ec2
-- made from policies/migrations/0005_guards_of_the_new_life.py 641cb339fdf3d13c
-- made from policies/migrations/0006_versions_that_end.py 36dfd17a1d1029c5
-- made from policies/migrations/0007_the_end_its_publisher_set.py a64e3575f42ad219
-- made from reporting/migrations/0001_case_view.py 8738ee0161526428
-- made from reporting/migrations/0002_reading_views.py d376cd8a006bf6dd
-- made from reporting/migrations/0003_exports_and_saved_reports.py 1de915ccdbb6a5bc
-- made from reporting/migrations/0004_briefs_and_schedules.py c660ab3b6cfdad4b
-- made from reporting/migrations/0005_annotations.py f0de5c1e65933d29
-- made from reporting/migrations/0006_facts.py 8c972a8857b0e57c
-- made from reporting/migrations/0007_contract_targets.py 7be83ab50ade6750
-- made from reporting/migrations/0008_facts_of_own_cases.py 2422f47e6c6c2540
-- made from reporting/migrations/0009_coaching_sets.py cb419f843bb3ae3b
-- made from reporting/migrations/0010_vendor_weeks.py e7e1be6426b14c37
-- made from reporting/migrations/0011_rollups.py a712ec4991552679
-- made from reporting/migrations/0012_vendor_reviews.py f2c284de7d48797b
-- made from reporting/migrations/0013_brief_regions.py ccdcdc27c68e6ccc
-- made from reporting/migrations/0014_saved_reports_are_mailed.py b71dd0d6e16b8de8
-- made from reporting/migrations/0015_subscriptions_once_per_region.py dabd440d017ca594
-- made from reporting/migrations/0016_exports_know_what_was_reached.py 5e76c08075655664
-- made from reporting/migrations/0017_breached_by_its_clocks.py 884f0a0cb3a44afc
-- made from reporting/migrations/0018_rollups_by_fewer_keys.py 1dd02de4d17bb25e
-- made from reporting/migrations/0019_rollups_found_by_family.py 6d3a8b62f2c6bfa9
-- made from reporting/migrations/0020_causes_of_misses.py f3af004f2e965e77
-- made from django 5.2.19
-- made from django-allauth 65.21.1
-- made from django-axes 8.3.1
-- statements abf95d9a3e01dbeeab0c7c0ad8f3f9a0988666848de8ef0c6abaa2f088444c4f

ALTER DEFAULT PRIVILEGES FOR ROLE wf_owner IN SCHEMA public REVOKE ALL ON TABLES FROM wf_web;
ALTER DEFAULT PRIVILEGES FOR ROLE wf_owner IN SCHEMA public REVOKE ALL ON SEQUENCES FROM wf_web;
ALTER DEFAULT PRIVILEGES FOR ROLE wf_owner IN SCHEMA public REVOKE ALL ON TABLES FROM wf_engine;
ALTER DEFAULT PRIVILEGES FOR ROLE wf_owner IN SCHEMA public REVOKE ALL ON SEQUENCES FROM wf_engine;
ALTER DEFAULT PRIVILEGES FOR ROLE wf_owner IN SCHEMA public REVOKE ALL ON TABLES FROM wf_audit;
ALTER DEFAULT PRIVILEGES FOR ROLE wf_owner IN SCHEMA public REVOKE ALL ON SEQUENCES FROM wf_audit;
ALTER DEFAULT PRIVILEGES FOR ROLE wf_owner IN SCHEMA public REVOKE ALL ON TABLES FROM wf_report;
ALTER DEFAULT PRIVILEGES FOR ROLE wf_owner IN SCHEMA public REVOKE ALL ON SEQUENCES FROM wf_report;
ALTER DEFAULT PRIVILEGES FOR ROLE wf_owner IN SCHEMA public REVOKE ALL ON TABLES FROM wf_sql;
ALTER DEFAULT PRIVILEGES FOR ROLE wf_owner IN SCHEMA public REVOKE ALL ON SEQUENCES FROM wf_sql;

CREATE SCHEMA explore;

CREATE FUNCTION explore.scope() RETURNS TABLE(reach text, labels text[])
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
BEGIN
  RETURN QUERY SELECT s.reach, s.labels FROM reporting_sqlscope s WHERE s.pid = pg_backend_pid() AND s.began_at = now();
  IF NOT FOUND THEN
    RAISE EXCEPTION 'nobody is named for this transaction' USING ERRCODE = '42501';
  END IF;
END $$;

CREATE FUNCTION public.app_compartments() RETURNS text[]
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT coalesce(nullif(current_setting('app.compartments', true), ''), '{}')::text[] $$;

CREATE FUNCTION public.app_entity_ids(platforms text[], kinds text[], keys text[], urls text[], labels text[], seen timestamp with time zone) RETURNS bigint[]
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
DECLARE found bigint[];
BEGIN
  INSERT INTO escalations_entity (platform, kind, key, url, label, facts, first_seen_at)
  SELECT DISTINCT ON (p, k, x) p, k, x, u, l, '{}'::jsonb, seen
  FROM unnest(platforms, kinds, keys, urls, labels) AS t(p, k, x, u, l) ORDER BY p, k, x
  ON CONFLICT (platform, kind, key) DO NOTHING;
  SELECT array_agg(e.id ORDER BY t.n) INTO found
  FROM unnest(platforms, kinds, keys) WITH ORDINALITY AS t(p, k, x, n)
  JOIN escalations_entity e ON e.platform = t.p AND e.kind = t.k AND e.key = t.x;
  RETURN found;
END $$;

CREATE FUNCTION public.app_kind() RETURNS text
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    AS $$
DECLARE kind text := current_setting('app.actor_kind', true);
BEGIN
  IF kind IS NULL OR kind = '' THEN
    RAISE EXCEPTION 'no tenant is set for this transaction' USING ERRCODE = '42501';
  END IF;
  RETURN kind;
END $$;

CREATE FUNCTION public.app_org() RETURNS bigint
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    AS $$
DECLARE org text := current_setting('app.org', true);
BEGIN
  IF org IS NULL OR org = '' THEN
    RAISE EXCEPTION 'no tenant is set for this transaction' USING ERRCODE = '42501';
  END IF;
  RETURN org::bigint;
END $$;

CREATE FUNCTION public.app_own_cases_about(organization bigint, keys text[]) RETURNS TABLE(key text, case_id bigint)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
  SELECT e.key::text, c.case_id FROM escalations_entity e
  JOIN escalations_caseentity c ON c.entity_id = e.id
  WHERE e.key = ANY (keys) AND c.organization_id = organization
    AND ((SELECT app_kind()) = 'internal' OR organization = (SELECT app_org()))
$$;

CREATE FUNCTION public.app_recent_titles(organization bigint, sandbox boolean, since timestamp with time zone, most integer) RETURNS json
    LANGUAGE sql STABLE
    SET enable_sort TO 'off'
    SET enable_bitmapscan TO 'off'
    SET search_path TO 'public', 'pg_temp'
    AS $$
  SELECT json_agg(json_build_object('ref', ref, 'title', title)) FROM (
    SELECT ref, title, is_open, is_sandbox FROM escalations_case
    WHERE organization_id = organization AND received_at > since ORDER BY received_at DESC, id DESC LIMIT most
  ) newest WHERE is_open AND is_sandbox = sandbox
$$;

CREATE FUNCTION public.app_transaction() RETURNS bigint
    LANGUAGE sql STABLE
    AS $$ SELECT pg_current_xact_id()::text::bigint $$;

CREATE FUNCTION public.audit_accessrecord_refuse() RETURNS trigger
    LANGUAGE plpgsql
    AS $$ BEGIN RAISE EXCEPTION 'audit_accessrecord is append-only' USING ERRCODE = '42501'; END $$;

CREATE FUNCTION public.audit_event_refuse() RETURNS trigger
    LANGUAGE plpgsql
    AS $$ BEGIN RAISE EXCEPTION 'audit_event is append-only' USING ERRCODE = '42501'; END $$;

CREATE FUNCTION public.audit_logblock_refuse() RETURNS trigger
    LANGUAGE plpgsql
    AS $$ BEGIN RAISE EXCEPTION 'audit_logblock is append-only' USING ERRCODE = '42501'; END $$;

CREATE FUNCTION public.audit_loghead_refuse() RETURNS trigger
    LANGUAGE plpgsql
    AS $$ BEGIN RAISE EXCEPTION 'audit_loghead is append-only' USING ERRCODE = '42501'; END $$;

CREATE FUNCTION public.case_ids_with_text(wanted text, with_notes boolean, only_open boolean, most integer) RETURNS bigint[]
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    SET plan_cache_mode TO 'force_custom_plan'
    AS $$
DECLARE
  words tsquery := phraseto_tsquery('watchfloor', wanted);
  sees_all boolean := session_user = 'wf_engine';
  is_internal boolean := sees_all;
  org bigint;
  labels varchar[] := '{}';
  ids bigint[];
BEGIN
  IF NOT sees_all THEN
    is_internal := app_kind() = 'internal';
    org := app_org();
    labels := app_compartments();
  END IF;
  IF numnode(words) = 0 THEN RETURN '{}'; END IF;
  IF is_internal AND with_notes THEN
    SELECT array_agg(found.id) INTO ids FROM (
      SELECT c.id FROM escalations_case c
      WHERE c.internal_vector @@ words AND (NOT only_open OR c.is_open)
        AND (sees_all OR c.compartments = '{}' OR c.compartments <@ labels) LIMIT most
    ) found;
  ELSE
    SELECT array_agg(found.id) INTO ids FROM (
      SELECT c.id FROM escalations_case c
      WHERE c.outward_vector @@ words AND (NOT only_open OR c.is_open) AND (is_internal OR c.organization_id = org)
        AND (sees_all OR c.compartments = '{}' OR c.compartments <@ labels) LIMIT most
    ) found;
  END IF;
  RETURN coalesce(ids, '{}');
END $$;

CREATE FUNCTION public.escalations_action_stays() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF (OLD.key, OLD.public_id, OLD.organization_id, OLD.case_id, OLD.source, OLD.entity_id, OLD.type, OLD.markets, OLD.queued_at)
        IS DISTINCT FROM
       (NEW.key, NEW.public_id, NEW.organization_id, NEW.case_id, NEW.source, NEW.entity_id, NEW.type, NEW.markets, NEW.queued_at)
       OR (OLD.decision_id, OLD.reverses_id, OLD.days, OLD.tells_id) IS DISTINCT FROM (NEW.decision_id, NEW.reverses_id, NEW.days, NEW.tells_id)
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
  ) OR NEW.tells_id IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM escalations_appealmessage m WHERE m.id = NEW.tells_id AND m.case_id = NEW.case_id
  ) THEN
    RAISE EXCEPTION 'an enforcement action points at its own case' USING ERRCODE = '23514';
  END IF;
  RETURN NEW;
END $$;

CREATE FUNCTION public.escalations_appeal_guard() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM escalations_decision d
    WHERE d.id = NEW.decision_id AND d.case_id = NEW.case_id AND d.decided_by_id = NEW.original_decider_id
  ) THEN
    RAISE EXCEPTION 'an appeal names the decider of its own decision' USING ERRCODE = '23514';
  END IF;
  RETURN NEW;
END $$;

CREATE FUNCTION public.escalations_appealmessage_refuse() RETURNS trigger
    LANGUAGE plpgsql
    AS $$ BEGIN RAISE EXCEPTION 'escalations_appealmessage is append-only' USING ERRCODE = '42501'; END $$;

CREATE FUNCTION public.escalations_approvalrule_refuse() RETURNS trigger
    LANGUAGE plpgsql
    AS $$ BEGIN RAISE EXCEPTION 'escalations_approvalrule is append-only' USING ERRCODE = '42501'; END $$;

CREATE FUNCTION public.escalations_approvalrulesversion_refuse() RETURNS trigger
    LANGUAGE plpgsql
    AS $$ BEGIN RAISE EXCEPTION 'escalations_approvalrulesversion is append-only' USING ERRCODE = '42501'; END $$;

CREATE FUNCTION public.escalations_case_closes_confirmed() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  IF EXISTS (
    SELECT 1 FROM escalations_enforcementaction a WHERE a.case_id = NEW.id
    AND a.state IN ('queued', 'sending', 'sent', 'refused', 'ambiguous') AND a.closed_over_at IS NULL
  ) THEN
    RAISE EXCEPTION 'a case cannot close over hand-offs that are not confirmed' USING ERRCODE = '23514';
  END IF;

  IF EXISTS (
    SELECT 1 FROM escalations_noticedelivery d WHERE d.case_id = NEW.id
    AND d.state IN ('queued', 'failed') AND d.closed_over_at IS NULL
  ) THEN
    RAISE EXCEPTION 'a case cannot close over notices that have not left' USING ERRCODE = '23514';
  END IF;
  RETURN NULL;
END $$;

CREATE FUNCTION public.escalations_cited_stays_in_force() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
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

CREATE FUNCTION public.escalations_decision_clause_effective() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
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

CREATE FUNCTION public.escalations_decision_waits() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM escalations_approval a WHERE a.decision_id = NEW.id AND a.state <> 'approved') THEN
    RAISE EXCEPTION 'a second person has not approved this decision' USING ERRCODE = '23514',
      CONSTRAINT = 'decision_waits_for_its_approval';
  END IF;
  RETURN NEW;
END $$;

CREATE FUNCTION public.escalations_further_clause_effective() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
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

CREATE FUNCTION public.escalations_notice_refuse() RETURNS trigger
    LANGUAGE plpgsql
    AS $$ BEGIN RAISE EXCEPTION 'escalations_notice is append-only' USING ERRCODE = '42501'; END $$;

CREATE FUNCTION public.escalations_replytemplateversion_refuse() RETURNS trigger
    LANGUAGE plpgsql
    AS $$ BEGIN RAISE EXCEPTION 'escalations_replytemplateversion is append-only' USING ERRCODE = '42501'; END $$;

CREATE FUNCTION public.escalations_slaclockevent_refuse() RETURNS trigger
    LANGUAGE plpgsql
    AS $$ BEGIN RAISE EXCEPTION 'escalations_slaclockevent is append-only' USING ERRCODE = '42501'; END $$;

CREATE FUNCTION public.escalations_slaplanversion_refuse() RETURNS trigger
    LANGUAGE plpgsql
    AS $$ BEGIN RAISE EXCEPTION 'escalations_slaplanversion is append-only' USING ERRCODE = '42501'; END $$;

CREATE FUNCTION public.escalations_slatarget_refuse() RETURNS trigger
    LANGUAGE plpgsql
    AS $$ BEGIN RAISE EXCEPTION 'escalations_slatarget is append-only' USING ERRCODE = '42501'; END $$;

CREATE FUNCTION public.escalations_strikeladder_refuse() RETURNS trigger
    LANGUAGE plpgsql
    AS $$ BEGIN RAISE EXCEPTION 'escalations_strikeladder is append-only' USING ERRCODE = '42501'; END $$;

CREATE FUNCTION public.oncall_calendarversion_refuse() RETURNS trigger
    LANGUAGE plpgsql
    AS $$ BEGIN RAISE EXCEPTION 'oncall_calendarversion is append-only' USING ERRCODE = '42501'; END $$;

CREATE FUNCTION public.policies_guidance_guard() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
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

CREATE FUNCTION public.policies_key_guard() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  IF NEW.key <> OLD.key OR NEW.family <> OLD.family THEN
    RAISE EXCEPTION 'a clause keeps its key and family: citations name them' USING ERRCODE = '23001';
  END IF;
  RETURN NEW;
END $$;

CREATE FUNCTION public.policies_version_guard() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
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

CREATE FUNCTION public.reporting_briefversion_keep() RETURNS trigger
    LANGUAGE plpgsql
    AS $$ BEGIN
  IF (NEW.brief_id, NEW.number, NEW.title, NEW.classification, NEW.blocks, NEW.words, NEW.as_of, NEW.submitted_by_id, NEW.submitted_at)
    IS DISTINCT FROM
    (OLD.brief_id, OLD.number, OLD.title, OLD.classification, OLD.blocks, OLD.words, OLD.as_of, OLD.submitted_by_id, OLD.submitted_at)
  THEN RAISE EXCEPTION 'a version of a brief never changes' USING ERRCODE = '42501'; END IF;
  RETURN NEW;
END $$;

CREATE FUNCTION public.reporting_contracttarget_refuse() RETURNS trigger
    LANGUAGE plpgsql
    AS $$ BEGIN RAISE EXCEPTION 'reporting_contracttarget is append-only' USING ERRCODE = '42501'; END $$;

CREATE FUNCTION public.reporting_reviewimport_refuse() RETURNS trigger
    LANGUAGE plpgsql
    AS $$ BEGIN RAISE EXCEPTION 'reporting_reviewimport is append-only' USING ERRCODE = '42501'; END $$;

CREATE FUNCTION public.reporting_vendorweek_kept() RETURNS trigger
    LANGUAGE plpgsql
    AS $$ BEGIN
  IF (NEW.organization_id, NEW.starts_on, NEW.zone, NEW.edition, NEW.figures, NEW.why, NEW.frozen_at, NEW.frozen_by_id)
    IS DISTINCT FROM (OLD.organization_id, OLD.starts_on, OLD.zone, OLD.edition, OLD.figures, OLD.why, OLD.frozen_at, OLD.frozen_by_id)
    OR (OLD.signed_at IS NOT NULL AND (NEW.signed_at, NEW.signed_by_id) IS DISTINCT FROM (OLD.signed_at, OLD.signed_by_id))
    OR (OLD.vendor_signed_at IS NOT NULL
      AND (NEW.vendor_signed_at, NEW.vendor_signed_by_id) IS DISTINCT FROM (OLD.vendor_signed_at, OLD.vendor_signed_by_id))
  THEN RAISE EXCEPTION 'a frozen week is never changed' USING ERRCODE = '42501'; END IF;
  RETURN NEW;
END $$;

CREATE TEXT SEARCH CONFIGURATION public.watchfloor (
    PARSER = pg_catalog."default" );

ALTER TEXT SEARCH CONFIGURATION public.watchfloor
    ADD MAPPING FOR asciiword WITH public.unaccent, simple;

ALTER TEXT SEARCH CONFIGURATION public.watchfloor
    ADD MAPPING FOR word WITH public.unaccent, simple;

ALTER TEXT SEARCH CONFIGURATION public.watchfloor
    ADD MAPPING FOR numword WITH simple;

ALTER TEXT SEARCH CONFIGURATION public.watchfloor
    ADD MAPPING FOR email WITH simple;

ALTER TEXT SEARCH CONFIGURATION public.watchfloor
    ADD MAPPING FOR url WITH simple;

ALTER TEXT SEARCH CONFIGURATION public.watchfloor
    ADD MAPPING FOR host WITH simple;

ALTER TEXT SEARCH CONFIGURATION public.watchfloor
    ADD MAPPING FOR sfloat WITH simple;

ALTER TEXT SEARCH CONFIGURATION public.watchfloor
    ADD MAPPING FOR version WITH simple;

ALTER TEXT SEARCH CONFIGURATION public.watchfloor
    ADD MAPPING FOR hword_numpart WITH simple;

ALTER TEXT SEARCH CONFIGURATION public.watchfloor
    ADD MAPPING FOR hword_part WITH public.unaccent, simple;

ALTER TEXT SEARCH CONFIGURATION public.watchfloor
    ADD MAPPING FOR hword_asciipart WITH public.unaccent, simple;

ALTER TEXT SEARCH CONFIGURATION public.watchfloor
    ADD MAPPING FOR numhword WITH simple;

ALTER TEXT SEARCH CONFIGURATION public.watchfloor
    ADD MAPPING FOR asciihword WITH public.unaccent, simple;

ALTER TEXT SEARCH CONFIGURATION public.watchfloor
    ADD MAPPING FOR hword WITH public.unaccent, simple;

ALTER TEXT SEARCH CONFIGURATION public.watchfloor
    ADD MAPPING FOR url_path WITH simple;

ALTER TEXT SEARCH CONFIGURATION public.watchfloor
    ADD MAPPING FOR file WITH simple;

ALTER TEXT SEARCH CONFIGURATION public.watchfloor
    ADD MAPPING FOR "float" WITH simple;

ALTER TEXT SEARCH CONFIGURATION public.watchfloor
    ADD MAPPING FOR "int" WITH simple;

ALTER TEXT SEARCH CONFIGURATION public.watchfloor
    ADD MAPPING FOR uint WITH simple;

CREATE TEXT SEARCH CONFIGURATION public.watchfloor_english (
    PARSER = pg_catalog."default" );

ALTER TEXT SEARCH CONFIGURATION public.watchfloor_english
    ADD MAPPING FOR asciiword WITH public.unaccent, english_stem;

ALTER TEXT SEARCH CONFIGURATION public.watchfloor_english
    ADD MAPPING FOR word WITH public.unaccent, english_stem;

ALTER TEXT SEARCH CONFIGURATION public.watchfloor_english
    ADD MAPPING FOR numword WITH simple;

ALTER TEXT SEARCH CONFIGURATION public.watchfloor_english
    ADD MAPPING FOR email WITH simple;

ALTER TEXT SEARCH CONFIGURATION public.watchfloor_english
    ADD MAPPING FOR url WITH simple;

ALTER TEXT SEARCH CONFIGURATION public.watchfloor_english
    ADD MAPPING FOR host WITH simple;

ALTER TEXT SEARCH CONFIGURATION public.watchfloor_english
    ADD MAPPING FOR sfloat WITH simple;

ALTER TEXT SEARCH CONFIGURATION public.watchfloor_english
    ADD MAPPING FOR version WITH simple;

ALTER TEXT SEARCH CONFIGURATION public.watchfloor_english
    ADD MAPPING FOR hword_numpart WITH simple;

ALTER TEXT SEARCH CONFIGURATION public.watchfloor_english
    ADD MAPPING FOR hword_part WITH public.unaccent, english_stem;

ALTER TEXT SEARCH CONFIGURATION public.watchfloor_english
    ADD MAPPING FOR hword_asciipart WITH public.unaccent, english_stem;

ALTER TEXT SEARCH CONFIGURATION public.watchfloor_english
    ADD MAPPING FOR numhword WITH simple;

ALTER TEXT SEARCH CONFIGURATION public.watchfloor_english
    ADD MAPPING FOR asciihword WITH public.unaccent, english_stem;

ALTER TEXT SEARCH CONFIGURATION public.watchfloor_english
    ADD MAPPING FOR hword WITH public.unaccent, english_stem;

ALTER TEXT SEARCH CONFIGURATION public.watchfloor_english
    ADD MAPPING FOR url_path WITH simple;

ALTER TEXT SEARCH CONFIGURATION public.watchfloor_english
    ADD MAPPING FOR file WITH simple;

ALTER TEXT SEARCH CONFIGURATION public.watchfloor_english
    ADD MAPPING FOR "float" WITH simple;

ALTER TEXT SEARCH CONFIGURATION public.watchfloor_english
    ADD MAPPING FOR "int" WITH simple;

ALTER TEXT SEARCH CONFIGURATION public.watchfloor_english
    ADD MAPPING FOR uint WITH simple;

CREATE TABLE public.accounts_organization (
    id bigint NOT NULL,
    kind character varying(8) NOT NULL,
    name character varying(120) NOT NULL,
    slug character varying(50) NOT NULL,
    is_active boolean NOT NULL,
    time_zone character varying(64) NOT NULL,
    contract_starts_on date,
    contract_ends_on date,
    targets jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL
);

CREATE TABLE public.escalations_appeal (
    id bigint NOT NULL,
    ref character varying(16) NOT NULL,
    appellant character varying(7) NOT NULL,
    channel character varying(8) NOT NULL,
    filed_at timestamp with time zone NOT NULL,
    text text NOT NULL,
    language character varying(12) NOT NULL,
    translation text NOT NULL,
    late_reason character varying(300) NOT NULL,
    is_expedited boolean NOT NULL,
    expedited_reason character varying(300) NOT NULL,
    state character varying(9) NOT NULL,
    due_at timestamp with time zone,
    left_s integer,
    outcome character varying(10) NOT NULL,
    grounds character varying(15) NOT NULL,
    lifted jsonb NOT NULL,
    rationale text NOT NULL,
    answer text NOT NULL,
    decided_at timestamp with time zone,
    hold_until timestamp with time zone,
    closed_at timestamp with time zone,
    revision integer NOT NULL,
    assignee_id bigint,
    case_id bigint NOT NULL,
    decided_by_id bigint,
    decision_id bigint NOT NULL,
    entity_id bigint,
    family_id bigint,
    filed_by_id bigint,
    filed_by_key_id bigint,
    organization_id bigint NOT NULL,
    original_decider_id bigint NOT NULL,
    CONSTRAINT appeal_closed_at_iff_ended CHECK ((((closed_at IS NOT NULL) AND ((state)::text = ANY ((ARRAY['closed'::character varying, 'withdrawn'::character varying])::text[]))) OR ((closed_at IS NULL) AND (NOT ((state)::text = ANY ((ARRAY['closed'::character varying, 'withdrawn'::character varying])::text[])))))),
    CONSTRAINT appeal_decided_by_somebody_else CHECK (((decided_by_id IS NULL) OR (NOT ((decided_by_id = original_decider_id) AND (decided_by_id IS NOT NULL))))),
    CONSTRAINT appeal_grounds_iff_it_did_not_stand CHECK (((((outcome)::text = ANY ((ARRAY['overturned'::character varying, 'partial'::character varying])::text[])) AND (NOT ((grounds)::text = ''::text))) OR ((NOT ((outcome)::text = ANY ((ARRAY['overturned'::character varying, 'partial'::character varying])::text[]))) AND ((grounds)::text = ''::text)))),
    CONSTRAINT appeal_outcome_iff_decided CHECK ((((decided_at IS NOT NULL) AND (decided_by_id IS NOT NULL) AND (hold_until IS NOT NULL) AND ((state)::text = ANY ((ARRAY['decided'::character varying, 'closed'::character varying])::text[])) AND (NOT ((outcome)::text = ''::text))) OR ((NOT ((state)::text = ANY ((ARRAY['decided'::character varying, 'closed'::character varying])::text[]))) AND (decided_at IS NULL) AND (decided_by_id IS NULL) AND (hold_until IS NULL) AND ((outcome)::text = ''::text)))),
    CONSTRAINT appeal_says_something CHECK ((NOT (text = ''::text))),
    CONSTRAINT escalations_appeal_left_s_check CHECK ((left_s >= 0)),
    CONSTRAINT escalations_appeal_revision_check CHECK ((revision >= 0))
);

ALTER TABLE ONLY public.escalations_appeal FORCE ROW LEVEL SECURITY;

CREATE TABLE public.escalations_case (
    id bigint NOT NULL,
    ref character varying(16) NOT NULL,
    channel character varying(8) NOT NULL,
    external_ref character varying(120) NOT NULL,
    is_sandbox boolean NOT NULL,
    title character varying(200) NOT NULL,
    ask text NOT NULL,
    surface character varying(8) NOT NULL,
    platform character varying(60) NOT NULL,
    harm character varying(24) NOT NULL,
    suspected_policy character varying(40) NOT NULL,
    market character varying(8) NOT NULL,
    language character varying(12) NOT NULL,
    deadline_at timestamp with time zone,
    deadline_reason character varying(300) NOT NULL,
    contact character varying(200) NOT NULL,
    severity smallint NOT NULL,
    severity_source character varying(8) NOT NULL,
    severity_inputs jsonb NOT NULL,
    severity_why jsonb NOT NULL,
    severity_reason character varying(300) NOT NULL,
    severity_claimed smallint,
    impact jsonb NOT NULL,
    reach bigint NOT NULL,
    spend bigint NOT NULL,
    spend_currency character varying(3) NOT NULL,
    graphic_tier smallint,
    status character varying(9) NOT NULL,
    is_open boolean GENERATED ALWAYS AS (((status)::text = ANY ((ARRAY['new'::character varying, 'in_review'::character varying, 'waiting'::character varying, 'decided'::character varying])::text[]))) STORED,
    resolution character varying(20) NOT NULL,
    waiting_on character varying(9) NOT NULL,
    waiting_until timestamp with time zone,
    routed_why jsonb NOT NULL,
    level smallint NOT NULL,
    required_skills character varying(60)[] NOT NULL,
    claimed_at timestamp with time zone,
    lease_until timestamp with time zone,
    snoozed_until timestamp with time zone,
    snooze_wake_on character varying(12) NOT NULL,
    compartments character varying(32)[] NOT NULL,
    is_legal_hold boolean NOT NULL,
    is_high_profile boolean NOT NULL,
    cluster_size integer NOT NULL,
    reopened_count smallint NOT NULL,
    order_at timestamp with time zone NOT NULL,
    order_terms jsonb NOT NULL,
    boost_s integer NOT NULL,
    boost_until timestamp with time zone,
    due_metric character varying(1) NOT NULL,
    due_at timestamp with time zone,
    due_target_s integer,
    risk_at timestamp with time zone,
    is_paused boolean NOT NULL,
    is_breached boolean NOT NULL,
    received_at timestamp with time zone NOT NULL,
    first_response_at timestamp with time zone,
    decided_at timestamp with time zone,
    closed_at timestamp with time zone,
    updated_at timestamp with time zone NOT NULL,
    revision integer NOT NULL,
    outward_text text NOT NULL,
    internal_text text NOT NULL,
    outward_vector tsvector GENERATED ALWAYS AS (to_tsvector('public.watchfloor'::regconfig, (((((COALESCE(title, ''::character varying))::text || ' '::text) || COALESCE(ask, ''::text)) || ' '::text) || COALESCE(outward_text, ''::text)))) STORED,
    internal_vector tsvector GENERATED ALWAYS AS (to_tsvector('public.watchfloor'::regconfig, (((((((COALESCE(title, ''::character varying))::text || ' '::text) || COALESCE(ask, ''::text)) || ' '::text) || COALESCE(outward_text, ''::text)) || ' '::text) || COALESCE(internal_text, ''::text)))) STORED,
    assignee_id bigint,
    boost_by_id bigint,
    created_by_key_id bigint,
    is_practice_for_id bigint,
    organization_id bigint NOT NULL,
    parent_id bigint,
    severity_set_by_id bigint,
    submitted_by_id bigint,
    queue_id bigint NOT NULL,
    severity_promised smallint,
    CONSTRAINT case_claimed_at_iff_assigned CHECK ((((assignee_id IS NULL) AND (claimed_at IS NULL)) OR ((assignee_id IS NOT NULL) AND (claimed_at IS NOT NULL)))),
    CONSTRAINT case_closed_at_iff_closed CHECK ((((closed_at IS NOT NULL) AND ((status)::text = 'closed'::text)) OR ((NOT ((status)::text = 'closed'::text)) AND (closed_at IS NULL)))),
    CONSTRAINT case_lease_needs_assignee CHECK (((lease_until IS NULL) OR (assignee_id IS NOT NULL))),
    CONSTRAINT case_new_is_unassigned CHECK ((NOT ((assignee_id IS NOT NULL) AND ((status)::text = 'new'::text)))),
    CONSTRAINT case_not_its_own_parent CHECK ((NOT ((parent_id = id) AND (parent_id IS NOT NULL)))),
    CONSTRAINT case_pinned_severity_has_reason CHECK (((NOT ((severity_source)::text = 'person'::text)) OR (NOT ((severity_reason)::text = ''::text)))),
    CONSTRAINT case_practice_is_sandbox CHECK (((is_practice_for_id IS NULL) OR is_sandbox)),
    CONSTRAINT case_resolution_iff_closed CHECK (((((status)::text = 'closed'::text) AND (NOT ((resolution)::text = ''::text))) OR ((NOT ((status)::text = 'closed'::text)) AND ((resolution)::text = ''::text)))),
    CONSTRAINT case_severity_0_to_4 CHECK (((severity >= 0) AND (severity <= 4))),
    CONSTRAINT case_waiting_on_iff_waiting CHECK (((((status)::text = 'waiting'::text) AND (NOT ((waiting_on)::text = ''::text))) OR ((NOT ((status)::text = 'waiting'::text)) AND ((waiting_on)::text = ''::text)))),
    CONSTRAINT escalations_case_cluster_size_check CHECK ((cluster_size >= 0)),
    CONSTRAINT escalations_case_due_target_s_check CHECK ((due_target_s >= 0)),
    CONSTRAINT escalations_case_graphic_tier_check CHECK ((graphic_tier >= 0)),
    CONSTRAINT escalations_case_level_check CHECK ((level >= 0)),
    CONSTRAINT escalations_case_reopened_count_check CHECK ((reopened_count >= 0)),
    CONSTRAINT escalations_case_revision_check CHECK ((revision >= 0)),
    CONSTRAINT escalations_case_severity_check CHECK ((severity >= 0)),
    CONSTRAINT escalations_case_severity_claimed_check CHECK ((severity_claimed >= 0)),
    CONSTRAINT escalations_case_severity_promised_check CHECK ((severity_promised >= 0))
)
WITH (fillfactor='85', autovacuum_vacuum_scale_factor='0.01');

ALTER TABLE ONLY public.escalations_case FORCE ROW LEVEL SECURITY;

CREATE TABLE public.escalations_decision (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    state character varying(10) NOT NULL,
    verdict character varying(17) NOT NULL,
    elements character varying(40)[] NOT NULL,
    exceptions character varying(40)[] NOT NULL,
    actions jsonb NOT NULL,
    rationale text NOT NULL,
    public_rationale text NOT NULL,
    confidence character varying(6) NOT NULL,
    provenance jsonb NOT NULL,
    decided_at timestamp with time zone NOT NULL,
    hold_until timestamp with time zone NOT NULL,
    effective_at timestamp with time zone,
    undone_at timestamp with time zone,
    case_id bigint NOT NULL,
    clause_id bigint,
    decided_by_id bigint NOT NULL,
    organization_id bigint NOT NULL,
    supersedes_id bigint,
    gap_id bigint,
    repeats_id bigint,
    overturned_at timestamp with time zone,
    departs_why character varying(300) NOT NULL,
    deviation character varying(12) NOT NULL,
    notices jsonb NOT NULL,
    CONSTRAINT decision_effective_at_iff_it_was CHECK (((((state)::text = ANY ((ARRAY['effective'::character varying, 'superseded'::character varying])::text[])) AND (effective_at IS NOT NULL)) OR (((state)::text = ANY ((ARRAY['held'::character varying, 'undone'::character varying])::text[])) AND (effective_at IS NULL)))),
    CONSTRAINT decision_gap_only_where_no_rule_fits CHECK (((gap_id IS NULL) OR ((verdict)::text = 'policy_gap'::text))),
    CONSTRAINT decision_has_clause_unless_none_fits CHECK (((clause_id IS NOT NULL) OR ((verdict)::text = ANY ((ARRAY['insufficient_info'::character varying, 'policy_gap'::character varying])::text[])))),
    CONSTRAINT decision_hold_ends_after_it_starts CHECK ((hold_until >= decided_at)),
    CONSTRAINT decision_overturned_after_it_took_effect CHECK (((overturned_at IS NULL) OR (effective_at IS NOT NULL))),
    CONSTRAINT decision_undone_at_iff_undone CHECK (((((state)::text = 'undone'::text) AND (undone_at IS NOT NULL)) OR ((NOT ((state)::text = 'undone'::text)) AND (undone_at IS NULL))))
);

ALTER TABLE ONLY public.escalations_decision FORCE ROW LEVEL SECURITY;

CREATE TABLE public.escalations_queue (
    id bigint NOT NULL,
    slug character varying(50) NOT NULL,
    name character varying(80) NOT NULL,
    outward_name character varying(80) NOT NULL,
    is_default boolean NOT NULL,
    is_active boolean NOT NULL,
    required_skills character varying(60)[] NOT NULL,
    "position" smallint NOT NULL,
    team_id bigint,
    CONSTRAINT escalations_queue_position_check CHECK (("position" >= 0)),
    CONSTRAINT queue_default_is_active CHECK ((NOT ((NOT is_active) AND is_default)))
);

CREATE TABLE public.policies_policy (
    id bigint NOT NULL,
    key character varying(16) NOT NULL,
    family character varying(24) NOT NULL,
    section character varying(80) NOT NULL,
    harms character varying(32)[] NOT NULL,
    is_active boolean NOT NULL,
    owner_id bigint,
    CONSTRAINT policy_key_begins_with_its_family CHECK (((((family)::text = 'community_standards'::text) AND ((key)::text ~~ 'CS-%'::text)) OR (((family)::text = 'advertiser'::text) AND ((key)::text ~~ 'AD-%'::text)) OR (((family)::text = 'commerce'::text) AND ((key)::text ~~ 'CO-%'::text)) OR (((family)::text = 'product'::text) AND ((key)::text ~~ 'PR-%'::text)))),
    CONSTRAINT policy_key_is_well_formed CHECK (((key)::text ~ '^(CS|AD|CO|PR)-[A-Z]{2}-[1-9][0-9]?\.[1-9][0-9]?$'::text))
);

CREATE TABLE public.policies_policyversion (
    id bigint NOT NULL,
    number integer NOT NULL,
    label character varying(16) NOT NULL,
    state character varying(16) NOT NULL,
    market character varying(2) NOT NULL,
    effective tstzrange,
    title character varying(120) NOT NULL,
    rule character varying(400) NOT NULL,
    rationale text NOT NULL,
    public_rationale text NOT NULL,
    elements jsonb NOT NULL,
    logic character varying(16) NOT NULL,
    exceptions jsonb NOT NULL,
    violating_examples jsonb NOT NULL,
    fine_examples jsonb NOT NULL,
    ladder jsonb NOT NULL,
    strike_weight smallint NOT NULL,
    sor_category character varying(80) NOT NULL,
    sor_keywords jsonb NOT NULL,
    synonyms jsonb NOT NULL,
    changed_note text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    search tsvector GENERATED ALWAYS AS (((((((((setweight(to_tsvector('public.watchfloor_english'::regconfig, (title)::text), 'A'::"char") || setweight(to_tsvector('public.watchfloor_english'::regconfig, synonyms), 'A'::"char")) || setweight(to_tsvector('public.watchfloor_english'::regconfig, (rule)::text), 'B'::"char")) || setweight(to_tsvector('public.watchfloor_english'::regconfig, jsonb_path_query_array(elements, '$[*]."text"'::jsonpath)), 'C'::"char")) || setweight(to_tsvector('public.watchfloor_english'::regconfig, jsonb_path_query_array(exceptions, '$[*]."text"'::jsonpath)), 'D'::"char")) || setweight(to_tsvector('public.watchfloor_english'::regconfig, violating_examples), 'C'::"char")) || setweight(to_tsvector('public.watchfloor_english'::regconfig, fine_examples), 'D'::"char")) || setweight(to_tsvector('public.watchfloor_english'::regconfig, public_rationale), 'D'::"char")) || setweight(to_tsvector('public.watchfloor_english'::regconfig, rationale), 'D'::"char"))) STORED,
    author_id bigint,
    policy_id bigint NOT NULL,
    based_on_id bigint,
    decision_tree jsonb NOT NULL,
    definitions jsonb NOT NULL,
    legal_at timestamp with time zone,
    legal_by_id bigint,
    needs_acknowledgement boolean NOT NULL,
    needs_legal boolean NOT NULL,
    published_at timestamp with time zone,
    published_by_id bigint,
    revision integer NOT NULL,
    submitted_at timestamp with time zone,
    submitted_by_id bigint,
    writers bigint[] NOT NULL,
    sunset_at timestamp with time zone,
    CONSTRAINT policies_policyversion_number_check CHECK ((number >= 0)),
    CONSTRAINT policies_policyversion_revision_check CHECK ((revision >= 0)),
    CONSTRAINT policies_policyversion_strike_weight_check CHECK ((strike_weight >= 0)),
    CONSTRAINT policy_version_dated_iff_published CHECK ((((effective IS NOT NULL) AND ((state)::text = ANY ((ARRAY['scheduled'::character varying, 'effective'::character varying, 'retired'::character varying])::text[]))) OR ((NOT ((state)::text = ANY ((ARRAY['scheduled'::character varying, 'effective'::character varying, 'retired'::character varying])::text[]))) AND (effective IS NULL)))),
    CONSTRAINT policy_version_legal_by_a_second_person CHECK (((legal_by_id IS NULL) OR (author_id IS NULL) OR (NOT ((legal_by_id = author_id) AND (legal_by_id IS NOT NULL) AND (author_id IS NOT NULL))))),
    CONSTRAINT policy_version_legal_whole CHECK ((((legal_at IS NULL) AND (legal_by_id IS NULL)) OR ((legal_at IS NOT NULL) AND (legal_by_id IS NOT NULL)))),
    CONSTRAINT policy_version_market_is_a_country CHECK (((market)::text ~ '^([A-Z]{2})?$'::text)),
    CONSTRAINT policy_version_number_from_one CHECK ((number >= 1)),
    CONSTRAINT policy_version_published_by_a_second_person CHECK (((published_by_id IS NULL) OR (author_id IS NULL) OR (NOT ((published_by_id = author_id) AND (published_by_id IS NOT NULL) AND (author_id IS NOT NULL))))),
    CONSTRAINT policy_version_published_whole CHECK ((((published_at IS NULL) AND (published_by_id IS NULL)) OR ((published_at IS NOT NULL) AND (published_by_id IS NOT NULL)))),
    CONSTRAINT policy_version_retired_has_an_end CHECK (((NOT ((state)::text = 'retired'::text)) OR (NOT upper_inf(effective)))),
    CONSTRAINT policy_version_starts_at_an_instant CHECK (((effective IS NULL) OR ((NOT isempty(effective)) AND lower_inc(effective) AND (NOT lower_inf(effective)) AND (NOT upper_inc(effective))))),
    CONSTRAINT policy_version_strike_weight_to_ten CHECK ((strike_weight <= 10))
);

CREATE VIEW explore.v_appeal WITH (security_barrier='true') AS
 SELECT a.ref,
    c.ref AS case_ref,
    o.slug AS organization,
    q.slug AS queue,
    c.severity,
    c.harm,
    c.language,
    c.market,
    a.appellant,
    a.channel,
    a.state,
    NULLIF((a.outcome)::text, ''::text) AS outcome,
    NULLIF((a.grounds)::text, ''::text) AS grounds,
    a.filed_at,
    a.due_at,
    a.decided_at,
    a.closed_at,
    a.is_expedited,
    ((a.late_reason)::text <> ''::text) AS is_late,
    d.verdict AS decision_verdict,
    d.decided_at AS decision_decided_at,
    p.key AS decision_clause
   FROM ((((((public.escalations_appeal a
     JOIN public.escalations_decision d ON ((d.id = a.decision_id)))
     JOIN public.escalations_case c ON ((c.id = a.case_id)))
     JOIN public.accounts_organization o ON ((o.id = c.organization_id)))
     JOIN public.escalations_queue q ON ((q.id = c.queue_id)))
     LEFT JOIN public.policies_policyversion v ON ((v.id = d.clause_id)))
     LEFT JOIN public.policies_policy p ON ((p.id = v.policy_id)))
  WHERE ((NOT c.is_sandbox) AND (c.is_practice_for_id IS NULL) AND ((c.compartments)::text[] <@ ( SELECT scope.labels
           FROM explore.scope() scope(reach, labels))) AND
        CASE ( SELECT scope.reach
               FROM explore.scope() scope(reach, labels))
            WHEN 'all'::text THEN true
            WHEN 'closed'::text THEN (NOT c.is_open)
            ELSE false
        END);

COMMENT ON VIEW explore.v_appeal IS 'Version 1. One row per appeal of a decision, with the decision it is about.';

CREATE TABLE public.accounts_team (
    id bigint NOT NULL,
    name character varying(80) NOT NULL,
    slug character varying(50) NOT NULL,
    hub character varying(40) NOT NULL,
    function character varying(40) NOT NULL,
    time_zone character varying(64) NOT NULL,
    is_active boolean NOT NULL,
    organization_id bigint NOT NULL
);

CREATE TABLE public.escalations_slaclock (
    id bigint NOT NULL,
    object_type character varying(16) NOT NULL,
    object_id bigint NOT NULL,
    metric character varying(1) NOT NULL,
    cycle smallint NOT NULL,
    state character varying(9) NOT NULL,
    target_s integer NOT NULL,
    started_at timestamp with time zone NOT NULL,
    stopped_at timestamp with time zone,
    due_at timestamp with time zone,
    breach_at timestamp with time zone,
    missed_at timestamp with time zone,
    consumed_s integer NOT NULL,
    carried_s integer NOT NULL,
    grace_s integer NOT NULL,
    paused_reason character varying(12) NOT NULL,
    cancelled_why character varying(40) NOT NULL,
    excuse character varying(300) NOT NULL,
    epoch integer NOT NULL,
    calendar_version_id bigint NOT NULL,
    excused_by_id bigint,
    organization_id bigint NOT NULL,
    target_id bigint,
    CONSTRAINT escalations_slaclock_carried_s_check CHECK ((carried_s >= 0)),
    CONSTRAINT escalations_slaclock_consumed_s_check CHECK ((consumed_s >= 0)),
    CONSTRAINT escalations_slaclock_cycle_check CHECK ((cycle >= 0)),
    CONSTRAINT escalations_slaclock_epoch_check CHECK ((epoch >= 0)),
    CONSTRAINT escalations_slaclock_grace_s_check CHECK ((grace_s >= 0)),
    CONSTRAINT escalations_slaclock_target_s_check CHECK ((target_s >= 0)),
    CONSTRAINT sla_clock_excuse_has_person CHECK (((((excuse)::text = ''::text) AND (excused_by_id IS NULL)) OR ((excused_by_id IS NOT NULL) AND (NOT ((excuse)::text = ''::text)))))
)
WITH (fillfactor='85', autovacuum_vacuum_scale_factor='0.01');

ALTER TABLE ONLY public.escalations_slaclock FORCE ROW LEVEL SECURITY;

CREATE VIEW explore.v_case WITH (security_barrier='true') AS
 SELECT c.ref,
    o.slug AS organization,
    c.channel,
    c.external_ref,
    c.surface,
    c.harm,
    c.market,
    c.language,
    c.severity,
    c.status,
    c.is_open,
    NULLIF((c.resolution)::text, ''::text) AS resolution,
    q.slug AS queue,
    c.level,
    c.reach,
    c.received_at,
    c.first_response_at,
    c.decided_at,
    c.closed_at,
    c.reopened_count,
    (c.parent_id IS NOT NULL) AS is_merged_child,
    o.kind AS organization_kind,
    t.slug AS team,
    NULLIF((t.hub)::text, ''::text) AS hub,
    NULLIF((c.platform)::text, ''::text) AS platform,
    NULLIF((c.suspected_policy)::text, ''::text) AS suspected_clause,
    NULLIF((c.waiting_on)::text, ''::text) AS waiting_on,
    c.graphic_tier,
    c.is_legal_hold,
    c.is_high_profile,
    c.cluster_size,
    NULLIF((c.due_metric)::text, ''::text) AS due_clock,
    c.due_at,
    c.is_paused,
    (c.is_breached OR (c.is_open AND (c.due_at < now()) AND (EXISTS ( SELECT
           FROM public.escalations_slaclock k
          WHERE (((k.object_type)::text = 'case'::text) AND (k.object_id = c.id) AND ((k.state)::text = ANY ((ARRAY['pending'::character varying, 'running'::character varying, 'paused'::character varying])::text[])) AND (k.missed_at IS NOT NULL)))))) AS is_breached,
    ( SELECT k.stopped_at
           FROM public.escalations_slaclock k
          WHERE (((k.object_type)::text = 'case'::text) AND (k.object_id = c.id) AND ((k.metric)::text = 'A'::text) AND (k.cycle = 1))) AS acknowledged_at
   FROM (((public.escalations_case c
     JOIN public.accounts_organization o ON ((o.id = c.organization_id)))
     JOIN public.escalations_queue q ON ((q.id = c.queue_id)))
     LEFT JOIN public.accounts_team t ON ((t.id = q.team_id)))
  WHERE ((NOT c.is_sandbox) AND (c.is_practice_for_id IS NULL) AND ((c.compartments)::text[] <@ ( SELECT scope.labels
           FROM explore.scope() scope(reach, labels))) AND
        CASE ( SELECT scope.reach
               FROM explore.scope() scope(reach, labels))
            WHEN 'all'::text THEN true
            WHEN 'closed'::text THEN (NOT c.is_open)
            ELSE false
        END);

COMMENT ON VIEW explore.v_case IS 'Version 1. One row per case. Times are UTC; severity 0 (worst) to 4; without sandbox and practice cases.';

CREATE VIEW explore.v_clock WITH (security_barrier='true') AS
 SELECT c.ref AS case_ref,
    o.slug AS organization,
    q.slug AS queue,
    c.severity,
    k.object_type AS object,
    a.ref AS appeal_ref,
    k.metric AS clock,
    k.cycle,
    k.state,
    k.target_s,
    k.started_at,
    k.due_at,
    k.breach_at,
    k.stopped_at,
    k.missed_at,
        CASE
            WHEN ((k.state)::text = 'cancelled'::text) THEN NULL::timestamp with time zone
            ELSE COALESCE(k.missed_at, k.stopped_at)
        END AS settled_at,
        CASE
            WHEN ((k.state)::text = 'cancelled'::text) THEN NULL::boolean
            WHEN (k.missed_at IS NOT NULL) THEN false
            WHEN (k.stopped_at IS NOT NULL) THEN true
            ELSE NULL::boolean
        END AS is_met,
    ((k.state)::text = ANY ((ARRAY['pending'::character varying, 'running'::character varying, 'paused'::character varying])::text[])) AS is_open,
    NULLIF((k.paused_reason)::text, ''::text) AS paused_reason,
    (k.consumed_s + k.carried_s) AS used_s,
    (k.excused_by_id IS NOT NULL) AS is_excused
   FROM ((((public.escalations_slaclock k
     LEFT JOIN public.escalations_appeal a ON ((((k.object_type)::text = 'appeal'::text) AND (a.id = k.object_id))))
     JOIN public.escalations_case c ON ((c.id =
        CASE k.object_type
            WHEN 'case'::text THEN k.object_id
            ELSE a.case_id
        END)))
     JOIN public.accounts_organization o ON ((o.id = c.organization_id)))
     JOIN public.escalations_queue q ON ((q.id = c.queue_id)))
  WHERE ((NOT c.is_sandbox) AND (c.is_practice_for_id IS NULL) AND ((c.compartments)::text[] <@ ( SELECT scope.labels
           FROM explore.scope() scope(reach, labels))) AND
        CASE ( SELECT scope.reach
               FROM explore.scope() scope(reach, labels))
            WHEN 'all'::text THEN true
            WHEN 'closed'::text THEN (NOT c.is_open)
            ELSE false
        END);

COMMENT ON VIEW explore.v_clock IS 'Version 1. One row per run of an SLA clock of a case or an appeal. Settled at its stop when met, else at the moment it was missed.';

CREATE TABLE public.escalations_approval (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    about character varying(12) NOT NULL,
    about_id bigint NOT NULL,
    why character varying(12) NOT NULL,
    state character varying(9) NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    reason character varying(500) NOT NULL,
    answered_by_id bigint,
    asked_by_id bigint NOT NULL,
    case_id bigint NOT NULL,
    decision_id bigint,
    organization_id bigint NOT NULL,
    rule_id bigint,
    CONSTRAINT approval_answered_by_iff_answered CHECK ((((answered_by_id IS NOT NULL) AND ((state)::text = ANY ((ARRAY['approved'::character varying, 'refused'::character varying])::text[]))) OR ((NOT ((state)::text = ANY ((ARRAY['approved'::character varying, 'refused'::character varying])::text[]))) AND (answered_by_id IS NULL)))),
    CONSTRAINT approval_decision_iff_about_one CHECK (((((about)::text = 'decision'::text) AND (about_id = decision_id) AND (decision_id IS NOT NULL)) OR ((NOT ((about)::text = 'decision'::text)) AND (decision_id IS NULL)))),
    CONSTRAINT approval_ended_at_iff_not_open CHECK ((((ended_at IS NULL) AND ((state)::text = 'open'::text)) OR ((NOT ((state)::text = 'open'::text)) AND (ended_at IS NOT NULL)))),
    CONSTRAINT approval_expires_after_asking CHECK ((expires_at > asked_at)),
    CONSTRAINT approval_never_by_its_asker CHECK (((answered_by_id IS NULL) OR (NOT ((answered_by_id = asked_by_id) AND (answered_by_id IS NOT NULL))))),
    CONSTRAINT approval_refused_with_a_reason CHECK (((NOT ((state)::text = 'refused'::text)) OR (NOT ((reason)::text = ''::text)))),
    CONSTRAINT approval_rule_iff_a_rule_asked CHECK ((((rule_id IS NOT NULL) AND ((why)::text = 'rule'::text)) OR ((NOT ((why)::text = 'rule'::text)) AND (rule_id IS NULL))))
);

ALTER TABLE ONLY public.escalations_approval FORCE ROW LEVEL SECURITY;

CREATE VIEW explore.v_decision WITH (security_barrier='true') AS
 SELECT c.ref AS case_ref,
    o.slug AS organization,
    q.slug AS queue,
    c.severity,
    c.harm,
    c.language,
    c.market,
    d.state,
    d.verdict,
    p.key AS clause,
    p.family AS clause_family,
    v.number AS clause_version,
    d.confidence,
    NULLIF((d.deviation)::text, ''::text) AS deviation,
    ((d.departs_why)::text <> ''::text) AS departs_from_precedent,
    d.decided_at,
    d.hold_until,
    d.effective_at,
    d.undone_at,
    d.overturned_at,
    (d.supersedes_id IS NOT NULL) AS is_revision,
    (d.repeats_id IS NOT NULL) AS is_repeat,
    (d.gap_id IS NOT NULL) AS names_gap,
    (EXISTS ( SELECT
           FROM public.escalations_approval y
          WHERE (y.decision_id = d.id))) AS asked_second_person
   FROM (((((public.escalations_decision d
     JOIN public.escalations_case c ON ((c.id = d.case_id)))
     JOIN public.accounts_organization o ON ((o.id = c.organization_id)))
     JOIN public.escalations_queue q ON ((q.id = c.queue_id)))
     LEFT JOIN public.policies_policyversion v ON ((v.id = d.clause_id)))
     LEFT JOIN public.policies_policy p ON ((p.id = v.policy_id)))
  WHERE ((NOT c.is_sandbox) AND (c.is_practice_for_id IS NULL) AND ((c.compartments)::text[] <@ ( SELECT scope.labels
           FROM explore.scope() scope(reach, labels))) AND
        CASE ( SELECT scope.reach
               FROM explore.scope() scope(reach, labels))
            WHEN 'all'::text THEN true
            WHEN 'closed'::text THEN (NOT c.is_open)
            ELSE false
        END);

COMMENT ON VIEW explore.v_decision IS 'Version 1. One row per decision ever made on a case, taken back ones included: look at `state`. Who decided stands in no view.';

CREATE TABLE public.escalations_submission (
    id bigint NOT NULL,
    channel character varying(8) NOT NULL,
    idempotency_key character varying(255) NOT NULL,
    external_ref character varying(120) NOT NULL,
    is_sandbox boolean NOT NULL,
    payload jsonb NOT NULL,
    received_at timestamp with time zone NOT NULL,
    result character varying(8) NOT NULL,
    warnings jsonb NOT NULL,
    case_id bigint NOT NULL,
    key_id bigint,
    organization_id bigint NOT NULL,
    person_id bigint
);

ALTER TABLE ONLY public.escalations_submission FORCE ROW LEVEL SECURITY;

CREATE VIEW explore.v_vendor_submission WITH (security_barrier='true') AS
 SELECT o2.slug AS vendor,
    c.ref AS case_ref,
    s.channel,
    NULLIF((s.external_ref)::text, ''::text) AS external_ref,
    s.received_at,
    s.result,
    q.slug AS queue,
    c.severity,
    c.severity_claimed,
    c.harm,
    c.language,
    c.market,
    c.surface,
    c.status,
    NULLIF((c.resolution)::text, ''::text) AS resolution,
    c.closed_at,
    jsonb_array_length(s.warnings) AS warnings
   FROM ((((public.escalations_submission s
     JOIN public.accounts_organization o2 ON (((o2.id = s.organization_id) AND ((o2.kind)::text = 'vendor'::text))))
     JOIN public.escalations_case c ON ((c.id = s.case_id)))
     JOIN public.accounts_organization o ON ((o.id = c.organization_id)))
     JOIN public.escalations_queue q ON ((q.id = c.queue_id)))
  WHERE ((NOT s.is_sandbox) AND (NOT c.is_sandbox) AND (c.is_practice_for_id IS NULL) AND ((c.compartments)::text[] <@ ( SELECT scope.labels
           FROM explore.scope() scope(reach, labels))) AND
        CASE ( SELECT scope.reach
               FROM explore.scope() scope(reach, labels))
            WHEN 'all'::text THEN true
            WHEN 'closed'::text THEN (NOT c.is_open)
            ELSE false
        END);

COMMENT ON VIEW explore.v_vendor_submission IS 'Version 1. One row per submission of a vendor: what it made or joined, and what became of that case.';

CREATE TABLE public.account_emailaddress (
    id integer NOT NULL,
    email character varying(254) NOT NULL,
    verified boolean NOT NULL,
    "primary" boolean NOT NULL,
    user_id bigint NOT NULL
);

ALTER TABLE public.account_emailaddress ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.account_emailaddress_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.account_emailconfirmation (
    id integer NOT NULL,
    created timestamp with time zone NOT NULL,
    sent timestamp with time zone,
    key character varying(64) NOT NULL,
    email_address_id integer NOT NULL
);

ALTER TABLE public.account_emailconfirmation ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.account_emailconfirmation_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.accounts_clearance (
    id bigint NOT NULL,
    compartment character varying(32) NOT NULL,
    granted_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    granted_by_id bigint,
    user_id bigint NOT NULL,
    CONSTRAINT clearance_ends_after_it_starts CHECK ((expires_at > granted_at)),
    CONSTRAINT clearance_not_to_oneself CHECK ((NOT ((granted_by_id = user_id) AND (granted_by_id IS NOT NULL))))
);

ALTER TABLE public.accounts_clearance ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.accounts_clearance_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.accounts_idempotencyrecord (
    id bigint NOT NULL,
    route character varying(80) NOT NULL,
    key character varying(255) NOT NULL,
    body_sha256 character varying(64) NOT NULL,
    status smallint NOT NULL,
    answer bytea NOT NULL,
    created_at timestamp with time zone NOT NULL,
    organization_id bigint NOT NULL,
    service_key_id bigint NOT NULL,
    CONSTRAINT accounts_idempotencyrecord_status_check CHECK ((status >= 0))
);

ALTER TABLE ONLY public.accounts_idempotencyrecord FORCE ROW LEVEL SECURITY;

ALTER TABLE public.accounts_idempotencyrecord ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.accounts_idempotencyrecord_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.accounts_membership (
    id bigint NOT NULL,
    is_lead boolean NOT NULL,
    user_id bigint NOT NULL,
    team_id bigint NOT NULL
);

ALTER TABLE public.accounts_membership ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.accounts_membership_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

ALTER TABLE public.accounts_organization ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.accounts_organization_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.accounts_ratewindow (
    id bigint NOT NULL,
    subject character varying(80) NOT NULL,
    window_at timestamp with time zone NOT NULL,
    count integer NOT NULL,
    shard smallint NOT NULL,
    CONSTRAINT accounts_ratewindow_count_check CHECK ((count >= 0)),
    CONSTRAINT accounts_ratewindow_shard_check CHECK ((shard >= 0))
);

ALTER TABLE public.accounts_ratewindow ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.accounts_ratewindow_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.accounts_rolegrant (
    id bigint NOT NULL,
    role character varying(2) NOT NULL,
    granted_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone,
    granted_by_id bigint,
    user_id bigint NOT NULL,
    CONSTRAINT role_grant_not_a_key_role CHECK ((NOT ((role)::text = ANY ((ARRAY['TV'::character varying, 'TI'::character varying])::text[])))),
    CONSTRAINT role_grant_not_to_oneself CHECK ((NOT ((granted_by_id = user_id) AND (granted_by_id IS NOT NULL))))
);

ALTER TABLE public.accounts_rolegrant ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.accounts_rolegrant_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.accounts_servicekey (
    id bigint NOT NULL,
    name character varying(80) NOT NULL,
    prefix character varying(16) NOT NULL,
    secret_sha256 character varying(64) NOT NULL,
    sandbox_secret text NOT NULL,
    is_sandbox boolean NOT NULL,
    scopes character varying(40)[] NOT NULL,
    allowed_networks character varying(43)[] NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone,
    revoked_at timestamp with time zone,
    last_used_at timestamp with time zone,
    created_by_id bigint,
    organization_id bigint NOT NULL,
    replaces_id bigint,
    CONSTRAINT service_key_live_secret_not_kept CHECK ((is_sandbox OR (sandbox_secret = ''::text)))
);

ALTER TABLE public.accounts_servicekey ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.accounts_servicekey_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.accounts_skill (
    id bigint NOT NULL,
    kind character varying(8) NOT NULL,
    value character varying(40) NOT NULL,
    level smallint NOT NULL,
    certified_until_on date,
    user_id bigint NOT NULL,
    CONSTRAINT accounts_skill_level_check CHECK ((level >= 0)),
    CONSTRAINT skill_level_1_to_5 CHECK (((level >= 1) AND (level <= 5)))
);

ALTER TABLE public.accounts_skill ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.accounts_skill_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

ALTER TABLE public.accounts_team ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.accounts_team_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.accounts_user (
    id bigint NOT NULL,
    password character varying(128) NOT NULL,
    last_login timestamp with time zone,
    email character varying(254) NOT NULL,
    display_name character varying(80) NOT NULL,
    outward_alias character varying(80) NOT NULL,
    is_active boolean NOT NULL,
    time_zone character varying(64) NOT NULL,
    locale character varying(10) NOT NULL,
    theme character varying(8) NOT NULL,
    density character varying(8) NOT NULL,
    font_px smallint NOT NULL,
    hour12 boolean NOT NULL,
    week_starts_on smallint NOT NULL,
    reduce_motion boolean NOT NULL,
    key_settings jsonb NOT NULL,
    display_settings jsonb NOT NULL,
    shield_settings jsonb NOT NULL,
    harm_opt_outs character varying(40)[] NOT NULL,
    auto_advance character varying(12) NOT NULL,
    undo_s smallint NOT NULL,
    practice_state jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    organization_id bigint NOT NULL,
    holidays_country character varying(2) DEFAULT ''::character varying NOT NULL,
    working_hours jsonb DEFAULT '{}'::jsonb NOT NULL,
    CONSTRAINT accounts_user_font_px_check CHECK ((font_px >= 0)),
    CONSTRAINT accounts_user_undo_s_check CHECK ((undo_s >= 0)),
    CONSTRAINT accounts_user_week_starts_on_check CHECK ((week_starts_on >= 0)),
    CONSTRAINT user_font_px_13_to_18 CHECK (((font_px >= 13) AND (font_px <= 18))),
    CONSTRAINT user_undo_s_10_30_60 CHECK ((undo_s = ANY (ARRAY[10, 30, 60]))),
    CONSTRAINT user_week_starts_on_day CHECK (((week_starts_on >= 0) AND (week_starts_on <= 6)))
);

ALTER TABLE public.accounts_user ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.accounts_user_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.audit_accessrecord (
    id bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    what character varying(64) NOT NULL,
    subject_type character varying(64) NOT NULL,
    subject_id bigint,
    subject_ref character varying(64) NOT NULL,
    actor_kind character varying(8) NOT NULL,
    actor_id bigint,
    actor_label character varying(200) NOT NULL,
    organization_id bigint NOT NULL,
    reason character varying(500) NOT NULL,
    request_id character varying(64) NOT NULL,
    data jsonb NOT NULL,
    transaction bigint DEFAULT public.app_transaction() NOT NULL
);

ALTER TABLE ONLY public.audit_accessrecord FORCE ROW LEVEL SECURITY;

ALTER TABLE public.audit_accessrecord ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.audit_accessrecord_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.audit_canaryrun (
    id bigint NOT NULL,
    due_at timestamp with time zone NOT NULL,
    fired_at timestamp with time zone,
    arrived_at timestamp with time zone
);

ALTER TABLE public.audit_canaryrun ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.audit_canaryrun_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.audit_clockguard (
    id bigint NOT NULL,
    latest_at timestamp with time zone NOT NULL,
    suspect_until timestamp with time zone,
    reason character varying(300) NOT NULL,
    CONSTRAINT clock_guard_is_one_row CHECK ((id = 1))
);

ALTER TABLE public.audit_clockguard ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.audit_clockguard_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.audit_enginebeat (
    id bigint NOT NULL,
    engine character varying(64) NOT NULL,
    lane character varying(32) NOT NULL,
    at timestamp with time zone NOT NULL,
    host_ahead_s double precision
);

ALTER TABLE public.audit_enginebeat ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.audit_enginebeat_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.audit_event (
    id bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    recorded_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    kind character varying(64) NOT NULL,
    subject_type character varying(64) NOT NULL,
    subject_id bigint NOT NULL,
    subject_ref character varying(64) NOT NULL,
    actor_kind character varying(8) NOT NULL,
    actor_id bigint,
    actor_label character varying(200) NOT NULL,
    organization_id bigint NOT NULL,
    compartments character varying(32)[] NOT NULL,
    request_id character varying(64) NOT NULL,
    transaction bigint DEFAULT public.app_transaction() NOT NULL,
    data jsonb NOT NULL
);

ALTER TABLE ONLY public.audit_event FORCE ROW LEVEL SECURITY;

ALTER TABLE public.audit_event ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.audit_event_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.audit_incident (
    id bigint NOT NULL,
    check_name character varying(48) NOT NULL,
    subject character varying(64) NOT NULL,
    detail character varying(300) NOT NULL,
    found_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    seen_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    ended_at timestamp with time zone,
    told_at timestamp with time zone
);

ALTER TABLE public.audit_incident ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.audit_incident_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.audit_logblock (
    id bigint NOT NULL,
    log character varying(16) NOT NULL,
    number bigint NOT NULL,
    from_transaction bigint NOT NULL,
    to_transaction bigint NOT NULL,
    ids bigint[] NOT NULL,
    leaves bytea NOT NULL,
    root bytea NOT NULL,
    previous bytea NOT NULL,
    sealed_at timestamp with time zone NOT NULL,
    digest bytea NOT NULL,
    CONSTRAINT log_block_has_a_range CHECK ((from_transaction < to_transaction))
);

ALTER TABLE public.audit_logblock ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.audit_logblock_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.audit_logcopy (
    id bigint NOT NULL,
    witness character varying(300) NOT NULL,
    next_at timestamp with time zone DEFAULT statement_timestamp(),
    delivered_at timestamp with time zone,
    attempts integer NOT NULL,
    last_error character varying(500) NOT NULL,
    head_id bigint NOT NULL,
    CONSTRAINT audit_logcopy_attempts_check CHECK ((attempts >= 0))
);

ALTER TABLE public.audit_logcopy ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.audit_logcopy_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.audit_loghead (
    id bigint NOT NULL,
    log character varying(16) NOT NULL,
    block bigint NOT NULL,
    digest bytea NOT NULL,
    site character varying(200) NOT NULL,
    signed_at timestamp with time zone NOT NULL,
    key character varying(16) NOT NULL,
    signature bytea NOT NULL
);

ALTER TABLE public.audit_loghead ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.audit_loghead_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.audit_maintenance (
    id bigint NOT NULL,
    starts_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    reason character varying(300) NOT NULL,
    actor_label character varying(200) NOT NULL,
    CONSTRAINT maintenance_at_most_30_minutes CHECK (((ends_at > starts_at) AND (ends_at <= (starts_at + '00:30:00'::interval)))),
    CONSTRAINT maintenance_has_a_reason CHECK ((NOT ((reason)::text = ''::text)))
);

ALTER TABLE public.audit_maintenance ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.audit_maintenance_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.audit_outboxmessage (
    id bigint NOT NULL,
    listener character varying(64) NOT NULL,
    state character varying(12) NOT NULL,
    attempts smallint NOT NULL,
    next_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    last_error character varying(500) NOT NULL,
    organization_id bigint NOT NULL,
    event_id bigint NOT NULL,
    CONSTRAINT audit_outboxmessage_attempts_check CHECK ((attempts >= 0))
)
WITH (autovacuum_vacuum_scale_factor='0.01');

ALTER TABLE ONLY public.audit_outboxmessage FORCE ROW LEVEL SECURITY;

ALTER TABLE public.audit_outboxmessage ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.audit_outboxmessage_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.audit_schedule (
    id bigint NOT NULL,
    name character varying(64) NOT NULL,
    every_s integer NOT NULL,
    next_at timestamp with time zone NOT NULL,
    last_run_at timestamp with time zone,
    last_error character varying(500) NOT NULL,
    slot_at timestamp with time zone,
    CONSTRAINT audit_schedule_every_s_check CHECK ((every_s >= 0))
);

ALTER TABLE public.audit_schedule ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.audit_schedule_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.audit_schedulerun (
    id bigint NOT NULL,
    name character varying(64) NOT NULL,
    slot_at timestamp with time zone NOT NULL,
    ran_at timestamp with time zone NOT NULL
);

ALTER TABLE public.audit_schedulerun ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.audit_schedulerun_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.auth_group (
    id integer NOT NULL,
    name character varying(150) NOT NULL
);

ALTER TABLE public.auth_group ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.auth_group_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.auth_group_permissions (
    id bigint NOT NULL,
    group_id integer NOT NULL,
    permission_id integer NOT NULL
);

ALTER TABLE public.auth_group_permissions ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.auth_group_permissions_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.auth_permission (
    id integer NOT NULL,
    name character varying(255) NOT NULL,
    content_type_id integer NOT NULL,
    codename character varying(100) NOT NULL
);

ALTER TABLE public.auth_permission ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.auth_permission_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.axes_accessattempt (
    id integer NOT NULL,
    user_agent character varying(255) NOT NULL,
    ip_address inet,
    username character varying(255),
    http_accept character varying(1025) NOT NULL,
    path_info character varying(255) NOT NULL,
    attempt_time timestamp with time zone NOT NULL,
    get_data text NOT NULL,
    post_data text NOT NULL,
    failures_since_start integer NOT NULL,
    CONSTRAINT axes_accessattempt_failures_since_start_check CHECK ((failures_since_start >= 0))
);

ALTER TABLE public.axes_accessattempt ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.axes_accessattempt_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.axes_accessattemptexpiration (
    access_attempt_id integer NOT NULL,
    expires_at timestamp with time zone NOT NULL
);

CREATE TABLE public.axes_accessfailurelog (
    id integer NOT NULL,
    user_agent character varying(255) NOT NULL,
    ip_address inet,
    username character varying(255),
    http_accept character varying(1025) NOT NULL,
    path_info character varying(255) NOT NULL,
    attempt_time timestamp with time zone NOT NULL,
    locked_out boolean NOT NULL
);

ALTER TABLE public.axes_accessfailurelog ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.axes_accessfailurelog_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.axes_accesslog (
    id integer NOT NULL,
    user_agent character varying(255) NOT NULL,
    ip_address inet,
    username character varying(255),
    http_accept character varying(1025) NOT NULL,
    path_info character varying(255) NOT NULL,
    attempt_time timestamp with time zone NOT NULL,
    logout_time timestamp with time zone,
    session_hash character varying(64) NOT NULL
);

ALTER TABLE public.axes_accesslog ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.axes_accesslog_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.cache_entry (
    cache_key character varying(255) NOT NULL,
    value text NOT NULL,
    expires timestamp with time zone NOT NULL
);

CREATE TABLE public.django_content_type (
    id integer NOT NULL,
    app_label character varying(100) NOT NULL,
    model character varying(100) NOT NULL
);

ALTER TABLE public.django_content_type ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.django_content_type_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.django_migrations (
    id bigint NOT NULL,
    app character varying(255) NOT NULL,
    name character varying(255) NOT NULL,
    applied timestamp with time zone NOT NULL
);

ALTER TABLE public.django_migrations ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.django_migrations_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.django_session (
    session_key character varying(40) NOT NULL,
    session_data text NOT NULL,
    expire_date timestamp with time zone NOT NULL
);

ALTER TABLE public.escalations_appeal ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.escalations_appeal_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.escalations_appealmessage (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    direction character varying(3) NOT NULL,
    body text NOT NULL,
    language character varying(12) NOT NULL,
    at timestamp with time zone NOT NULL,
    appeal_id bigint NOT NULL,
    by_id bigint,
    by_key_id bigint,
    case_id bigint NOT NULL,
    organization_id bigint NOT NULL,
    CONSTRAINT appeal_message_says_something CHECK ((NOT (body = ''::text)))
);

ALTER TABLE ONLY public.escalations_appealmessage FORCE ROW LEVEL SECURITY;

ALTER TABLE public.escalations_appealmessage ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.escalations_appealmessage_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

ALTER TABLE public.escalations_approval ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.escalations_approval_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.escalations_approvalrule (
    id bigint NOT NULL,
    "position" smallint NOT NULL,
    name character varying(80) NOT NULL,
    verdicts character varying(17)[] NOT NULL,
    actions character varying(20)[] NOT NULL,
    worst_severity smallint,
    is_high_profile boolean NOT NULL,
    is_legal_hold boolean NOT NULL,
    count_over integer,
    roles character varying(2)[] NOT NULL,
    expires_s integer NOT NULL,
    version_id bigint NOT NULL,
    CONSTRAINT approval_rule_expires_within_a_week CHECK (((expires_s >= 300) AND (expires_s <= 604800))),
    CONSTRAINT approval_rule_names_something CHECK ((NOT ((actions = '{}'::character varying(20)[]) AND (count_over IS NULL) AND (NOT is_high_profile) AND (NOT is_legal_hold) AND (verdicts = '{}'::character varying(17)[]) AND (worst_severity IS NULL)))),
    CONSTRAINT escalations_approvalrule_count_over_check CHECK ((count_over >= 0)),
    CONSTRAINT escalations_approvalrule_expires_s_check CHECK ((expires_s >= 0)),
    CONSTRAINT escalations_approvalrule_position_check CHECK (("position" >= 0)),
    CONSTRAINT escalations_approvalrule_worst_severity_check CHECK ((worst_severity >= 0))
);

ALTER TABLE public.escalations_approvalrule ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.escalations_approvalrule_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.escalations_approvalrulesversion (
    id bigint NOT NULL,
    number integer NOT NULL,
    published_at timestamp with time zone NOT NULL,
    note character varying(300) NOT NULL,
    published_by_id bigint,
    CONSTRAINT escalations_approvalrulesversion_number_check CHECK ((number >= 0))
);

ALTER TABLE public.escalations_approvalrulesversion ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.escalations_approvalrulesversion_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.escalations_askversion (
    id bigint NOT NULL,
    number smallint NOT NULL,
    text text NOT NULL,
    written_at timestamp with time zone NOT NULL,
    reason character varying(300) NOT NULL,
    case_id bigint NOT NULL,
    organization_id bigint NOT NULL,
    written_by_id bigint,
    CONSTRAINT ask_version_edit_has_a_reason CHECK (((number = 1) OR (NOT ((reason)::text = ''::text)))),
    CONSTRAINT escalations_askversion_number_check CHECK ((number >= 0))
);

ALTER TABLE ONLY public.escalations_askversion FORCE ROW LEVEL SECURITY;

ALTER TABLE public.escalations_askversion ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.escalations_askversion_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.escalations_batchrow (
    id bigint NOT NULL,
    number integer NOT NULL,
    row_key character varying(120) NOT NULL,
    title character varying(200) NOT NULL,
    payload jsonb NOT NULL,
    state character varying(9) NOT NULL,
    problems jsonb NOT NULL,
    warnings jsonb NOT NULL,
    ref character varying(16) NOT NULL,
    case_id bigint,
    organization_id bigint NOT NULL,
    batch_id bigint NOT NULL,
    CONSTRAINT batch_row_case_iff_sent CHECK ((((case_id IS NOT NULL) AND ((state)::text = ANY ((ARRAY['sent'::character varying, 'withdrawn'::character varying, 'kept'::character varying])::text[]))) OR ((NOT ((state)::text = ANY ((ARRAY['sent'::character varying, 'withdrawn'::character varying, 'kept'::character varying])::text[]))) AND (case_id IS NULL)))),
    CONSTRAINT escalations_batchrow_number_check CHECK ((number >= 0))
);

ALTER TABLE ONLY public.escalations_batchrow FORCE ROW LEVEL SECURITY;

ALTER TABLE public.escalations_batchrow ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.escalations_batchrow_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.escalations_blob (
    id bigint NOT NULL,
    sha256 character varying(64) NOT NULL,
    size bigint NOT NULL,
    media_type character varying(100) NOT NULL,
    width integer,
    height integer,
    tile_rgb character varying(7) NOT NULL,
    perceptual_hash character varying(64) NOT NULL,
    blurred_sha256 character varying(64) NOT NULL,
    preview_state character varying(8) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT escalations_blob_height_check CHECK ((height >= 0)),
    CONSTRAINT escalations_blob_width_check CHECK ((width >= 0))
);

ALTER TABLE public.escalations_blob ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.escalations_blob_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.escalations_bulkact (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    act character varying(12) NOT NULL,
    "values" jsonb NOT NULL,
    said jsonb NOT NULL,
    label character varying(200) NOT NULL,
    note character varying(300) NOT NULL,
    state character varying(9) NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    needs_answer boolean NOT NULL,
    expires_at timestamp with time zone,
    answered_at timestamp with time zone,
    reason character varying(300) NOT NULL,
    total integer NOT NULL,
    done integer NOT NULL,
    left_out integer NOT NULL,
    undone integer NOT NULL,
    started_at timestamp with time zone,
    ended_at timestamp with time zone,
    hold_until timestamp with time zone,
    answered_by_id bigint,
    asked_by_id bigint NOT NULL,
    organization_id bigint NOT NULL,
    rule_id bigint,
    CONSTRAINT bulk_answered_whole CHECK ((((answered_at IS NULL) AND (answered_by_id IS NULL)) OR ((answered_at IS NOT NULL) AND (answered_by_id IS NOT NULL)))),
    CONSTRAINT bulk_counts_no_more_than_there_are CHECK (((done >= undone) AND (total >= (done + left_out)))),
    CONSTRAINT bulk_ended_at_iff_it_did CHECK ((((ended_at IS NULL) AND ((state)::text = ANY ((ARRAY['asked'::character varying, 'running'::character varying])::text[]))) OR ((NOT ((state)::text = ANY ((ARRAY['asked'::character varying, 'running'::character varying])::text[]))) AND (ended_at IS NOT NULL)))),
    CONSTRAINT bulk_expires_iff_it_asks CHECK ((((expires_at IS NULL) AND (NOT needs_answer)) OR ((expires_at > asked_at) AND needs_answer))),
    CONSTRAINT bulk_never_by_its_asker CHECK (((answered_by_id IS NULL) OR (NOT ((answered_by_id = asked_by_id) AND (answered_by_id IS NOT NULL))))),
    CONSTRAINT bulk_refused_with_a_reason CHECK (((NOT ((state)::text = 'refused'::text)) OR (NOT ((reason)::text = ''::text)))),
    CONSTRAINT bulk_runs_once_answered CHECK (((NOT needs_answer) OR ((state)::text = ANY ((ARRAY['asked'::character varying, 'expired'::character varying, 'withdrawn'::character varying])::text[])) OR (answered_by_id IS NOT NULL))),
    CONSTRAINT escalations_bulkact_done_check CHECK ((done >= 0)),
    CONSTRAINT escalations_bulkact_left_out_check CHECK ((left_out >= 0)),
    CONSTRAINT escalations_bulkact_total_check CHECK ((total >= 0)),
    CONSTRAINT escalations_bulkact_undone_check CHECK ((undone >= 0))
);

ALTER TABLE ONLY public.escalations_bulkact FORCE ROW LEVEL SECURITY;

ALTER TABLE public.escalations_bulkact ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.escalations_bulkact_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.escalations_bulkrow (
    id bigint NOT NULL,
    state character varying(8) NOT NULL,
    why character varying(300) NOT NULL,
    action character varying(32) NOT NULL,
    step jsonb NOT NULL,
    ended_at timestamp with time zone,
    bulk_id bigint NOT NULL,
    case_id bigint NOT NULL,
    organization_id bigint NOT NULL,
    CONSTRAINT bulk_row_ended_at_iff_it_did CHECK ((((ended_at IS NULL) AND ((state)::text = 'waiting'::text)) OR ((NOT ((state)::text = 'waiting'::text)) AND (ended_at IS NOT NULL)))),
    CONSTRAINT bulk_row_left_out_for_a_reason CHECK (((NOT ((state)::text = ANY ((ARRAY['left_out'::character varying, 'kept'::character varying])::text[]))) OR (NOT ((why)::text = ''::text))))
);

ALTER TABLE ONLY public.escalations_bulkrow FORCE ROW LEVEL SECURITY;

ALTER TABLE public.escalations_bulkrow ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.escalations_bulkrow_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

ALTER TABLE public.escalations_case ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.escalations_case_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.escalations_caseentity (
    id bigint NOT NULL,
    role character varying(10) NOT NULL,
    reported jsonb NOT NULL,
    added_at timestamp with time zone NOT NULL,
    case_id bigint NOT NULL,
    organization_id bigint NOT NULL,
    entity_id bigint NOT NULL,
    is_verified boolean
);

ALTER TABLE ONLY public.escalations_caseentity FORCE ROW LEVEL SECURITY;

ALTER TABLE public.escalations_caseentity ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.escalations_caseentity_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.escalations_casehold (
    id bigint NOT NULL,
    basis character varying(300) NOT NULL,
    set_at timestamp with time zone NOT NULL,
    release_reason character varying(300) NOT NULL,
    release_asked_at timestamp with time zone,
    released_at timestamp with time zone,
    case_id bigint NOT NULL,
    organization_id bigint NOT NULL,
    release_asked_by_id bigint,
    released_by_id bigint,
    set_by_id bigint,
    CONSTRAINT case_hold_release_asked_whole CHECK ((((release_asked_at IS NULL) AND (release_asked_by_id IS NULL) AND ((release_reason)::text = ''::text)) OR ((release_asked_at IS NOT NULL) AND (release_asked_by_id IS NOT NULL) AND (NOT ((release_reason)::text = ''::text))))),
    CONSTRAINT case_hold_released_after_it_was_asked CHECK ((((released_at IS NULL) AND (released_by_id IS NULL)) OR ((release_asked_by_id IS NOT NULL) AND (released_at IS NOT NULL) AND (released_by_id IS NOT NULL)))),
    CONSTRAINT case_hold_released_by_a_second_person CHECK (((released_by_id IS NULL) OR (NOT ((released_by_id = release_asked_by_id) AND (released_by_id IS NOT NULL) AND (release_asked_by_id IS NOT NULL)))))
);

ALTER TABLE ONLY public.escalations_casehold FORCE ROW LEVEL SECURITY;

ALTER TABLE public.escalations_casehold ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.escalations_casehold_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.escalations_casetag (
    id bigint NOT NULL,
    added_at timestamp with time zone NOT NULL,
    case_id bigint NOT NULL,
    organization_id bigint NOT NULL,
    tag_id bigint NOT NULL
);

ALTER TABLE ONLY public.escalations_casetag FORCE ROW LEVEL SECURITY;

ALTER TABLE public.escalations_casetag ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.escalations_casetag_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.escalations_clustermove (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    before jsonb NOT NULL,
    merged_at timestamp with time zone NOT NULL,
    unmerged_at timestamp with time zone,
    case_id bigint NOT NULL,
    merged_by_id bigint,
    organization_id bigint NOT NULL,
    parent_id bigint NOT NULL,
    unmerged_by_id bigint
);

ALTER TABLE ONLY public.escalations_clustermove FORCE ROW LEVEL SECURITY;

ALTER TABLE public.escalations_clustermove ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.escalations_clustermove_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.escalations_comment (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    audience character varying(10) NOT NULL,
    body text NOT NULL,
    is_from_submitter boolean NOT NULL,
    language character varying(12) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    visible_at timestamp with time zone NOT NULL,
    retracted_at timestamp with time zone,
    author_id bigint,
    author_key_id bigint,
    case_id bigint NOT NULL,
    organization_id bigint NOT NULL,
    template_version_id bigint,
    CONSTRAINT comment_one_author CHECK (((author_id IS NULL) OR (author_key_id IS NULL)))
);

ALTER TABLE ONLY public.escalations_comment FORCE ROW LEVEL SECURITY;

ALTER TABLE public.escalations_comment ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.escalations_comment_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.escalations_contestedclause (
    id bigint NOT NULL,
    share smallint NOT NULL,
    why character varying(300) NOT NULL,
    set_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    ended_by_id bigint,
    policy_id bigint NOT NULL,
    set_by_id bigint NOT NULL,
    CONSTRAINT contested_clause_ended_by_somebody CHECK ((((ended_at IS NULL) AND (ended_by_id IS NULL)) OR ((ended_at IS NOT NULL) AND (ended_by_id IS NOT NULL)))),
    CONSTRAINT contested_clause_for_a_reason CHECK ((NOT ((why)::text = ''::text))),
    CONSTRAINT contested_clause_share_in_percent CHECK (((share >= 1) AND (share <= 100))),
    CONSTRAINT escalations_contestedclause_share_check CHECK ((share >= 0))
);

ALTER TABLE public.escalations_contestedclause ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.escalations_contestedclause_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.escalations_decision_cites (
    id bigint NOT NULL,
    from_decision_id bigint NOT NULL,
    to_decision_id bigint NOT NULL
);

ALTER TABLE public.escalations_decision_cites ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.escalations_decision_cites_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

ALTER TABLE public.escalations_decision ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.escalations_decision_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.escalations_decision_secondary_clauses (
    id bigint NOT NULL,
    decision_id bigint NOT NULL,
    policyversion_id bigint CONSTRAINT escalations_decision_secondary_clause_policyversion_id_not_null NOT NULL
);

ALTER TABLE public.escalations_decision_secondary_clauses ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.escalations_decision_secondary_clauses_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.escalations_dispute (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    rejected_at timestamp with time zone NOT NULL,
    reason character varying(20) NOT NULL,
    text text NOT NULL,
    filed_at timestamp with time zone NOT NULL,
    state character varying(9) NOT NULL,
    answer text NOT NULL,
    decided_at timestamp with time zone,
    case_id bigint NOT NULL,
    decided_by_id bigint,
    filed_by_id bigint,
    filed_by_key_id bigint,
    organization_id bigint NOT NULL,
    rejected_by_id bigint,
    CONSTRAINT dispute_decided_by_somebody_else CHECK (((decided_by_id IS NULL) OR (rejected_by_id IS NULL) OR (NOT ((decided_by_id = rejected_by_id) AND (decided_by_id IS NOT NULL) AND (rejected_by_id IS NOT NULL))))),
    CONSTRAINT dispute_decided_by_somebody_with_an_answer CHECK ((((decided_at IS NULL) AND (decided_by_id IS NULL) AND ((state)::text = 'open'::text)) OR ((NOT ((state)::text = 'open'::text)) AND (decided_at IS NOT NULL) AND (decided_by_id IS NOT NULL) AND (NOT (answer = ''::text)))))
);

ALTER TABLE ONLY public.escalations_dispute FORCE ROW LEVEL SECURITY;

ALTER TABLE public.escalations_dispute ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.escalations_dispute_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.escalations_draft (
    id bigint NOT NULL,
    kind character varying(8) NOT NULL,
    data jsonb NOT NULL,
    saved_at timestamp with time zone NOT NULL,
    case_id bigint NOT NULL,
    organization_id bigint NOT NULL,
    user_id bigint NOT NULL
);

ALTER TABLE ONLY public.escalations_draft FORCE ROW LEVEL SECURITY;

ALTER TABLE public.escalations_draft ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.escalations_draft_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.escalations_enforcementaction (
    id bigint NOT NULL,
    attempts smallint NOT NULL,
    next_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    lease_until timestamp with time zone,
    holder character varying(64) NOT NULL,
    fence bigint NOT NULL,
    last_error character varying(500) NOT NULL,
    public_id uuid NOT NULL,
    key character varying(80) NOT NULL,
    state character varying(9) NOT NULL,
    queued_at timestamp with time zone NOT NULL,
    started_at timestamp with time zone,
    sent_at timestamp with time zone,
    answer_due_at timestamp with time zone,
    settled_at timestamp with time zone,
    foreign_id character varying(200) NOT NULL,
    refusal character varying(500) NOT NULL,
    resolved_why character varying(300) NOT NULL,
    closed_over_at timestamp with time zone,
    closed_over_why character varying(300) NOT NULL,
    source character varying(10) NOT NULL,
    type character varying(20) NOT NULL,
    markets character varying(2)[] NOT NULL,
    days smallint,
    ends_at timestamp with time zone,
    remind_at timestamp with time zone,
    ended_at timestamp with time zone,
    ended_why character varying(8) NOT NULL,
    served_s integer,
    reason character varying(300) NOT NULL,
    asked_by_id bigint,
    case_id bigint NOT NULL,
    closed_over_by_id bigint,
    decision_id bigint,
    entity_id bigint NOT NULL,
    organization_id bigint NOT NULL,
    resolved_by_id bigint,
    reverses_id bigint,
    tells_id bigint,
    CONSTRAINT enforcement_days_have_an_end CHECK (((days IS NULL) OR ((days >= 1) AND (ends_at IS NOT NULL)))),
    CONSTRAINT enforcement_ended_for_a_reason CHECK ((((ended_at IS NULL) AND ((ended_why)::text = ''::text)) OR ((ended_at IS NOT NULL) AND (NOT ((ended_why)::text = ''::text))))),
    CONSTRAINT enforcement_is_something_to_do CHECK ((NOT ((type)::text = ANY ((ARRAY['strike'::character varying, 'no_action'::character varying])::text[])))),
    CONSTRAINT enforcement_mitigation_ends_and_says_why CHECK (((NOT ((source)::text = 'mitigation'::text)) OR ((asked_by_id IS NOT NULL) AND (decision_id IS NULL) AND (ends_at IS NOT NULL) AND (NOT ((reason)::text = ''::text))))),
    CONSTRAINT enforcement_of_a_decision CHECK (((NOT ((source)::text = ANY ((ARRAY['decision'::character varying, 'threshold'::character varying])::text[]))) OR (decision_id IS NOT NULL))),
    CONSTRAINT enforcement_reverses_another CHECK (((reverses_id IS NULL) OR (NOT ((reverses_id = id) AND (reverses_id IS NOT NULL))))),
    CONSTRAINT enforcement_reverses_iff_it_lifts CHECK ((((reverses_id IS NOT NULL) AND ((source)::text = ANY ((ARRAY['reversal'::character varying, 'end'::character varying])::text[]))) OR ((NOT ((source)::text = ANY ((ARRAY['reversal'::character varying, 'end'::character varying])::text[]))) AND (reverses_id IS NULL)))),
    CONSTRAINT enforcement_served_of_what_it_lifts CHECK (((served_s IS NULL) OR (reverses_id IS NOT NULL))),
    CONSTRAINT enforcement_tells_iff_of_an_appeal CHECK (((((source)::text = 'appeal'::text) AND (tells_id IS NOT NULL) AND ((type)::text = 'message'::text)) OR ((NOT ((source)::text = 'appeal'::text)) AND (tells_id IS NULL)))),
    CONSTRAINT enforcementaction_accepted_under_a_foreign_id CHECK (((NOT ((state)::text = 'accepted'::text)) OR (NOT ((foreign_id)::text = ''::text)))),
    CONSTRAINT enforcementaction_closed_over_with_a_reason CHECK ((((closed_over_at IS NULL) AND (closed_over_by_id IS NULL) AND ((closed_over_why)::text = ''::text)) OR ((closed_over_at IS NOT NULL) AND (closed_over_by_id IS NOT NULL) AND (NOT ((closed_over_why)::text = ''::text))))),
    CONSTRAINT enforcementaction_lease_iff_sending CHECK ((((lease_until IS NOT NULL) AND ((state)::text = 'sending'::text)) OR ((NOT ((state)::text = 'sending'::text)) AND (lease_until IS NULL)))),
    CONSTRAINT enforcementaction_refused_for_a_reason CHECK (((NOT ((state)::text = 'refused'::text)) OR (NOT ((refusal)::text = ''::text)))),
    CONSTRAINT enforcementaction_resolved_by_a_person_who_said_why CHECK ((((resolved_by_id IS NULL) AND ((resolved_why)::text = ''::text)) OR ((resolved_by_id IS NOT NULL) AND (NOT ((resolved_why)::text = ''::text))))),
    CONSTRAINT enforcementaction_settled_at_iff_settled CHECK ((((settled_at IS NOT NULL) AND ((state)::text = ANY ((ARRAY['accepted'::character varying, 'refused'::character varying, 'ambiguous'::character varying, 'cancelled'::character varying])::text[]))) OR ((NOT ((state)::text = ANY ((ARRAY['accepted'::character varying, 'refused'::character varying, 'ambiguous'::character varying, 'cancelled'::character varying])::text[]))) AND (settled_at IS NULL)))),
    CONSTRAINT enforcementaction_word_is_due_iff_sent CHECK ((((answer_due_at IS NOT NULL) AND (sent_at IS NOT NULL) AND ((state)::text = 'sent'::text)) OR ((NOT ((state)::text = 'sent'::text)) AND (answer_due_at IS NULL)))),
    CONSTRAINT escalations_enforcementaction_attempts_check CHECK ((attempts >= 0)),
    CONSTRAINT escalations_enforcementaction_days_check CHECK ((days >= 0)),
    CONSTRAINT escalations_enforcementaction_served_s_check CHECK ((served_s >= 0))
);

ALTER TABLE ONLY public.escalations_enforcementaction FORCE ROW LEVEL SECURITY;

ALTER TABLE public.escalations_enforcementaction ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.escalations_enforcementaction_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.escalations_entity (
    id bigint NOT NULL,
    platform character varying(60) NOT NULL,
    kind character varying(20) NOT NULL,
    key character varying(300) NOT NULL,
    label character varying(300) NOT NULL,
    url character varying(2000) NOT NULL,
    facts jsonb NOT NULL,
    first_seen_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY public.escalations_entity FORCE ROW LEVEL SECURITY;

ALTER TABLE public.escalations_entity ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.escalations_entity_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.escalations_evidence (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    number smallint NOT NULL,
    kind character varying(4) NOT NULL,
    sha256 character varying(64) NOT NULL,
    name character varying(200) NOT NULL,
    text text NOT NULL,
    language character varying(12) NOT NULL,
    original_url character varying(2000) NOT NULL,
    captured_at timestamp with time zone,
    note character varying(500) NOT NULL,
    graphic_tier smallint,
    state character varying(11) NOT NULL,
    added_at timestamp with time zone NOT NULL,
    is_internal boolean NOT NULL,
    added_by_id bigint,
    added_by_key_id bigint,
    blob_id bigint,
    case_id bigint NOT NULL,
    corrects_id bigint,
    organization_id bigint NOT NULL,
    original_seen_at timestamp with time zone,
    original_seen_by_id bigint,
    original_state character varying(7) DEFAULT ''::character varying NOT NULL,
    CONSTRAINT escalations_evidence_graphic_tier_check CHECK ((graphic_tier >= 0)),
    CONSTRAINT escalations_evidence_number_check CHECK ((number >= 0)),
    CONSTRAINT evidence_file_iff_blob CHECK ((((blob_id IS NOT NULL) AND ((kind)::text = 'file'::text)) OR ((NOT ((kind)::text = 'file'::text)) AND (blob_id IS NULL)))),
    CONSTRAINT evidence_original_seen_at_an_address CHECK ((((original_seen_at IS NULL) AND (original_seen_by_id IS NULL) AND ((original_state)::text = ''::text)) OR ((NOT ((original_state)::text = ''::text)) AND (NOT ((original_url)::text = ''::text)) AND (original_seen_at IS NOT NULL))))
);

ALTER TABLE ONLY public.escalations_evidence FORCE ROW LEVEL SECURITY;

ALTER TABLE public.escalations_evidence ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.escalations_evidence_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.escalations_handletime (
    id bigint NOT NULL,
    seconds double precision NOT NULL,
    last_at timestamp with time zone NOT NULL,
    case_id bigint NOT NULL,
    organization_id bigint NOT NULL,
    user_id bigint NOT NULL
);

ALTER TABLE ONLY public.escalations_handletime FORCE ROW LEVEL SECURITY;

ALTER TABLE public.escalations_handletime ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.escalations_handletime_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.escalations_inboundmail (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    recipient character varying(320) NOT NULL,
    message_id character varying(250) NOT NULL,
    sender character varying(320) NOT NULL,
    subject character varying(200) NOT NULL,
    received_at timestamp with time zone NOT NULL,
    state character varying(12) NOT NULL,
    reason character varying(16) NOT NULL,
    detail character varying(500) NOT NULL,
    attempts smallint NOT NULL,
    settled_at timestamp with time zone,
    blob_id bigint NOT NULL,
    case_id bigint,
    organization_id bigint NOT NULL,
    settled_by_id bigint,
    claimed_until timestamp with time zone,
    CONSTRAINT escalations_inboundmail_attempts_check CHECK ((attempts >= 0)),
    CONSTRAINT inbound_mail_filed_on_a_case CHECK (((NOT ((state)::text = 'filed'::text)) OR ((case_id IS NOT NULL) AND (settled_at IS NOT NULL)))),
    CONSTRAINT inbound_mail_says_why CHECK (((NOT ((state)::text = ANY ((ARRAY['ignored'::character varying, 'quarantined'::character varying])::text[]))) OR (NOT ((reason)::text = ''::text))))
);

ALTER TABLE ONLY public.escalations_inboundmail FORCE ROW LEVEL SECURITY;

ALTER TABLE public.escalations_inboundmail ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.escalations_inboundmail_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.escalations_leadingcase (
    id bigint NOT NULL,
    holding character varying(400) NOT NULL,
    written_at timestamp with time zone NOT NULL,
    review_on date NOT NULL,
    removed_at timestamp with time zone,
    author_id bigint NOT NULL,
    case_id bigint NOT NULL,
    decision_id bigint NOT NULL,
    organization_id bigint NOT NULL,
    removed_by_id bigint,
    CONSTRAINT leading_case_holds_something CHECK ((NOT ((holding)::text = ''::text))),
    CONSTRAINT leading_case_removed_whole CHECK ((((removed_at IS NULL) AND (removed_by_id IS NULL)) OR ((removed_at IS NOT NULL) AND (removed_by_id IS NOT NULL))))
);

ALTER TABLE ONLY public.escalations_leadingcase FORCE ROW LEVEL SECURITY;

ALTER TABLE public.escalations_leadingcase ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.escalations_leadingcase_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.escalations_link (
    id bigint NOT NULL,
    kind character varying(12) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    case_id bigint NOT NULL,
    created_by_id bigint,
    organization_id bigint NOT NULL,
    other_id bigint NOT NULL,
    CONSTRAINT link_not_to_itself CHECK ((NOT (case_id = other_id)))
);

ALTER TABLE ONLY public.escalations_link FORCE ROW LEVEL SECURITY;

ALTER TABLE public.escalations_link ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.escalations_link_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.escalations_mention (
    id bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    case_id bigint NOT NULL,
    comment_id bigint NOT NULL,
    organization_id bigint NOT NULL,
    user_id bigint NOT NULL
);

ALTER TABLE ONLY public.escalations_mention FORCE ROW LEVEL SECURITY;

ALTER TABLE public.escalations_mention ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.escalations_mention_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.escalations_notice (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    audience character varying(9) NOT NULL,
    language character varying(12) NOT NULL,
    body text NOT NULL,
    made_at timestamp with time zone NOT NULL,
    case_id bigint NOT NULL,
    decision_id bigint NOT NULL,
    entity_id bigint,
    organization_id bigint NOT NULL,
    wording_id bigint NOT NULL,
    CONSTRAINT notice_entity_iff_to_a_subject CHECK (((((audience)::text = 'submitter'::text) AND (entity_id IS NULL)) OR (((audience)::text = 'subject'::text) AND (entity_id IS NOT NULL)))),
    CONSTRAINT notice_says_something CHECK ((NOT (body = ''::text)))
);

ALTER TABLE ONLY public.escalations_notice FORCE ROW LEVEL SECURITY;

ALTER TABLE public.escalations_notice ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.escalations_notice_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.escalations_noticedelivery (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    way character varying(5) NOT NULL,
    state character varying(10) NOT NULL,
    queued_at timestamp with time zone NOT NULL,
    sent_at timestamp with time zone,
    delivered_at timestamp with time zone,
    error character varying(300) NOT NULL,
    tries smallint NOT NULL,
    resent_why character varying(300) NOT NULL,
    case_id bigint NOT NULL,
    notice_id bigint NOT NULL,
    organization_id bigint NOT NULL,
    person_id bigint,
    resent_by_id bigint,
    closed_over_at timestamp with time zone,
    closed_over_by_id bigint,
    closed_over_why character varying(300) DEFAULT ''::character varying NOT NULL,
    discarded_by_id bigint,
    CONSTRAINT escalations_noticedelivery_tries_check CHECK ((tries >= 0)),
    CONSTRAINT notice_delivery_closed_over_with_a_reason CHECK ((((closed_over_at IS NULL) AND (closed_over_by_id IS NULL) AND ((closed_over_why)::text = ''::text)) OR ((closed_over_at IS NOT NULL) AND (closed_over_by_id IS NOT NULL) AND (NOT ((closed_over_why)::text = ''::text))))),
    CONSTRAINT notice_delivery_delivered_at_iff_delivered CHECK ((((delivered_at IS NOT NULL) AND ((state)::text = 'delivered'::text)) OR ((NOT ((state)::text = 'delivered'::text)) AND (delivered_at IS NULL)))),
    CONSTRAINT notice_delivery_given_up CHECK (((discarded_by_id IS NULL) OR ((state)::text = 'not_needed'::text))),
    CONSTRAINT notice_delivery_person_iff_by_email CHECK ((((person_id IS NOT NULL) AND ((way)::text = 'email'::text)) OR ((person_id IS NULL) AND ((way)::text = 'page'::text)))),
    CONSTRAINT notice_delivery_says_why CHECK (((NOT ((state)::text = ANY ((ARRAY['failed'::character varying, 'not_needed'::character varying])::text[]))) OR (NOT ((error)::text = ''::text)))),
    CONSTRAINT notice_delivery_sent_again_for_a_reason CHECK ((((resent_by_id IS NULL) AND ((resent_why)::text = ''::text) AND (tries = 0)) OR ((resent_by_id IS NOT NULL) AND (tries >= 1) AND (NOT ((resent_why)::text = ''::text))))),
    CONSTRAINT notice_delivery_sent_at_once_it_left CHECK (((NOT ((state)::text = ANY ((ARRAY['sent'::character varying, 'delivered'::character varying])::text[]))) OR (sent_at IS NOT NULL)))
);

ALTER TABLE ONLY public.escalations_noticedelivery FORCE ROW LEVEL SECURITY;

ALTER TABLE public.escalations_noticedelivery ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.escalations_noticedelivery_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

ALTER TABLE public.escalations_queue ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.escalations_queue_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.escalations_replytemplate (
    id bigint NOT NULL,
    slug character varying(50) NOT NULL,
    name character varying(80) NOT NULL,
    is_active boolean NOT NULL,
    created_at timestamp with time zone NOT NULL,
    purpose character varying(9) NOT NULL,
    verdicts character varying(17)[] NOT NULL,
    CONSTRAINT reply_template_verdicts_iff_notice CHECK (((((purpose)::text = 'reply'::text) AND (verdicts = '{}'::character varying(17)[])) OR ((NOT ((purpose)::text = 'reply'::text)) AND (NOT (verdicts = '{}'::character varying(17)[])))))
);

ALTER TABLE public.escalations_replytemplate ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.escalations_replytemplate_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.escalations_replytemplateversion (
    id bigint NOT NULL,
    language character varying(12) NOT NULL,
    number smallint NOT NULL,
    body text NOT NULL,
    published_at timestamp with time zone NOT NULL,
    published_by_id bigint,
    template_id bigint NOT NULL,
    CONSTRAINT escalations_replytemplateversion_number_check CHECK ((number >= 0))
);

ALTER TABLE public.escalations_replytemplateversion ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.escalations_replytemplateversion_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.escalations_routingrule (
    id bigint NOT NULL,
    "position" smallint NOT NULL,
    name character varying(120) NOT NULL,
    filter_text character varying(512) NOT NULL,
    severity_floor smallint,
    skills character varying(60)[] NOT NULL,
    is_active boolean NOT NULL,
    queue_id bigint NOT NULL,
    version_id bigint NOT NULL,
    CONSTRAINT escalations_routingrule_position_check CHECK (("position" >= 0)),
    CONSTRAINT escalations_routingrule_severity_floor_check CHECK ((severity_floor >= 0))
);

ALTER TABLE public.escalations_routingrule ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.escalations_routingrule_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.escalations_routingversion (
    id bigint NOT NULL,
    number integer NOT NULL,
    published_at timestamp with time zone NOT NULL,
    note character varying(300) NOT NULL,
    published_by_id bigint,
    CONSTRAINT escalations_routingversion_number_check CHECK ((number >= 0))
);

ALTER TABLE public.escalations_routingversion ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.escalations_routingversion_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.escalations_savedview (
    id bigint NOT NULL,
    slug character varying(50) NOT NULL,
    name character varying(60) NOT NULL,
    filter_text character varying(512) NOT NULL,
    columns character varying(20)[] NOT NULL,
    audience character varying(8) NOT NULL,
    "position" smallint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    last_used_at timestamp with time zone,
    owner_id bigint NOT NULL,
    team_id bigint,
    CONSTRAINT escalations_savedview_position_check CHECK (("position" >= 0)),
    CONSTRAINT saved_view_team_iff_for_team CHECK (((((audience)::text = 'team'::text) AND (team_id IS NOT NULL)) OR ((NOT ((audience)::text = 'team'::text)) AND (team_id IS NULL))))
);

ALTER TABLE public.escalations_savedview ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.escalations_savedview_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.escalations_secondlook (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    state character varying(8) NOT NULL,
    verdict character varying(17) NOT NULL,
    rationale text NOT NULL,
    answered_at timestamp with time zone,
    first_stands boolean,
    settled_why character varying(300) NOT NULL,
    settled_at timestamp with time zone,
    answered_by_id bigint,
    case_id bigint NOT NULL,
    clause_id bigint,
    decision_id bigint NOT NULL,
    first_by_id bigint NOT NULL,
    organization_id bigint NOT NULL,
    settled_by_id bigint,
    CONSTRAINT second_look_answered_iff_not_waiting CHECK ((((answered_at IS NULL) AND (answered_by_id IS NULL) AND ((state)::text = 'waiting'::text) AND ((verdict)::text = ''::text)) OR ((NOT ((state)::text = 'waiting'::text)) AND (answered_at IS NOT NULL) AND (answered_by_id IS NOT NULL) AND (NOT ((verdict)::text = ''::text))))),
    CONSTRAINT second_look_by_another CHECK (((answered_by_id IS NULL) OR (NOT ((answered_by_id = first_by_id) AND (answered_by_id IS NOT NULL))))),
    CONSTRAINT second_look_settled_by_a_third CHECK (((settled_by_id IS NULL) OR ((NOT ((settled_by_id = first_by_id) AND (settled_by_id IS NOT NULL))) AND (NOT ((settled_by_id = answered_by_id) AND (settled_by_id IS NOT NULL) AND (answered_by_id IS NOT NULL)))))),
    CONSTRAINT second_look_settled_whole CHECK ((((first_stands IS NOT NULL) AND (settled_at IS NOT NULL) AND (settled_by_id IS NOT NULL) AND ((state)::text = 'settled'::text)) OR ((NOT ((state)::text = 'settled'::text)) AND (first_stands IS NULL) AND (settled_at IS NULL) AND (settled_by_id IS NULL) AND ((settled_why)::text = ''::text))))
);

ALTER TABLE ONLY public.escalations_secondlook FORCE ROW LEVEL SECURITY;

ALTER TABLE public.escalations_secondlook ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.escalations_secondlook_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.escalations_simulator (
    id bigint NOT NULL,
    started_at timestamp with time zone NOT NULL,
    stops_at timestamp with time zone NOT NULL,
    next_at timestamp with time zone NOT NULL,
    stopped_at timestamp with time zone,
    made integer NOT NULL,
    stopped_by_id bigint,
    CONSTRAINT escalations_simulator_made_check CHECK ((made >= 0)),
    CONSTRAINT simulator_is_one CHECK ((id = 1)),
    CONSTRAINT simulator_stopped_by_when CHECK (((stopped_by_id IS NULL) OR (stopped_at IS NOT NULL)))
);

ALTER TABLE public.escalations_simulator ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.escalations_simulator_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

ALTER TABLE public.escalations_slaclock ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.escalations_slaclock_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.escalations_slaclockevent (
    id bigint NOT NULL,
    kind character varying(8) NOT NULL,
    occurred_at timestamp with time zone NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    actor_kind character varying(8) NOT NULL,
    actor_id bigint,
    cause character varying(120) NOT NULL,
    level smallint NOT NULL,
    data jsonb NOT NULL,
    clock_id bigint NOT NULL,
    organization_id bigint NOT NULL,
    CONSTRAINT escalations_slaclockevent_level_check CHECK ((level >= 0))
);

ALTER TABLE ONLY public.escalations_slaclockevent FORCE ROW LEVEL SECURITY;

ALTER TABLE public.escalations_slaclockevent ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.escalations_slaclockevent_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.escalations_slajob (
    id bigint NOT NULL,
    state character varying(8) NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    total integer NOT NULL,
    changed integer NOT NULL,
    missed integer NOT NULL,
    "left" integer NOT NULL,
    idle_runs smallint NOT NULL,
    next_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    last_error character varying(300) NOT NULL,
    asked_by_id bigint NOT NULL,
    calendar_id bigint,
    plan_id bigint,
    CONSTRAINT escalations_slajob_changed_check CHECK ((changed >= 0)),
    CONSTRAINT escalations_slajob_idle_runs_check CHECK ((idle_runs >= 0)),
    CONSTRAINT escalations_slajob_left_check CHECK (("left" >= 0)),
    CONSTRAINT escalations_slajob_missed_check CHECK ((missed >= 0)),
    CONSTRAINT escalations_slajob_total_check CHECK ((total >= 0)),
    CONSTRAINT sla_job_ended_at_iff_ended CHECK ((((ended_at IS NULL) AND ((state)::text = 'running'::text)) OR ((NOT ((state)::text = 'running'::text)) AND (ended_at IS NOT NULL)))),
    CONSTRAINT sla_job_is_about_one_thing CHECK ((((calendar_id IS NULL) AND (plan_id IS NOT NULL)) OR ((calendar_id IS NOT NULL) AND (plan_id IS NULL))))
);

ALTER TABLE public.escalations_slajob ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.escalations_slajob_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.escalations_slaplan (
    id bigint NOT NULL,
    name character varying(80) NOT NULL,
    "position" smallint NOT NULL,
    is_active boolean NOT NULL,
    CONSTRAINT escalations_slaplan_position_check CHECK (("position" >= 0))
);

ALTER TABLE public.escalations_slaplan ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.escalations_slaplan_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.escalations_slaplanversion (
    id bigint NOT NULL,
    number integer NOT NULL,
    condition character varying(512) NOT NULL,
    published_at timestamp with time zone NOT NULL,
    note character varying(300) NOT NULL,
    plan_id bigint NOT NULL,
    published_by_id bigint,
    keeps_when_submitter_raises boolean DEFAULT false NOT NULL,
    CONSTRAINT escalations_slaplanversion_number_check CHECK ((number >= 0))
);

ALTER TABLE public.escalations_slaplanversion ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.escalations_slaplanversion_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.escalations_slatarget (
    id bigint NOT NULL,
    metric character varying(1) NOT NULL,
    severity smallint,
    seconds integer NOT NULL,
    warn_percent smallint[] NOT NULL,
    pause_reasons character varying(12)[] NOT NULL,
    calendar_id bigint NOT NULL,
    version_id bigint NOT NULL,
    working_days smallint NOT NULL,
    pause_caps jsonb NOT NULL,
    reopen character varying(8) NOT NULL,
    grace_s integer,
    CONSTRAINT escalations_slatarget_grace_s_check CHECK ((grace_s >= 0)),
    CONSTRAINT escalations_slatarget_seconds_check CHECK ((seconds >= 0)),
    CONSTRAINT escalations_slatarget_severity_check CHECK ((severity >= 0)),
    CONSTRAINT escalations_slatarget_working_days_check CHECK ((working_days >= 0)),
    CONSTRAINT sla_target_in_seconds_or_working_days CHECK (((((seconds >= 60) AND (seconds <= 34560000)) AND (working_days = 0)) OR ((seconds = 0) AND ((working_days >= 1) AND (working_days <= 250)))))
);

ALTER TABLE public.escalations_slatarget ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.escalations_slatarget_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.escalations_slatimer (
    id bigint NOT NULL,
    object_type character varying(16) NOT NULL,
    object_id bigint NOT NULL,
    kind character varying(16) NOT NULL,
    level smallint NOT NULL,
    due_at timestamp with time zone NOT NULL,
    epoch integer NOT NULL,
    state character varying(11) NOT NULL,
    fired_at timestamp with time zone,
    attempts smallint NOT NULL,
    last_error character varying(500) NOT NULL,
    data jsonb NOT NULL,
    clock_id bigint,
    organization_id bigint NOT NULL,
    CONSTRAINT escalations_slatimer_attempts_check CHECK ((attempts >= 0)),
    CONSTRAINT escalations_slatimer_epoch_check CHECK ((epoch >= 0)),
    CONSTRAINT escalations_slatimer_level_check CHECK ((level >= 0))
)
WITH (fillfactor='85', autovacuum_vacuum_scale_factor='0.01');

ALTER TABLE ONLY public.escalations_slatimer FORCE ROW LEVEL SECURITY;

ALTER TABLE public.escalations_slatimer ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.escalations_slatimer_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.escalations_spread (
    id bigint NOT NULL,
    total integer NOT NULL,
    done integer NOT NULL,
    left_out integer NOT NULL,
    started_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    case_id bigint NOT NULL,
    decision_id bigint NOT NULL,
    organization_id bigint NOT NULL,
    CONSTRAINT escalations_spread_done_check CHECK ((done >= 0)),
    CONSTRAINT escalations_spread_left_out_check CHECK ((left_out >= 0)),
    CONSTRAINT escalations_spread_total_check CHECK ((total >= 0)),
    CONSTRAINT spread_counts_no_more_than_there_are CHECK ((total >= (done + left_out))),
    CONSTRAINT spread_ends_when_all_are_done CHECK (((ended_at IS NULL) OR (total = (done + left_out))))
);

ALTER TABLE ONLY public.escalations_spread FORCE ROW LEVEL SECURITY;

ALTER TABLE public.escalations_spread ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.escalations_spread_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.escalations_spreadrow (
    id bigint NOT NULL,
    state character varying(8) NOT NULL,
    why character varying(200) NOT NULL,
    ended_at timestamp with time zone,
    case_id bigint NOT NULL,
    organization_id bigint NOT NULL,
    spread_id bigint NOT NULL,
    CONSTRAINT spread_row_ended_at_iff_it_did CHECK ((((ended_at IS NULL) AND ((state)::text = 'waiting'::text)) OR ((NOT ((state)::text = 'waiting'::text)) AND (ended_at IS NOT NULL)))),
    CONSTRAINT spread_row_left_out_for_a_reason CHECK (((NOT ((state)::text = 'left_out'::text)) OR (NOT ((why)::text = ''::text))))
);

ALTER TABLE ONLY public.escalations_spreadrow FORCE ROW LEVEL SECURITY;

ALTER TABLE public.escalations_spreadrow ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.escalations_spreadrow_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.escalations_strike (
    id bigint NOT NULL,
    surface character varying(8) NOT NULL,
    weight smallint NOT NULL,
    given_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    refunded_at timestamp with time zone,
    refund_why character varying(300) NOT NULL,
    case_id bigint NOT NULL,
    clause_id bigint NOT NULL,
    decision_id bigint NOT NULL,
    entity_id bigint NOT NULL,
    organization_id bigint NOT NULL,
    refunded_by_id bigint,
    ladder_id bigint NOT NULL,
    CONSTRAINT escalations_strike_weight_check CHECK ((weight >= 0)),
    CONSTRAINT strike_counts_for_some_time CHECK ((expires_at > given_at)),
    CONSTRAINT strike_refunded_for_a_reason CHECK (((((refund_why)::text = ''::text) AND (refunded_at IS NULL)) OR ((refunded_at >= given_at) AND (refunded_at IS NOT NULL) AND (NOT ((refund_why)::text = ''::text))))),
    CONSTRAINT strike_refunder_iff_refunded CHECK (((refunded_by_id IS NULL) OR (refunded_at IS NOT NULL))),
    CONSTRAINT strike_weighs_one_to_ten CHECK (((weight >= 1) AND (weight <= 10)))
);

ALTER TABLE ONLY public.escalations_strike FORCE ROW LEVEL SECURITY;

ALTER TABLE public.escalations_strike ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.escalations_strike_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.escalations_strikeladder (
    id bigint NOT NULL,
    surface character varying(8) NOT NULL,
    number integer NOT NULL,
    window_days smallint NOT NULL,
    thresholds jsonb NOT NULL,
    note character varying(300) NOT NULL,
    effective_from timestamp with time zone NOT NULL,
    created_at timestamp with time zone NOT NULL,
    created_by_id bigint,
    CONSTRAINT escalations_strikeladder_number_check CHECK ((number >= 0)),
    CONSTRAINT escalations_strikeladder_window_days_check CHECK ((window_days >= 0)),
    CONSTRAINT strike_ladder_number_from_one CHECK ((number >= 1)),
    CONSTRAINT strike_ladder_window_to_ten_years CHECK (((window_days >= 1) AND (window_days <= 3650)))
);

ALTER TABLE public.escalations_strikeladder ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.escalations_strikeladder_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

ALTER TABLE public.escalations_submission ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.escalations_submission_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.escalations_submissionbatch (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    name character varying(200) NOT NULL,
    sha256 character varying(64) NOT NULL,
    state character varying(8) NOT NULL,
    total integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    sent_at timestamp with time zone,
    ended_at timestamp with time zone,
    undone_at timestamp with time zone,
    next_at timestamp with time zone,
    last_error character varying(300) NOT NULL,
    organization_id bigint NOT NULL,
    person_id bigint NOT NULL,
    undone_by_id bigint,
    CONSTRAINT escalations_submissionbatch_total_check CHECK ((total >= 0)),
    CONSTRAINT submission_batch_next_at_iff_worked_on CHECK ((((next_at IS NOT NULL) AND ((state)::text = ANY ((ARRAY['sending'::character varying, 'undoing'::character varying])::text[]))) OR ((NOT ((state)::text = ANY ((ARRAY['sending'::character varying, 'undoing'::character varying])::text[]))) AND (next_at IS NULL)))),
    CONSTRAINT submission_batch_sent_at_once_sent CHECK ((((sent_at IS NULL) AND ((state)::text = 'checked'::text)) OR ((NOT ((state)::text = 'checked'::text)) AND (sent_at IS NOT NULL))))
);

ALTER TABLE ONLY public.escalations_submissionbatch FORCE ROW LEVEL SECURITY;

ALTER TABLE public.escalations_submissionbatch ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.escalations_submissionbatch_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.escalations_tag (
    id bigint NOT NULL,
    name character varying(40) NOT NULL
);

ALTER TABLE public.escalations_tag ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.escalations_tag_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.escalations_undoentry (
    id bigint NOT NULL,
    token uuid NOT NULL,
    action character varying(32) NOT NULL,
    data jsonb NOT NULL,
    label character varying(200) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone,
    user_id bigint NOT NULL
);

ALTER TABLE public.escalations_undoentry ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.escalations_undoentry_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.escalations_upload (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    name character varying(200) NOT NULL,
    claimed_type character varying(100) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    attached_at timestamp with time zone,
    blob_id bigint NOT NULL,
    key_id bigint,
    organization_id bigint NOT NULL,
    person_id bigint
);

ALTER TABLE ONLY public.escalations_upload FORCE ROW LEVEL SECURITY;

ALTER TABLE public.escalations_upload ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.escalations_upload_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.escalations_viewalert (
    id bigint NOT NULL,
    kind character varying(11) NOT NULL,
    threshold integer NOT NULL,
    is_over boolean NOT NULL,
    known_ids bigint[] NOT NULL,
    count integer NOT NULL,
    fired_at timestamp with time zone,
    seen_at timestamp with time zone,
    checked_at timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    user_id bigint NOT NULL,
    view_id bigint NOT NULL,
    CONSTRAINT escalations_viewalert_count_check CHECK ((count >= 0)),
    CONSTRAINT escalations_viewalert_threshold_check CHECK ((threshold >= 0)),
    CONSTRAINT view_alert_threshold_unless_entering CHECK (((((kind)::text = 'enters'::text) AND (threshold = 0)) OR ((NOT ((kind)::text = 'enters'::text)) AND (threshold > 0))))
);

ALTER TABLE public.escalations_viewalert ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.escalations_viewalert_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.escalations_watch (
    id bigint NOT NULL,
    since_at timestamp with time zone NOT NULL,
    case_id bigint NOT NULL,
    organization_id bigint NOT NULL,
    user_id bigint NOT NULL
);

ALTER TABLE ONLY public.escalations_watch FORCE ROW LEVEL SECURITY;

ALTER TABLE public.escalations_watch ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.escalations_watch_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.mfa_authenticator (
    id bigint NOT NULL,
    type character varying(20) NOT NULL,
    data jsonb NOT NULL,
    user_id bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    last_used_at timestamp with time zone
);

ALTER TABLE public.mfa_authenticator ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.mfa_authenticator_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.notifications_chatroute (
    id bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    last_success_at timestamp with time zone,
    failing_since timestamp with time zone,
    last_error character varying(500) NOT NULL,
    form character varying(5) NOT NULL,
    encrypted text NOT NULL,
    host character varying(255) NOT NULL,
    classes character varying(16)[] NOT NULL,
    organization_id bigint NOT NULL,
    team_id bigint,
    user_id bigint,
    CONSTRAINT chat_route_of_a_person_or_a_team CHECK ((((team_id IS NOT NULL) AND (user_id IS NULL)) OR ((team_id IS NULL) AND (user_id IS NOT NULL))))
);

ALTER TABLE ONLY public.notifications_chatroute FORCE ROW LEVEL SECURITY;

ALTER TABLE public.notifications_chatroute ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.notifications_chatroute_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.notifications_delivery (
    id bigint NOT NULL,
    attempts smallint NOT NULL,
    next_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    lease_until timestamp with time zone,
    holder character varying(64) NOT NULL,
    fence bigint NOT NULL,
    last_error character varying(500) NOT NULL,
    public_id uuid DEFAULT gen_random_uuid() NOT NULL,
    lane character varying(8) NOT NULL,
    channel character varying(16) NOT NULL,
    destination character varying(120) NOT NULL,
    event_class character varying(16) NOT NULL,
    mode character varying(6) NOT NULL,
    bundle character varying(120) NOT NULL,
    is_gathering boolean NOT NULL,
    is_urgent boolean NOT NULL,
    priority smallint NOT NULL,
    payload jsonb NOT NULL,
    dedup_key character varying(200) NOT NULL,
    state character varying(9) NOT NULL,
    started_at timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    sent_at timestamp with time zone,
    provider_id character varying(200) NOT NULL,
    organization_id bigint NOT NULL,
    user_id bigint,
    CONSTRAINT delivery_gathers_only_while_pending CHECK (((NOT is_gathering) OR (((state)::text = 'pending'::text) AND (user_id IS NOT NULL)))),
    CONSTRAINT delivery_lease_iff_leased CHECK ((((lease_until IS NOT NULL) AND ((state)::text = 'leased'::text)) OR ((NOT ((state)::text = 'leased'::text)) AND (lease_until IS NULL)))),
    CONSTRAINT delivery_sent_at_once_accepted CHECK (((NOT ((state)::text = ANY ((ARRAY['accepted'::character varying, 'delivered'::character varying])::text[]))) OR (sent_at IS NOT NULL))),
    CONSTRAINT notifications_delivery_attempts_check CHECK ((attempts >= 0)),
    CONSTRAINT notifications_delivery_priority_check CHECK ((priority >= 0))
)
WITH (fillfactor='85', autovacuum_vacuum_scale_factor='0.01');

ALTER TABLE ONLY public.notifications_delivery FORCE ROW LEVEL SECURITY;

ALTER TABLE public.notifications_delivery ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.notifications_delivery_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.notifications_deliveryitem (
    id bigint NOT NULL,
    delivery_id bigint NOT NULL,
    organization_id bigint NOT NULL,
    notification_id bigint NOT NULL
);

ALTER TABLE ONLY public.notifications_deliveryitem FORCE ROW LEVEL SECURITY;

ALTER TABLE public.notifications_deliveryitem ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.notifications_deliveryitem_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.notifications_dutymember (
    id bigint NOT NULL,
    "position" smallint NOT NULL,
    added_at timestamp with time zone NOT NULL,
    added_by_id bigint,
    organization_id bigint NOT NULL,
    user_id bigint NOT NULL,
    CONSTRAINT notifications_dutymember_position_check CHECK (("position" >= 0))
);

ALTER TABLE ONLY public.notifications_dutymember FORCE ROW LEVEL SECURITY;

ALTER TABLE public.notifications_dutymember ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.notifications_dutymember_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.notifications_mute (
    id bigint NOT NULL,
    subject_type character varying(64) NOT NULL,
    subject_id bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    organization_id bigint NOT NULL,
    user_id bigint NOT NULL
);

ALTER TABLE ONLY public.notifications_mute FORCE ROW LEVEL SECURITY;

ALTER TABLE public.notifications_mute ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.notifications_mute_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.notifications_notification (
    id bigint NOT NULL,
    public_id uuid DEFAULT gen_random_uuid() NOT NULL,
    kind character varying(64) NOT NULL,
    event_class character varying(16) NOT NULL,
    reason character varying(10) NOT NULL,
    tab character varying(8) NOT NULL,
    subject_type character varying(64) NOT NULL,
    subject_id bigint NOT NULL,
    subject_ref character varying(64) NOT NULL,
    bundle character varying(120) NOT NULL,
    severity smallint,
    compartments character varying(32)[] DEFAULT '{}'::character varying(32)[] NOT NULL,
    created_at timestamp with time zone NOT NULL,
    seen_at timestamp with time zone,
    read_at timestamp with time zone,
    done_at timestamp with time zone,
    snoozed_until timestamp with time zone,
    event_id bigint NOT NULL,
    organization_id bigint NOT NULL,
    user_id bigint NOT NULL,
    CONSTRAINT notification_done_is_not_snoozed CHECK (((snoozed_until IS NULL) OR (done_at IS NULL))),
    CONSTRAINT notifications_notification_severity_check CHECK ((severity >= 0))
)
WITH (fillfactor='90', autovacuum_vacuum_scale_factor='0.02');

ALTER TABLE ONLY public.notifications_notification FORCE ROW LEVEL SECURITY;

ALTER TABLE public.notifications_notification ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.notifications_notification_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.notifications_phone (
    id bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    last_success_at timestamp with time zone,
    failing_since timestamp with time zone,
    last_error character varying(500) NOT NULL,
    encrypted text NOT NULL,
    last4 character varying(4) NOT NULL,
    verified_at timestamp with time zone,
    stopped_at timestamp with time zone,
    code character varying(64) NOT NULL,
    code_expires_at timestamp with time zone,
    code_tries smallint NOT NULL,
    organization_id bigint NOT NULL,
    user_id bigint NOT NULL,
    CONSTRAINT notifications_phone_code_tries_check CHECK ((code_tries >= 0)),
    CONSTRAINT phone_code_expires CHECK (((((code)::text = ''::text) AND (code_expires_at IS NULL)) OR ((NOT ((code)::text = ''::text)) AND (code_expires_at IS NOT NULL)))),
    CONSTRAINT phone_code_tried_five_times_at_most CHECK ((code_tries <= 5))
);

ALTER TABLE ONLY public.notifications_phone FORCE ROW LEVEL SECURITY;

ALTER TABLE public.notifications_phone ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.notifications_phone_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.notifications_preference (
    id bigint NOT NULL,
    event_class character varying(16) NOT NULL,
    channel character varying(16) NOT NULL,
    mode character varying(6) NOT NULL,
    organization_id bigint NOT NULL,
    user_id bigint NOT NULL
);

ALTER TABLE ONLY public.notifications_preference FORCE ROW LEVEL SECURITY;

ALTER TABLE public.notifications_preference ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.notifications_preference_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.notifications_pushdevice (
    id bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    last_success_at timestamp with time zone,
    failing_since timestamp with time zone,
    last_error character varying(500) NOT NULL,
    public_id uuid NOT NULL,
    endpoint_hash character varying(64) NOT NULL,
    encrypted text NOT NULL,
    host character varying(255) NOT NULL,
    name character varying(80) NOT NULL,
    organization_id bigint NOT NULL,
    user_id bigint NOT NULL
);

ALTER TABLE ONLY public.notifications_pushdevice FORCE ROW LEVEL SECURITY;

ALTER TABLE public.notifications_pushdevice ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.notifications_pushdevice_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.notifications_servicenotice (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    title character varying(120) NOT NULL,
    body character varying(1000) NOT NULL,
    starts_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone,
    made_at timestamp with time zone NOT NULL,
    made_by_id bigint NOT NULL,
    CONSTRAINT service_notice_ends_after_it_starts CHECK (((ends_at IS NULL) OR (ends_at >= starts_at)))
);

ALTER TABLE public.notifications_servicenotice ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.notifications_servicenotice_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.notifications_timing (
    id bigint NOT NULL,
    quiet_from time without time zone,
    quiet_until time without time zone,
    quiet_days smallint[] NOT NULL,
    digest_at time without time zone NOT NULL,
    organization_id bigint NOT NULL,
    user_id bigint NOT NULL,
    CONSTRAINT timing_quiet_hours_both_or_none CHECK ((((quiet_from IS NULL) AND (quiet_until IS NULL)) OR ((quiet_from IS NOT NULL) AND (quiet_until IS NOT NULL)))),
    CONSTRAINT timing_quiet_hours_end CHECK (((quiet_from IS NULL) OR (NOT ((quiet_from = quiet_until) AND (quiet_from IS NOT NULL) AND (quiet_until IS NOT NULL)))))
);

ALTER TABLE ONLY public.notifications_timing FORCE ROW LEVEL SECURITY;

ALTER TABLE public.notifications_timing ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.notifications_timing_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.notifications_webhookattempt (
    id bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    status smallint NOT NULL,
    took_ms integer NOT NULL,
    verdict character varying(12) NOT NULL,
    error character varying(500) NOT NULL,
    delivery_id bigint NOT NULL,
    organization_id bigint NOT NULL,
    CONSTRAINT notifications_webhookattempt_status_check CHECK ((status >= 0)),
    CONSTRAINT notifications_webhookattempt_took_ms_check CHECK ((took_ms >= 0))
);

ALTER TABLE ONLY public.notifications_webhookattempt FORCE ROW LEVEL SECURITY;

ALTER TABLE public.notifications_webhookattempt ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.notifications_webhookattempt_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.notifications_webhookendpoint (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    url character varying(2000) NOT NULL,
    description character varying(120) NOT NULL,
    kinds character varying(64)[] NOT NULL,
    body character varying(4) NOT NULL,
    is_sandbox boolean NOT NULL,
    state character varying(8) NOT NULL,
    paused_at timestamp with time zone,
    paused_why character varying(300) NOT NULL,
    failing_since timestamp with time zone,
    last_success_at timestamp with time zone,
    replays integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    created_by_id bigint,
    organization_id bigint NOT NULL,
    CONSTRAINT notifications_webhookendpoint_replays_check CHECK ((replays >= 0)),
    CONSTRAINT webhook_endpoint_paused_since CHECK (((NOT ((state)::text = 'paused'::text)) OR (paused_at IS NOT NULL)))
);

ALTER TABLE ONLY public.notifications_webhookendpoint FORCE ROW LEVEL SECURITY;

ALTER TABLE public.notifications_webhookendpoint ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.notifications_webhookendpoint_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.notifications_webhooksecret (
    id bigint NOT NULL,
    encrypted text NOT NULL,
    last4 character varying(4) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone,
    endpoint_id bigint NOT NULL,
    organization_id bigint NOT NULL
);

ALTER TABLE ONLY public.notifications_webhooksecret FORCE ROW LEVEL SECURITY;

ALTER TABLE public.notifications_webhooksecret ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.notifications_webhooksecret_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.oncall_calendar (
    id bigint NOT NULL,
    key character varying(40) NOT NULL,
    name character varying(80) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    share_number integer DEFAULT 0 NOT NULL
);

ALTER TABLE public.oncall_calendar ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.oncall_calendar_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.oncall_calendarversion (
    id bigint NOT NULL,
    number integer NOT NULL,
    rules jsonb NOT NULL,
    holiday_sets character varying(40)[] NOT NULL,
    set_holidays jsonb NOT NULL,
    reason character varying(300) NOT NULL,
    published_at timestamp with time zone NOT NULL,
    calendar_id bigint NOT NULL,
    published_by_id bigint,
    effective_at timestamp with time zone,
    notes jsonb DEFAULT '{}'::jsonb NOT NULL,
    CONSTRAINT calendar_version_has_reason CHECK ((NOT ((reason)::text = ''::text))),
    CONSTRAINT calendar_version_not_before_publishing CHECK (((effective_at IS NULL) OR (effective_at >= published_at))),
    CONSTRAINT calendar_version_number_from_1 CHECK ((number >= 1)),
    CONSTRAINT oncall_calendarversion_number_check CHECK ((number >= 0))
);

ALTER TABLE public.oncall_calendarversion ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.oncall_calendarversion_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.oncall_holidayentry (
    id bigint NOT NULL,
    held_on date NOT NULL,
    name character varying(120) NOT NULL,
    from_clock character varying(8) NOT NULL,
    to_clock character varying(8) NOT NULL,
    is_active boolean NOT NULL,
    holiday_set_id bigint NOT NULL,
    CONSTRAINT holiday_entry_part_has_both_ends CHECK (((((from_clock)::text = ''::text) AND ((to_clock)::text = ''::text)) OR ((NOT ((from_clock)::text = ''::text)) AND (NOT ((to_clock)::text = ''::text)))))
);

ALTER TABLE public.oncall_holidayentry ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.oncall_holidayentry_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.oncall_holidayfeed (
    id bigint NOT NULL,
    url character varying(2000) NOT NULL,
    zone character varying(64) NOT NULL,
    every_h smallint NOT NULL,
    next_at timestamp with time zone,
    lease_until timestamp with time zone,
    last_read_at timestamp with time zone,
    failing_since timestamp with time zone,
    last_error character varying(500) NOT NULL,
    alarmed_at timestamp with time zone,
    fence integer NOT NULL,
    holiday_set_id bigint NOT NULL,
    CONSTRAINT holiday_feed_asks_an_address CHECK (((NOT ((url)::text = ''::text)) OR (next_at IS NULL))),
    CONSTRAINT holiday_feed_failing_says_why CHECK ((((failing_since IS NULL) AND ((last_error)::text = ''::text)) OR ((failing_since IS NOT NULL) AND (NOT ((last_error)::text = ''::text))))),
    CONSTRAINT holiday_feed_hourly_to_fortnightly CHECK (((every_h >= 1) AND (every_h <= 336))),
    CONSTRAINT oncall_holidayfeed_every_h_check CHECK ((every_h >= 0)),
    CONSTRAINT oncall_holidayfeed_fence_check CHECK ((fence >= 0))
);

ALTER TABLE public.oncall_holidayfeed ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.oncall_holidayfeed_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.oncall_holidayreading (
    id bigint NOT NULL,
    state character varying(8) NOT NULL,
    entries jsonb NOT NULL,
    notes jsonb NOT NULL,
    digest character varying(64) NOT NULL,
    source character varying(300) NOT NULL,
    found_at timestamp with time zone NOT NULL,
    settled_at timestamp with time zone,
    reason character varying(300) NOT NULL,
    found_by_id bigint,
    holiday_set_id bigint NOT NULL,
    settled_by_id bigint,
    CONSTRAINT holiday_reading_settled_at_iff_settled CHECK ((((settled_at IS NULL) AND ((state)::text = 'waiting'::text)) OR ((NOT ((state)::text = 'waiting'::text)) AND (settled_at IS NOT NULL)))),
    CONSTRAINT holiday_reading_settled_by_a_person CHECK (((NOT ((state)::text = ANY ((ARRAY['accepted'::character varying, 'rejected'::character varying])::text[]))) OR ((settled_by_id IS NOT NULL) AND (NOT ((reason)::text = ''::text)))))
);

ALTER TABLE public.oncall_holidayreading ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.oncall_holidayreading_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.oncall_holidayset (
    id bigint NOT NULL,
    key character varying(40) NOT NULL,
    name character varying(80) NOT NULL,
    source character varying(8) NOT NULL
);

ALTER TABLE public.oncall_holidayset ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.oncall_holidayset_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.policies_gap (
    id bigint NOT NULL,
    question character varying(300) NOT NULL,
    failed jsonb NOT NULL,
    interim_position text NOT NULL,
    state character varying(9) NOT NULL,
    source_ref character varying(16) NOT NULL,
    compartments character varying(32)[] NOT NULL,
    opened_at timestamp with time zone NOT NULL,
    nearest_id bigint,
    opened_by_id bigint NOT NULL,
    answer_id bigint,
    closed_at timestamp with time zone,
    closed_by_id bigint,
    outcome text NOT NULL,
    owner_id bigint,
    revision integer NOT NULL,
    target_on date,
    CONSTRAINT gap_answered_by_a_clause CHECK (((NOT ((state)::text = 'answered'::text)) OR (answer_id IS NOT NULL))),
    CONSTRAINT gap_asks_something CHECK ((NOT ((question)::text = ''::text))),
    CONSTRAINT gap_closed_at_iff_closed CHECK ((((closed_at IS NOT NULL) AND ((state)::text = ANY ((ARRAY['answered'::character varying, 'wont_rule'::character varying])::text[]))) OR ((closed_at IS NULL) AND ((state)::text = ANY ((ARRAY['open'::character varying, 'withdrawn'::character varying])::text[]))))),
    CONSTRAINT gap_failed_of_a_clause CHECK (((failed = '[]'::jsonb) OR (nearest_id IS NOT NULL))),
    CONSTRAINT gap_outcome_iff_no_rule CHECK (((((state)::text = 'wont_rule'::text) AND (NOT (outcome = ''::text))) OR ((NOT ((state)::text = 'wont_rule'::text)) AND (outcome = ''::text)))),
    CONSTRAINT policies_gap_revision_check CHECK ((revision >= 0))
);

ALTER TABLE public.policies_gap ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.policies_gap_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.policies_guidance (
    id bigint NOT NULL,
    number integer NOT NULL,
    edition integer NOT NULL,
    title character varying(120) NOT NULL,
    text text NOT NULL,
    scope character varying(1000) NOT NULL,
    crisis_ref character varying(16) NOT NULL,
    policy_keys character varying(16)[] NOT NULL,
    issued_at timestamp with time zone NOT NULL,
    starts_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    needs_acknowledgement boolean NOT NULL,
    announced_at timestamp with time zone,
    ended_at timestamp with time zone,
    end_cause character varying(9) NOT NULL,
    ended_by_id bigint,
    issuer_id bigint NOT NULL,
    CONSTRAINT guidance_ended_at_iff_ended CHECK (((((end_cause)::text = ''::text) AND (ended_at IS NULL)) OR ((ended_at IS NOT NULL) AND (NOT ((end_cause)::text = ''::text))))),
    CONSTRAINT guidance_ends_by_its_expiry CHECK (((ended_at IS NULL) OR (ended_at <= expires_at))),
    CONSTRAINT guidance_expires_after_it_starts CHECK ((expires_at > starts_at)),
    CONSTRAINT guidance_numbered_from_one CHECK (((edition >= 1) AND (number >= 1))),
    CONSTRAINT guidance_says_something CHECK (((NOT ((title)::text = ''::text)) AND (NOT (text = ''::text)))),
    CONSTRAINT guidance_starts_no_earlier CHECK ((starts_at >= issued_at)),
    CONSTRAINT policies_guidance_edition_check CHECK ((edition >= 0)),
    CONSTRAINT policies_guidance_number_check CHECK ((number >= 0))
);

ALTER TABLE public.policies_guidance ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.policies_guidance_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.policies_guidanceacknowledgement (
    id bigint NOT NULL,
    acknowledged_at timestamp with time zone NOT NULL,
    guidance_id bigint NOT NULL,
    user_id bigint NOT NULL
);

ALTER TABLE public.policies_guidanceacknowledgement ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.policies_guidanceacknowledgement_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

ALTER TABLE public.policies_policy ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.policies_policy_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.policies_policytranslation (
    id bigint NOT NULL,
    language character varying(3) NOT NULL,
    title character varying(160) NOT NULL,
    rule character varying(600) NOT NULL,
    public_rationale text NOT NULL,
    elements jsonb NOT NULL,
    exceptions jsonb NOT NULL,
    synonyms jsonb NOT NULL,
    revision integer NOT NULL,
    translated_at timestamp with time zone NOT NULL,
    search tsvector GENERATED ALWAYS AS ((((((setweight(to_tsvector('public.watchfloor'::regconfig, (title)::text), 'A'::"char") || setweight(to_tsvector('public.watchfloor'::regconfig, synonyms), 'A'::"char")) || setweight(to_tsvector('public.watchfloor'::regconfig, (rule)::text), 'B'::"char")) || setweight(to_tsvector('public.watchfloor'::regconfig, elements), 'C'::"char")) || setweight(to_tsvector('public.watchfloor'::regconfig, exceptions), 'D'::"char")) || setweight(to_tsvector('public.watchfloor'::regconfig, public_rationale), 'D'::"char"))) STORED,
    translated_by_id bigint,
    version_id bigint NOT NULL,
    CONSTRAINT policies_policytranslation_revision_check CHECK ((revision >= 0)),
    CONSTRAINT policy_translation_language_is_another CHECK ((((language)::text ~ '^[a-z]{2,3}$'::text) AND (NOT ((language)::text = 'en'::text)))),
    CONSTRAINT policy_translation_says_something CHECK (((NOT ((title)::text = ''::text)) AND (NOT ((rule)::text = ''::text))))
);

ALTER TABLE public.policies_policytranslation ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.policies_policytranslation_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

ALTER TABLE public.policies_policyversion ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.policies_policyversion_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.policies_versionacknowledgement (
    id bigint NOT NULL,
    acknowledged_at timestamp with time zone NOT NULL,
    user_id bigint NOT NULL,
    version_id bigint NOT NULL
);

ALTER TABLE public.policies_versionacknowledgement ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.policies_versionacknowledgement_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.policies_versioncomment (
    id bigint NOT NULL,
    text text NOT NULL,
    is_return boolean NOT NULL,
    written_at timestamp with time zone NOT NULL,
    author_id bigint NOT NULL,
    version_id bigint NOT NULL,
    CONSTRAINT version_comment_says_something CHECK ((NOT (text = ''::text)))
);

ALTER TABLE public.policies_versioncomment ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.policies_versioncomment_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.reporting_annotation (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    kind character varying(8) NOT NULL,
    text character varying(200) NOT NULL,
    starts_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone,
    is_new_baseline boolean NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    removed_at timestamp with time zone,
    created_by_id bigint NOT NULL,
    organization_id bigint NOT NULL,
    queue_id bigint,
    removed_by_id bigint,
    vendor_id bigint,
    CONSTRAINT annotation_ends_after_it_starts CHECK (((ends_at IS NULL) OR (ends_at > starts_at))),
    CONSTRAINT annotation_of_vendor_or_queue CHECK (((vendor_id IS NULL) OR (queue_id IS NULL))),
    CONSTRAINT annotation_removed_whole CHECK ((((removed_at IS NULL) AND (removed_by_id IS NULL)) OR ((removed_at IS NOT NULL) AND (removed_by_id IS NOT NULL)))),
    CONSTRAINT annotation_says_something CHECK ((NOT ((text)::text = ''::text)))
);

ALTER TABLE ONLY public.reporting_annotation FORCE ROW LEVEL SECURITY;

ALTER TABLE public.reporting_annotation ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.reporting_annotation_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.reporting_brief (
    id bigint NOT NULL,
    kind character varying(8) NOT NULL,
    title character varying(120) NOT NULL,
    surface character varying(40) NOT NULL,
    classification character varying(12) NOT NULL,
    language character varying(10) NOT NULL,
    state character varying(10) NOT NULL,
    blocks jsonb NOT NULL,
    created_at timestamp with time zone NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    revision integer NOT NULL,
    author_id bigint NOT NULL,
    organization_id bigint NOT NULL,
    region character varying(10) DEFAULT ''::character varying NOT NULL,
    CONSTRAINT brief_has_a_title CHECK ((NOT ((title)::text = ''::text))),
    CONSTRAINT reporting_brief_revision_check CHECK ((revision >= 0))
);

ALTER TABLE ONLY public.reporting_brief FORCE ROW LEVEL SECURITY;

ALTER TABLE public.reporting_brief ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.reporting_brief_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.reporting_briefsubscription (
    id bigint NOT NULL,
    surface character varying(40) NOT NULL,
    cadence character varying(8) NOT NULL,
    is_forward_safe boolean NOT NULL,
    created_at timestamp with time zone NOT NULL,
    organization_id bigint NOT NULL,
    user_id bigint NOT NULL,
    region character varying(10) DEFAULT ''::character varying NOT NULL
);

ALTER TABLE ONLY public.reporting_briefsubscription FORCE ROW LEVEL SECURITY;

ALTER TABLE public.reporting_briefsubscription ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.reporting_briefsubscription_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.reporting_briefversion (
    id bigint NOT NULL,
    number smallint NOT NULL,
    title character varying(120) NOT NULL,
    classification character varying(12) NOT NULL,
    blocks jsonb NOT NULL,
    words smallint NOT NULL,
    as_of timestamp with time zone NOT NULL,
    submitted_at timestamp with time zone NOT NULL,
    returned_at timestamp with time zone,
    return_note character varying(500) NOT NULL,
    approved_at timestamp with time zone,
    sent_at timestamp with time zone,
    superseded_at timestamp with time zone,
    approved_by_id bigint,
    brief_id bigint NOT NULL,
    organization_id bigint NOT NULL,
    returned_by_id bigint,
    sent_by_id bigint,
    submitted_by_id bigint NOT NULL,
    CONSTRAINT brief_version_approved_by_another CHECK (((approved_by_id IS NULL) OR (NOT ((approved_by_id = submitted_by_id) AND (approved_by_id IS NOT NULL))))),
    CONSTRAINT brief_version_approved_whole CHECK ((((approved_at IS NULL) AND (approved_by_id IS NULL)) OR ((approved_at IS NOT NULL) AND (approved_by_id IS NOT NULL) AND (returned_at IS NULL)))),
    CONSTRAINT brief_version_returned_whole CHECK ((((returned_at IS NULL) AND (returned_by_id IS NULL)) OR ((returned_at IS NOT NULL) AND (returned_by_id IS NOT NULL)))),
    CONSTRAINT brief_version_sent_once_approved CHECK ((((sent_at IS NULL) AND (sent_by_id IS NULL)) OR ((approved_at IS NOT NULL) AND (sent_at IS NOT NULL) AND (sent_by_id IS NOT NULL)))),
    CONSTRAINT brief_version_superseded_once_sent CHECK (((superseded_at IS NULL) OR (sent_at IS NOT NULL))),
    CONSTRAINT reporting_briefversion_number_check CHECK ((number >= 0)),
    CONSTRAINT reporting_briefversion_words_check CHECK ((words >= 0))
);

ALTER TABLE ONLY public.reporting_briefversion FORCE ROW LEVEL SECURITY;

ALTER TABLE public.reporting_briefversion ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.reporting_briefversion_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.reporting_casefact (
    case_id bigint NOT NULL,
    queue_id bigint NOT NULL,
    team_id bigint,
    compartments character varying(32)[] NOT NULL,
    severity smallint NOT NULL,
    severity_first smallint NOT NULL,
    harm character varying(24) NOT NULL,
    market character varying(8) NOT NULL,
    language character varying(12) NOT NULL,
    surface character varying(8) NOT NULL,
    channel character varying(8) NOT NULL,
    shift character varying(8) NOT NULL,
    clause character varying(40) NOT NULL,
    is_child boolean NOT NULL,
    received_at timestamp with time zone NOT NULL,
    acknowledged_at timestamp with time zone,
    first_response_at timestamp with time zone,
    decided_at timestamp with time zone,
    first_closed_at timestamp with time zone,
    last_closed_at timestamp with time zone,
    is_open boolean NOT NULL,
    triaged_at timestamp with time zone,
    triage character varying(9) NOT NULL,
    reason character varying(24) NOT NULL,
    resolve_target_s integer,
    waited_s double precision NOT NULL,
    ttr_s double precision,
    full_ttr_s double precision,
    handle_s double precision NOT NULL,
    touches smallint NOT NULL,
    organization_id bigint NOT NULL,
    CONSTRAINT reporting_casefact_resolve_target_s_check CHECK ((resolve_target_s >= 0)),
    CONSTRAINT reporting_casefact_severity_check CHECK ((severity >= 0)),
    CONSTRAINT reporting_casefact_severity_first_check CHECK ((severity_first >= 0)),
    CONSTRAINT reporting_casefact_touches_check CHECK ((touches >= 0))
);

ALTER TABLE ONLY public.reporting_casefact FORCE ROW LEVEL SECURITY;

CREATE TABLE public.reporting_clockfact (
    clock_id bigint NOT NULL,
    case_id bigint NOT NULL,
    metric character varying(1) NOT NULL,
    started_at timestamp with time zone NOT NULL,
    due_at timestamp with time zone,
    settled_at timestamp with time zone,
    is_met boolean,
    is_excused boolean NOT NULL,
    is_running boolean NOT NULL,
    over_s double precision,
    cause character varying(12) NOT NULL,
    organization_id bigint NOT NULL
);

ALTER TABLE ONLY public.reporting_clockfact FORCE ROW LEVEL SECURITY;

CREATE TABLE public.reporting_closingfact (
    id bigint NOT NULL,
    case_id bigint NOT NULL,
    number smallint NOT NULL,
    closed_at timestamp with time zone NOT NULL,
    resolution character varying(20) NOT NULL,
    reopened_at timestamp with time zone,
    reopened_why character varying(300) NOT NULL,
    organization_id bigint NOT NULL,
    CONSTRAINT reporting_closingfact_number_check CHECK ((number >= 0))
);

ALTER TABLE ONLY public.reporting_closingfact FORCE ROW LEVEL SECURITY;

ALTER TABLE public.reporting_closingfact ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.reporting_closingfact_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.reporting_coachingset (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    reason character varying(20) NOT NULL,
    title character varying(120) NOT NULL,
    message character varying(2000) NOT NULL,
    refs character varying(16)[] NOT NULL,
    shared_at timestamp with time zone NOT NULL,
    acknowledged_at timestamp with time zone,
    acknowledged_by_id bigint,
    organization_id bigint NOT NULL,
    shared_by_id bigint NOT NULL,
    CONSTRAINT coaching_set_acknowledged_by_somebody CHECK ((((acknowledged_at IS NULL) AND (acknowledged_by_id IS NULL)) OR ((acknowledged_at IS NOT NULL) AND (acknowledged_by_id IS NOT NULL)))),
    CONSTRAINT coaching_set_of_1_to_20_cases CHECK (((
CASE
    WHEN (refs IS NULL) THEN NULL::integer
    ELSE COALESCE(array_length(refs, 1), 0)
END >= 1) AND (
CASE
    WHEN (refs IS NULL) THEN NULL::integer
    ELSE COALESCE(array_length(refs, 1), 0)
END <= 20)))
);

ALTER TABLE ONLY public.reporting_coachingset FORCE ROW LEVEL SECURITY;

ALTER TABLE public.reporting_coachingset ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.reporting_coachingset_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.reporting_commitment (
    id bigint NOT NULL,
    week_on date NOT NULL,
    text character varying(300) NOT NULL,
    owner character varying(120) NOT NULL,
    due_on date NOT NULL,
    made_at timestamp with time zone NOT NULL,
    done_at timestamp with time zone,
    done_by_id bigint,
    made_by_id bigint NOT NULL,
    organization_id bigint NOT NULL,
    CONSTRAINT commitment_due_after_its_review CHECK ((due_on >= week_on)),
    CONSTRAINT commitment_says_who_does_what CHECK (((NOT ((text)::text = ''::text)) AND (NOT ((owner)::text = ''::text))))
);

ALTER TABLE ONLY public.reporting_commitment FORCE ROW LEVEL SECURITY;

ALTER TABLE public.reporting_commitment ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.reporting_commitment_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.reporting_contracttarget (
    id bigint NOT NULL,
    measure character varying(32) NOT NULL,
    value double precision,
    starts_on date NOT NULL,
    note character varying(300) NOT NULL,
    set_at timestamp with time zone NOT NULL,
    organization_id bigint NOT NULL,
    set_by_id bigint NOT NULL,
    CONSTRAINT contract_target_not_negative CHECK (((value IS NULL) OR (value >= (0.0)::double precision)))
);

ALTER TABLE ONLY public.reporting_contracttarget FORCE ROW LEVEL SECURITY;

ALTER TABLE public.reporting_contracttarget ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.reporting_contracttarget_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.reporting_decisionfact (
    decision_id bigint NOT NULL,
    case_id bigint NOT NULL,
    decided_at timestamp with time zone NOT NULL,
    effective_at timestamp with time zone NOT NULL,
    verdict character varying(17) NOT NULL,
    clause character varying(40) NOT NULL,
    is_repeat boolean NOT NULL,
    is_gap boolean NOT NULL,
    is_graphic boolean NOT NULL,
    was_shielded boolean NOT NULL,
    overturned_at timestamp with time zone,
    organization_id bigint NOT NULL
);

ALTER TABLE ONLY public.reporting_decisionfact FORCE ROW LEVEL SECURITY;

CREATE TABLE public.reporting_export (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    source character varying(40) NOT NULL,
    title character varying(120) NOT NULL,
    said character varying(1000) NOT NULL,
    params jsonb NOT NULL,
    format character varying(8) NOT NULL,
    language character varying(10) NOT NULL,
    state character varying(10) NOT NULL,
    total bigint,
    rows bigint NOT NULL,
    cursor bigint NOT NULL,
    spooled bigint NOT NULL,
    bytes bigint NOT NULL,
    sha256 character varying(64) NOT NULL,
    attempts smallint NOT NULL,
    trouble character varying(12) NOT NULL,
    next_at timestamp with time zone NOT NULL,
    leased_until timestamp with time zone,
    started_at timestamp with time zone,
    ended_at timestamp with time zone,
    expires_at timestamp with time zone NOT NULL,
    answered_at timestamp with time zone,
    reason character varying(300) NOT NULL,
    downloads integer NOT NULL,
    answered_by_id bigint,
    asked_by_id bigint NOT NULL,
    organization_id bigint NOT NULL,
    access character varying(64) DEFAULT ''::character varying NOT NULL,
    CONSTRAINT export_answered_whole CHECK ((((answered_at IS NULL) AND (answered_by_id IS NULL)) OR ((answered_at IS NOT NULL) AND (answered_by_id IS NOT NULL)))),
    CONSTRAINT export_done_has_its_sum CHECK (((NOT ((state)::text = 'done'::text)) OR (NOT ((sha256)::text = ''::text)))),
    CONSTRAINT export_ended_at_iff_ended CHECK ((((ended_at IS NULL) AND ((state)::text = ANY ((ARRAY['asked'::character varying, 'queued'::character varying, 'running'::character varying, 'packing'::character varying])::text[]))) OR ((NOT ((state)::text = ANY ((ARRAY['asked'::character varying, 'queued'::character varying, 'running'::character varying, 'packing'::character varying])::text[]))) AND (ended_at IS NOT NULL)))),
    CONSTRAINT export_never_by_its_asker CHECK (((answered_by_id IS NULL) OR (NOT ((answered_by_id = asked_by_id) AND (answered_by_id IS NOT NULL))))),
    CONSTRAINT export_trouble_iff_failed CHECK (((((state)::text = 'failed'::text) AND (NOT ((trouble)::text = ''::text))) OR ((NOT ((state)::text = 'failed'::text)) AND ((trouble)::text = ''::text)))),
    CONSTRAINT reporting_export_attempts_check CHECK ((attempts >= 0)),
    CONSTRAINT reporting_export_bytes_check CHECK ((bytes >= 0)),
    CONSTRAINT reporting_export_downloads_check CHECK ((downloads >= 0)),
    CONSTRAINT reporting_export_rows_check CHECK ((rows >= 0)),
    CONSTRAINT reporting_export_spooled_check CHECK ((spooled >= 0)),
    CONSTRAINT reporting_export_total_check CHECK ((total >= 0))
);

ALTER TABLE ONLY public.reporting_export FORCE ROW LEVEL SECURITY;

ALTER TABLE public.reporting_export ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.reporting_export_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.reporting_factsstate (
    id bigint NOT NULL,
    to_transaction bigint NOT NULL,
    rebuilt_to bigint,
    as_of timestamp with time zone NOT NULL,
    definitions smallint DEFAULT 1 NOT NULL,
    CONSTRAINT facts_state_is_one_row CHECK ((id = 1)),
    CONSTRAINT reporting_factsstate_definitions_check CHECK ((definitions >= 0))
);

ALTER TABLE public.reporting_factsstate ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.reporting_factsstate_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.reporting_mailing (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    is_forward_safe boolean NOT NULL,
    slot_at timestamp with time zone NOT NULL,
    state character varying(7) NOT NULL,
    skipped_for character varying(12) NOT NULL,
    attempts smallint NOT NULL,
    next_at timestamp with time zone NOT NULL,
    last_error character varying(300) NOT NULL,
    subject character varying(200) NOT NULL,
    body text NOT NULL,
    file_name character varying(120) NOT NULL,
    content bytea,
    access character varying(64) NOT NULL,
    made_at timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    organization_id bigint NOT NULL,
    user_id bigint NOT NULL,
    version_id bigint,
    schedule_id bigint,
    CONSTRAINT mailing_of_one_thing CHECK ((((schedule_id IS NULL) AND (version_id IS NOT NULL)) OR ((schedule_id IS NOT NULL) AND (version_id IS NULL)))),
    CONSTRAINT mailing_says_why_skipped CHECK (((((state)::text = 'skipped'::text) AND (NOT ((skipped_for)::text = ''::text))) OR ((NOT ((state)::text = 'skipped'::text)) AND ((skipped_for)::text = ''::text)))),
    CONSTRAINT reporting_mailing_attempts_check CHECK ((attempts >= 0))
);

ALTER TABLE ONLY public.reporting_mailing FORCE ROW LEVEL SECURITY;

ALTER TABLE public.reporting_mailing ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.reporting_mailing_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.reporting_reportschedule (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    name character varying(80) NOT NULL,
    page character varying(40) NOT NULL,
    "where" character varying(1000) NOT NULL,
    days smallint NOT NULL,
    pace character varying(7) NOT NULL,
    weekday smallint NOT NULL,
    day smallint NOT NULL,
    local_at time without time zone NOT NULL,
    format character varying(4) NOT NULL,
    language character varying(10) NOT NULL,
    state character varying(7) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    revision integer NOT NULL,
    made_by_id bigint NOT NULL,
    organization_id bigint NOT NULL,
    CONSTRAINT report_schedule_day_1_to_28 CHECK (((day >= 1) AND (day <= 28))),
    CONSTRAINT report_schedule_days_1_to_366 CHECK (((days >= 1) AND (days <= 366))),
    CONSTRAINT report_schedule_has_a_name CHECK ((NOT ((name)::text = ''::text))),
    CONSTRAINT report_schedule_weekday_1_to_7 CHECK (((weekday >= 1) AND (weekday <= 7))),
    CONSTRAINT reporting_reportschedule_day_check CHECK ((day >= 0)),
    CONSTRAINT reporting_reportschedule_days_check CHECK ((days >= 0)),
    CONSTRAINT reporting_reportschedule_revision_check CHECK ((revision >= 0)),
    CONSTRAINT reporting_reportschedule_weekday_check CHECK ((weekday >= 0))
);

ALTER TABLE ONLY public.reporting_reportschedule FORCE ROW LEVEL SECURITY;

ALTER TABLE public.reporting_reportschedule ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.reporting_reportschedule_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.reporting_reviewimport (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    name character varying(200) NOT NULL,
    at timestamp with time zone NOT NULL,
    new integer NOT NULL,
    changed integer NOT NULL,
    known integer NOT NULL,
    refused integer NOT NULL,
    key_id bigint,
    organization_id bigint NOT NULL,
    person_id bigint,
    CONSTRAINT reporting_reviewimport_changed_check CHECK ((changed >= 0)),
    CONSTRAINT reporting_reviewimport_known_check CHECK ((known >= 0)),
    CONSTRAINT reporting_reviewimport_new_check CHECK ((new >= 0)),
    CONSTRAINT reporting_reviewimport_refused_check CHECK ((refused >= 0)),
    CONSTRAINT review_import_by_a_person_or_a_key CHECK ((((person_id IS NULL) OR (key_id IS NULL)) AND (1 = (
CASE
    WHEN (person_id IS NULL) THEN 1
    ELSE 0
END +
CASE
    WHEN (key_id IS NULL) THEN 1
    ELSE 0
END))))
);

ALTER TABLE ONLY public.reporting_reviewimport FORCE ROW LEVEL SECURITY;

ALTER TABLE public.reporting_reviewimport ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.reporting_reviewimport_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.reporting_rollup (
    id bigint NOT NULL,
    grain character varying(1) NOT NULL,
    start_at timestamp with time zone NOT NULL,
    queue_id bigint,
    team_id bigint,
    compartments character varying(32)[] NOT NULL,
    dim character varying(10) NOT NULL,
    value character varying(40) NOT NULL,
    counts integer[] NOT NULL,
    organization_id bigint,
    family smallint,
    keys character varying(1) DEFAULT 'n'::character varying NOT NULL,
    buckets smallint[],
    CONSTRAINT reporting_rollup_family_check CHECK ((family >= 0))
);

ALTER TABLE ONLY public.reporting_rollup FORCE ROW LEVEL SECURITY;

ALTER TABLE public.reporting_rollup ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.reporting_rollup_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.reporting_rollupday (
    day date NOT NULL,
    is_clean boolean NOT NULL,
    shape character varying(16) NOT NULL,
    built_at timestamp with time zone NOT NULL,
    facts integer DEFAULT 0 NOT NULL,
    CONSTRAINT reporting_rollupday_facts_check CHECK ((facts >= 0))
);

CREATE TABLE public.reporting_savedreport (
    id bigint NOT NULL,
    public_id uuid NOT NULL,
    name character varying(80) NOT NULL,
    kind character varying(8) NOT NULL,
    audience character varying(8) NOT NULL,
    state character varying(2000) NOT NULL,
    statement text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    organization_id bigint NOT NULL,
    owner_id bigint NOT NULL,
    CONSTRAINT saved_report_holds_its_kind CHECK (((((kind)::text = 'sql'::text) AND (NOT (statement = ''::text)) AND ((state)::text = ''::text)) OR (((kind)::text = 'explore'::text) AND (statement = ''::text))))
);

ALTER TABLE ONLY public.reporting_savedreport FORCE ROW LEVEL SECURITY;

ALTER TABLE public.reporting_savedreport ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.reporting_savedreport_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.reporting_schedulerecipient (
    id bigint NOT NULL,
    next_at timestamp with time zone NOT NULL,
    organization_id bigint NOT NULL,
    schedule_id bigint NOT NULL,
    user_id bigint NOT NULL
);

ALTER TABLE ONLY public.reporting_schedulerecipient FORCE ROW LEVEL SECURITY;

ALTER TABLE public.reporting_schedulerecipient ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.reporting_schedulerecipient_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.reporting_sqlscope (
    pid integer NOT NULL,
    began_at timestamp with time zone NOT NULL,
    user_id bigint NOT NULL,
    reach text NOT NULL,
    labels text[] NOT NULL,
    CONSTRAINT sql_scope_reach_known CHECK ((reach = ANY (ARRAY['all'::text, 'closed'::text])))
);

CREATE TABLE public.reporting_vendorreview (
    id bigint NOT NULL,
    external_id character varying(120) NOT NULL,
    kind character varying(7) NOT NULL,
    item character varying(300) NOT NULL,
    item_key character varying(300) NOT NULL,
    reviewer character varying(80) NOT NULL,
    decision character varying(14) NOT NULL,
    clause character varying(40) NOT NULL,
    decided_at timestamp with time zone NOT NULL,
    handle_s integer,
    escalation character varying(120) NOT NULL,
    brought_by_id bigint NOT NULL,
    organization_id bigint NOT NULL,
    CONSTRAINT reporting_vendorreview_handle_s_check CHECK ((handle_s >= 0)),
    CONSTRAINT vendor_review_says_what_and_who CHECK (((NOT ((external_id)::text = ''::text)) AND (NOT ((item)::text = ''::text)) AND (NOT ((reviewer)::text = ''::text))))
);

ALTER TABLE ONLY public.reporting_vendorreview FORCE ROW LEVEL SECURITY;

ALTER TABLE public.reporting_vendorreview ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.reporting_vendorreview_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.reporting_vendorweek (
    id bigint NOT NULL,
    starts_on date NOT NULL,
    zone character varying(64) NOT NULL,
    edition smallint NOT NULL,
    figures jsonb NOT NULL,
    why character varying(300) NOT NULL,
    frozen_at timestamp with time zone NOT NULL,
    signed_at timestamp with time zone,
    vendor_signed_at timestamp with time zone,
    frozen_by_id bigint,
    organization_id bigint NOT NULL,
    signed_by_id bigint,
    vendor_signed_by_id bigint,
    CONSTRAINT reporting_vendorweek_edition_check CHECK ((edition >= 0)),
    CONSTRAINT vendor_week_further_edition_says_why CHECK (((edition = 1) OR (NOT ((why)::text = ''::text)))),
    CONSTRAINT vendor_week_signature_is_somebodys CHECK ((((signed_at IS NULL) AND (signed_by_id IS NULL)) OR ((signed_at IS NOT NULL) AND (signed_by_id IS NOT NULL)))),
    CONSTRAINT vendor_week_vendor_signature_is_somebodys CHECK ((((vendor_signed_at IS NULL) AND (vendor_signed_by_id IS NULL)) OR ((vendor_signed_at IS NOT NULL) AND (vendor_signed_by_id IS NOT NULL))))
);

ALTER TABLE ONLY public.reporting_vendorweek FORCE ROW LEVEL SECURITY;

ALTER TABLE public.reporting_vendorweek ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.reporting_vendorweek_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.usersessions_usersession (
    id bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    ip inet NOT NULL,
    last_seen_at timestamp with time zone NOT NULL,
    session_key character varying(40) NOT NULL,
    user_agent character varying(200) NOT NULL,
    data jsonb NOT NULL,
    user_id bigint NOT NULL
);

ALTER TABLE public.usersessions_usersession ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.usersessions_usersession_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE VIEW public.v_appeal WITH (security_invoker='true') AS
 SELECT a.ref,
    c.ref AS case_ref,
    o.slug AS organization,
    q.slug AS queue,
    c.severity,
    c.harm,
    c.language,
    c.market,
    a.appellant,
    a.channel,
    a.state,
    NULLIF((a.outcome)::text, ''::text) AS outcome,
    NULLIF((a.grounds)::text, ''::text) AS grounds,
    a.filed_at,
    a.due_at,
    a.decided_at,
    a.closed_at,
    a.is_expedited,
    ((a.late_reason)::text <> ''::text) AS is_late,
    d.verdict AS decision_verdict,
    d.decided_at AS decision_decided_at,
    p.key AS decision_clause
   FROM ((((((public.escalations_appeal a
     JOIN public.escalations_decision d ON ((d.id = a.decision_id)))
     JOIN public.escalations_case c ON ((c.id = a.case_id)))
     JOIN public.accounts_organization o ON ((o.id = c.organization_id)))
     JOIN public.escalations_queue q ON ((q.id = c.queue_id)))
     LEFT JOIN public.policies_policyversion v ON ((v.id = d.clause_id)))
     LEFT JOIN public.policies_policy p ON ((p.id = v.policy_id)))
  WHERE ((NOT c.is_sandbox) AND (c.is_practice_for_id IS NULL));

COMMENT ON VIEW public.v_appeal IS 'Version 1. One row per appeal of a decision, with the decision it is about.';

CREATE VIEW public.v_case WITH (security_invoker='true') AS
 SELECT c.ref,
    o.slug AS organization,
    c.channel,
    c.external_ref,
    c.surface,
    c.harm,
    c.market,
    c.language,
    c.severity,
    c.status,
    c.is_open,
    NULLIF((c.resolution)::text, ''::text) AS resolution,
    q.slug AS queue,
    c.level,
    c.reach,
    c.received_at,
    c.first_response_at,
    c.decided_at,
    c.closed_at,
    c.reopened_count,
    (c.parent_id IS NOT NULL) AS is_merged_child,
    o.kind AS organization_kind,
    t.slug AS team,
    NULLIF((t.hub)::text, ''::text) AS hub,
    NULLIF((c.platform)::text, ''::text) AS platform,
    NULLIF((c.suspected_policy)::text, ''::text) AS suspected_clause,
    NULLIF((c.waiting_on)::text, ''::text) AS waiting_on,
    c.graphic_tier,
    c.is_legal_hold,
    c.is_high_profile,
    c.cluster_size,
    NULLIF((c.due_metric)::text, ''::text) AS due_clock,
    c.due_at,
    c.is_paused,
    (c.is_breached OR (c.is_open AND (c.due_at < now()) AND (EXISTS ( SELECT
           FROM public.escalations_slaclock k
          WHERE (((k.object_type)::text = 'case'::text) AND (k.object_id = c.id) AND ((k.state)::text = ANY ((ARRAY['pending'::character varying, 'running'::character varying, 'paused'::character varying])::text[])) AND (k.missed_at IS NOT NULL)))))) AS is_breached,
    ( SELECT k.stopped_at
           FROM public.escalations_slaclock k
          WHERE (((k.object_type)::text = 'case'::text) AND (k.object_id = c.id) AND ((k.metric)::text = 'A'::text) AND (k.cycle = 1))) AS acknowledged_at
   FROM (((public.escalations_case c
     JOIN public.accounts_organization o ON ((o.id = c.organization_id)))
     JOIN public.escalations_queue q ON ((q.id = c.queue_id)))
     LEFT JOIN public.accounts_team t ON ((t.id = q.team_id)))
  WHERE ((NOT c.is_sandbox) AND (c.is_practice_for_id IS NULL));

COMMENT ON VIEW public.v_case IS 'Version 1. One row per case. Times are UTC; severity 0 (worst) to 4; without sandbox and practice cases.';

CREATE VIEW public.v_clock WITH (security_invoker='true') AS
 SELECT c.ref AS case_ref,
    o.slug AS organization,
    q.slug AS queue,
    c.severity,
    k.object_type AS object,
    a.ref AS appeal_ref,
    k.metric AS clock,
    k.cycle,
    k.state,
    k.target_s,
    k.started_at,
    k.due_at,
    k.breach_at,
    k.stopped_at,
    k.missed_at,
        CASE
            WHEN ((k.state)::text = 'cancelled'::text) THEN NULL::timestamp with time zone
            ELSE COALESCE(k.missed_at, k.stopped_at)
        END AS settled_at,
        CASE
            WHEN ((k.state)::text = 'cancelled'::text) THEN NULL::boolean
            WHEN (k.missed_at IS NOT NULL) THEN false
            WHEN (k.stopped_at IS NOT NULL) THEN true
            ELSE NULL::boolean
        END AS is_met,
    ((k.state)::text = ANY ((ARRAY['pending'::character varying, 'running'::character varying, 'paused'::character varying])::text[])) AS is_open,
    NULLIF((k.paused_reason)::text, ''::text) AS paused_reason,
    (k.consumed_s + k.carried_s) AS used_s,
    (k.excused_by_id IS NOT NULL) AS is_excused
   FROM ((((public.escalations_slaclock k
     LEFT JOIN public.escalations_appeal a ON ((((k.object_type)::text = 'appeal'::text) AND (a.id = k.object_id))))
     JOIN public.escalations_case c ON ((c.id =
        CASE k.object_type
            WHEN 'case'::text THEN k.object_id
            ELSE a.case_id
        END)))
     JOIN public.accounts_organization o ON ((o.id = c.organization_id)))
     JOIN public.escalations_queue q ON ((q.id = c.queue_id)))
  WHERE ((NOT c.is_sandbox) AND (c.is_practice_for_id IS NULL));

COMMENT ON VIEW public.v_clock IS 'Version 1. One row per run of an SLA clock of a case or an appeal. Settled at its stop when met, else at the moment it was missed.';

CREATE VIEW public.v_decision WITH (security_invoker='true') AS
 SELECT c.ref AS case_ref,
    o.slug AS organization,
    q.slug AS queue,
    c.severity,
    c.harm,
    c.language,
    c.market,
    d.state,
    d.verdict,
    p.key AS clause,
    p.family AS clause_family,
    v.number AS clause_version,
    d.confidence,
    NULLIF((d.deviation)::text, ''::text) AS deviation,
    ((d.departs_why)::text <> ''::text) AS departs_from_precedent,
    d.decided_at,
    d.hold_until,
    d.effective_at,
    d.undone_at,
    d.overturned_at,
    (d.supersedes_id IS NOT NULL) AS is_revision,
    (d.repeats_id IS NOT NULL) AS is_repeat,
    (d.gap_id IS NOT NULL) AS names_gap,
    (EXISTS ( SELECT
           FROM public.escalations_approval y
          WHERE (y.decision_id = d.id))) AS asked_second_person
   FROM (((((public.escalations_decision d
     JOIN public.escalations_case c ON ((c.id = d.case_id)))
     JOIN public.accounts_organization o ON ((o.id = c.organization_id)))
     JOIN public.escalations_queue q ON ((q.id = c.queue_id)))
     LEFT JOIN public.policies_policyversion v ON ((v.id = d.clause_id)))
     LEFT JOIN public.policies_policy p ON ((p.id = v.policy_id)))
  WHERE ((NOT c.is_sandbox) AND (c.is_practice_for_id IS NULL));

COMMENT ON VIEW public.v_decision IS 'Version 1. One row per decision ever made on a case, taken back ones included: look at `state`. Who decided stands in no view.';

CREATE VIEW public.v_vendor_submission WITH (security_invoker='true') AS
 SELECT o2.slug AS vendor,
    c.ref AS case_ref,
    s.channel,
    NULLIF((s.external_ref)::text, ''::text) AS external_ref,
    s.received_at,
    s.result,
    q.slug AS queue,
    c.severity,
    c.severity_claimed,
    c.harm,
    c.language,
    c.market,
    c.surface,
    c.status,
    NULLIF((c.resolution)::text, ''::text) AS resolution,
    c.closed_at,
    jsonb_array_length(s.warnings) AS warnings
   FROM ((((public.escalations_submission s
     JOIN public.accounts_organization o2 ON (((o2.id = s.organization_id) AND ((o2.kind)::text = 'vendor'::text))))
     JOIN public.escalations_case c ON ((c.id = s.case_id)))
     JOIN public.accounts_organization o ON ((o.id = c.organization_id)))
     JOIN public.escalations_queue q ON ((q.id = c.queue_id)))
  WHERE ((NOT s.is_sandbox) AND (NOT c.is_sandbox) AND (c.is_practice_for_id IS NULL));

COMMENT ON VIEW public.v_vendor_submission IS 'Version 1. One row per submission of a vendor: what it made or joined, and what became of that case.';

INSERT INTO public.auth_permission VALUES
	(1, 'Can add schedule', 1, 'add_schedule'),
	(2, 'Can change schedule', 1, 'change_schedule'),
	(3, 'Can delete schedule', 1, 'delete_schedule'),
	(4, 'Can view schedule', 1, 'view_schedule'),
	(5, 'Can add access record', 2, 'add_accessrecord'),
	(6, 'Can change access record', 2, 'change_accessrecord'),
	(7, 'Can delete access record', 2, 'delete_accessrecord'),
	(8, 'Can view access record', 2, 'view_accessrecord'),
	(9, 'Can add engine beat', 3, 'add_enginebeat'),
	(10, 'Can change engine beat', 3, 'change_enginebeat'),
	(11, 'Can delete engine beat', 3, 'delete_enginebeat'),
	(12, 'Can view engine beat', 3, 'view_enginebeat'),
	(13, 'Can add event', 4, 'add_event'),
	(14, 'Can change event', 4, 'change_event'),
	(15, 'Can delete event', 4, 'delete_event'),
	(16, 'Can view event', 4, 'view_event'),
	(17, 'Can add outbox message', 5, 'add_outboxmessage'),
	(18, 'Can change outbox message', 5, 'change_outboxmessage'),
	(19, 'Can delete outbox message', 5, 'delete_outboxmessage'),
	(20, 'Can view outbox message', 5, 'view_outboxmessage'),
	(21, 'Can add log block', 6, 'add_logblock'),
	(22, 'Can change log block', 6, 'change_logblock'),
	(23, 'Can delete log block', 6, 'delete_logblock'),
	(24, 'Can view log block', 6, 'view_logblock'),
	(25, 'Can add log copy', 7, 'add_logcopy'),
	(26, 'Can change log copy', 7, 'change_logcopy'),
	(27, 'Can delete log copy', 7, 'delete_logcopy'),
	(28, 'Can view log copy', 7, 'view_logcopy'),
	(29, 'Can add log head', 8, 'add_loghead'),
	(30, 'Can change log head', 8, 'change_loghead'),
	(31, 'Can delete log head', 8, 'delete_loghead'),
	(32, 'Can view log head', 8, 'view_loghead'),
	(33, 'Can add canary run', 9, 'add_canaryrun'),
	(34, 'Can change canary run', 9, 'change_canaryrun'),
	(35, 'Can delete canary run', 9, 'delete_canaryrun'),
	(36, 'Can view canary run', 9, 'view_canaryrun'),
	(37, 'Can add clock guard', 10, 'add_clockguard'),
	(38, 'Can change clock guard', 10, 'change_clockguard'),
	(39, 'Can delete clock guard', 10, 'delete_clockguard'),
	(40, 'Can view clock guard', 10, 'view_clockguard'),
	(41, 'Can add incident', 11, 'add_incident'),
	(42, 'Can change incident', 11, 'change_incident'),
	(43, 'Can delete incident', 11, 'delete_incident'),
	(44, 'Can view incident', 11, 'view_incident'),
	(45, 'Can add maintenance', 12, 'add_maintenance'),
	(46, 'Can change maintenance', 12, 'change_maintenance'),
	(47, 'Can delete maintenance', 12, 'delete_maintenance'),
	(48, 'Can view maintenance', 12, 'view_maintenance'),
	(49, 'Can add schedule run', 13, 'add_schedulerun'),
	(50, 'Can change schedule run', 13, 'change_schedulerun'),
	(51, 'Can delete schedule run', 13, 'delete_schedulerun'),
	(52, 'Can view schedule run', 13, 'view_schedulerun'),
	(53, 'Can add organization', 14, 'add_organization'),
	(54, 'Can change organization', 14, 'change_organization'),
	(55, 'Can delete organization', 14, 'delete_organization'),
	(56, 'Can view organization', 14, 'view_organization'),
	(57, 'Can add user', 15, 'add_user'),
	(58, 'Can change user', 15, 'change_user'),
	(59, 'Can delete user', 15, 'delete_user'),
	(60, 'Can view user', 15, 'view_user'),
	(61, 'Can add rate window', 16, 'add_ratewindow'),
	(62, 'Can change rate window', 16, 'change_ratewindow'),
	(63, 'Can delete rate window', 16, 'delete_ratewindow'),
	(64, 'Can view rate window', 16, 'view_ratewindow'),
	(65, 'Can add role grant', 17, 'add_rolegrant'),
	(66, 'Can change role grant', 17, 'change_rolegrant'),
	(67, 'Can delete role grant', 17, 'delete_rolegrant'),
	(68, 'Can view role grant', 17, 'view_rolegrant'),
	(69, 'Can add service key', 18, 'add_servicekey'),
	(70, 'Can change service key', 18, 'change_servicekey'),
	(71, 'Can delete service key', 18, 'delete_servicekey'),
	(72, 'Can view service key', 18, 'view_servicekey'),
	(73, 'Can add idempotency record', 19, 'add_idempotencyrecord'),
	(74, 'Can change idempotency record', 19, 'change_idempotencyrecord'),
	(75, 'Can delete idempotency record', 19, 'delete_idempotencyrecord'),
	(76, 'Can view idempotency record', 19, 'view_idempotencyrecord'),
	(77, 'Can add skill', 20, 'add_skill'),
	(78, 'Can change skill', 20, 'change_skill'),
	(79, 'Can delete skill', 20, 'delete_skill'),
	(80, 'Can view skill', 20, 'view_skill'),
	(81, 'Can add team', 21, 'add_team'),
	(82, 'Can change team', 21, 'change_team'),
	(83, 'Can delete team', 21, 'delete_team'),
	(84, 'Can view team', 21, 'view_team'),
	(85, 'Can add membership', 22, 'add_membership'),
	(86, 'Can change membership', 22, 'change_membership'),
	(87, 'Can delete membership', 22, 'delete_membership'),
	(88, 'Can view membership', 22, 'view_membership'),
	(89, 'Can add clearance', 23, 'add_clearance'),
	(90, 'Can change clearance', 23, 'change_clearance'),
	(91, 'Can delete clearance', 23, 'delete_clearance'),
	(92, 'Can view clearance', 23, 'view_clearance'),
	(93, 'Can add calendar', 24, 'add_calendar'),
	(94, 'Can change calendar', 24, 'change_calendar'),
	(95, 'Can delete calendar', 24, 'delete_calendar'),
	(96, 'Can view calendar', 24, 'view_calendar'),
	(97, 'Can add holiday set', 25, 'add_holidayset'),
	(98, 'Can change holiday set', 25, 'change_holidayset'),
	(99, 'Can delete holiday set', 25, 'delete_holidayset'),
	(100, 'Can view holiday set', 25, 'view_holidayset'),
	(101, 'Can add calendar version', 26, 'add_calendarversion'),
	(102, 'Can change calendar version', 26, 'change_calendarversion'),
	(103, 'Can delete calendar version', 26, 'delete_calendarversion'),
	(104, 'Can view calendar version', 26, 'view_calendarversion'),
	(105, 'Can add holiday entry', 27, 'add_holidayentry'),
	(106, 'Can change holiday entry', 27, 'change_holidayentry'),
	(107, 'Can delete holiday entry', 27, 'delete_holidayentry'),
	(108, 'Can view holiday entry', 27, 'view_holidayentry'),
	(109, 'Can add holiday feed', 28, 'add_holidayfeed'),
	(110, 'Can change holiday feed', 28, 'change_holidayfeed'),
	(111, 'Can delete holiday feed', 28, 'delete_holidayfeed'),
	(112, 'Can view holiday feed', 28, 'view_holidayfeed'),
	(113, 'Can add holiday reading', 29, 'add_holidayreading'),
	(114, 'Can change holiday reading', 29, 'change_holidayreading'),
	(115, 'Can delete holiday reading', 29, 'delete_holidayreading'),
	(116, 'Can view holiday reading', 29, 'view_holidayreading'),
	(117, 'Can add policy', 30, 'add_policy'),
	(118, 'Can change policy', 30, 'change_policy'),
	(119, 'Can delete policy', 30, 'delete_policy'),
	(120, 'Can view policy', 30, 'view_policy'),
	(121, 'Can add policy version', 31, 'add_policyversion'),
	(122, 'Can change policy version', 31, 'change_policyversion'),
	(123, 'Can delete policy version', 31, 'delete_policyversion'),
	(124, 'Can view policy version', 31, 'view_policyversion'),
	(125, 'Can add gap', 32, 'add_gap'),
	(126, 'Can change gap', 32, 'change_gap'),
	(127, 'Can delete gap', 32, 'delete_gap'),
	(128, 'Can view gap', 32, 'view_gap'),
	(129, 'Can add guidance', 33, 'add_guidance'),
	(130, 'Can change guidance', 33, 'change_guidance'),
	(131, 'Can delete guidance', 33, 'delete_guidance'),
	(132, 'Can view guidance', 33, 'view_guidance'),
	(133, 'Can add guidance acknowledgement', 34, 'add_guidanceacknowledgement'),
	(134, 'Can change guidance acknowledgement', 34, 'change_guidanceacknowledgement'),
	(135, 'Can delete guidance acknowledgement', 34, 'delete_guidanceacknowledgement'),
	(136, 'Can view guidance acknowledgement', 34, 'view_guidanceacknowledgement'),
	(137, 'Can add policy translation', 35, 'add_policytranslation'),
	(138, 'Can change policy translation', 35, 'change_policytranslation'),
	(139, 'Can delete policy translation', 35, 'delete_policytranslation'),
	(140, 'Can view policy translation', 35, 'view_policytranslation'),
	(141, 'Can add version acknowledgement', 36, 'add_versionacknowledgement'),
	(142, 'Can change version acknowledgement', 36, 'change_versionacknowledgement'),
	(143, 'Can delete version acknowledgement', 36, 'delete_versionacknowledgement'),
	(144, 'Can view version acknowledgement', 36, 'view_versionacknowledgement'),
	(145, 'Can add version comment', 37, 'add_versioncomment'),
	(146, 'Can change version comment', 37, 'change_versioncomment'),
	(147, 'Can delete version comment', 37, 'delete_versioncomment'),
	(148, 'Can view version comment', 37, 'view_versioncomment'),
	(149, 'Can add sla plan', 38, 'add_slaplan'),
	(150, 'Can change sla plan', 38, 'change_slaplan'),
	(151, 'Can delete sla plan', 38, 'delete_slaplan'),
	(152, 'Can view sla plan', 38, 'view_slaplan'),
	(153, 'Can add tag', 39, 'add_tag'),
	(154, 'Can change tag', 39, 'change_tag'),
	(155, 'Can delete tag', 39, 'delete_tag'),
	(156, 'Can view tag', 39, 'view_tag'),
	(157, 'Can add blob', 40, 'add_blob'),
	(158, 'Can change blob', 40, 'change_blob'),
	(159, 'Can delete blob', 40, 'delete_blob'),
	(160, 'Can view blob', 40, 'view_blob'),
	(161, 'Can add case', 41, 'add_case'),
	(162, 'Can change case', 41, 'change_case'),
	(163, 'Can delete case', 41, 'delete_case'),
	(164, 'Can view case', 41, 'view_case'),
	(165, 'Can add comment', 42, 'add_comment'),
	(166, 'Can change comment', 42, 'change_comment'),
	(167, 'Can delete comment', 42, 'delete_comment'),
	(168, 'Can view comment', 42, 'view_comment'),
	(169, 'Can add draft', 43, 'add_draft'),
	(170, 'Can change draft', 43, 'change_draft'),
	(171, 'Can delete draft', 43, 'delete_draft'),
	(172, 'Can view draft', 43, 'view_draft'),
	(173, 'Can add entity', 44, 'add_entity'),
	(174, 'Can change entity', 44, 'change_entity'),
	(175, 'Can delete entity', 44, 'delete_entity'),
	(176, 'Can view entity', 44, 'view_entity'),
	(177, 'Can add case entity', 45, 'add_caseentity'),
	(178, 'Can change case entity', 45, 'change_caseentity'),
	(179, 'Can delete case entity', 45, 'delete_caseentity'),
	(180, 'Can view case entity', 45, 'view_caseentity'),
	(181, 'Can add evidence', 46, 'add_evidence'),
	(182, 'Can change evidence', 46, 'change_evidence'),
	(183, 'Can delete evidence', 46, 'delete_evidence'),
	(184, 'Can view evidence', 46, 'view_evidence'),
	(185, 'Can add link', 47, 'add_link'),
	(186, 'Can change link', 47, 'change_link'),
	(187, 'Can delete link', 47, 'delete_link'),
	(188, 'Can view link', 47, 'view_link'),
	(189, 'Can add mention', 48, 'add_mention'),
	(190, 'Can change mention', 48, 'change_mention'),
	(191, 'Can delete mention', 48, 'delete_mention'),
	(192, 'Can view mention', 48, 'view_mention'),
	(193, 'Can add queue', 49, 'add_queue'),
	(194, 'Can change queue', 49, 'change_queue'),
	(195, 'Can delete queue', 49, 'delete_queue'),
	(196, 'Can view queue', 49, 'view_queue'),
	(197, 'Can add routing version', 50, 'add_routingversion'),
	(198, 'Can change routing version', 50, 'change_routingversion'),
	(199, 'Can delete routing version', 50, 'delete_routingversion'),
	(200, 'Can view routing version', 50, 'view_routingversion'),
	(201, 'Can add routing rule', 51, 'add_routingrule'),
	(202, 'Can change routing rule', 51, 'change_routingrule'),
	(203, 'Can delete routing rule', 51, 'delete_routingrule'),
	(204, 'Can view routing rule', 51, 'view_routingrule'),
	(205, 'Can add saved view', 52, 'add_savedview'),
	(206, 'Can change saved view', 52, 'change_savedview'),
	(207, 'Can delete saved view', 52, 'delete_savedview'),
	(208, 'Can view saved view', 52, 'view_savedview'),
	(209, 'Can add sla clock', 53, 'add_slaclock'),
	(210, 'Can change sla clock', 53, 'change_slaclock'),
	(211, 'Can delete sla clock', 53, 'delete_slaclock'),
	(212, 'Can view sla clock', 53, 'view_slaclock'),
	(213, 'Can add sla clock event', 54, 'add_slaclockevent'),
	(214, 'Can change sla clock event', 54, 'change_slaclockevent'),
	(215, 'Can delete sla clock event', 54, 'delete_slaclockevent'),
	(216, 'Can view sla clock event', 54, 'view_slaclockevent'),
	(217, 'Can add sla plan version', 55, 'add_slaplanversion'),
	(218, 'Can change sla plan version', 55, 'change_slaplanversion'),
	(219, 'Can delete sla plan version', 55, 'delete_slaplanversion'),
	(220, 'Can view sla plan version', 55, 'view_slaplanversion'),
	(221, 'Can add sla target', 56, 'add_slatarget'),
	(222, 'Can change sla target', 56, 'change_slatarget'),
	(223, 'Can delete sla target', 56, 'delete_slatarget'),
	(224, 'Can view sla target', 56, 'view_slatarget'),
	(225, 'Can add sla timer', 57, 'add_slatimer'),
	(226, 'Can change sla timer', 57, 'change_slatimer'),
	(227, 'Can delete sla timer', 57, 'delete_slatimer'),
	(228, 'Can view sla timer', 57, 'view_slatimer'),
	(229, 'Can add submission', 58, 'add_submission'),
	(230, 'Can change submission', 58, 'change_submission'),
	(231, 'Can delete submission', 58, 'delete_submission'),
	(232, 'Can view submission', 58, 'view_submission'),
	(233, 'Can add case tag', 59, 'add_casetag'),
	(234, 'Can change case tag', 59, 'change_casetag'),
	(235, 'Can delete case tag', 59, 'delete_casetag'),
	(236, 'Can view case tag', 59, 'view_casetag'),
	(237, 'Can add undo entry', 60, 'add_undoentry'),
	(238, 'Can change undo entry', 60, 'change_undoentry'),
	(239, 'Can delete undo entry', 60, 'delete_undoentry'),
	(240, 'Can view undo entry', 60, 'view_undoentry'),
	(241, 'Can add upload', 61, 'add_upload'),
	(242, 'Can change upload', 61, 'change_upload'),
	(243, 'Can delete upload', 61, 'delete_upload'),
	(244, 'Can view upload', 61, 'view_upload'),
	(245, 'Can add watch', 62, 'add_watch'),
	(246, 'Can change watch', 62, 'change_watch'),
	(247, 'Can delete watch', 62, 'delete_watch'),
	(248, 'Can view watch', 62, 'view_watch'),
	(249, 'Can add cluster move', 63, 'add_clustermove'),
	(250, 'Can change cluster move', 63, 'change_clustermove'),
	(251, 'Can delete cluster move', 63, 'delete_clustermove'),
	(252, 'Can view cluster move', 63, 'view_clustermove'),
	(253, 'Can add decision', 64, 'add_decision'),
	(254, 'Can change decision', 64, 'change_decision'),
	(255, 'Can delete decision', 64, 'delete_decision'),
	(256, 'Can view decision', 64, 'view_decision'),
	(257, 'Can add simulator', 65, 'add_simulator'),
	(258, 'Can change simulator', 65, 'change_simulator'),
	(259, 'Can delete simulator', 65, 'delete_simulator'),
	(260, 'Can view simulator', 65, 'view_simulator'),
	(261, 'Can add reply template', 66, 'add_replytemplate'),
	(262, 'Can change reply template', 66, 'change_replytemplate'),
	(263, 'Can delete reply template', 66, 'delete_replytemplate'),
	(264, 'Can view reply template', 66, 'view_replytemplate'),
	(265, 'Can add reply template version', 67, 'add_replytemplateversion'),
	(266, 'Can change reply template version', 67, 'change_replytemplateversion'),
	(267, 'Can delete reply template version', 67, 'delete_replytemplateversion'),
	(268, 'Can view reply template version', 67, 'view_replytemplateversion'),
	(269, 'Can add view alert', 68, 'add_viewalert'),
	(270, 'Can change view alert', 68, 'change_viewalert'),
	(271, 'Can delete view alert', 68, 'delete_viewalert'),
	(272, 'Can view view alert', 68, 'view_viewalert'),
	(273, 'Can add ask version', 69, 'add_askversion'),
	(274, 'Can change ask version', 69, 'change_askversion'),
	(275, 'Can delete ask version', 69, 'delete_askversion'),
	(276, 'Can view ask version', 69, 'view_askversion'),
	(277, 'Can add case hold', 70, 'add_casehold'),
	(278, 'Can change case hold', 70, 'change_casehold'),
	(279, 'Can delete case hold', 70, 'delete_casehold'),
	(280, 'Can view case hold', 70, 'view_casehold'),
	(281, 'Can add inbound mail', 71, 'add_inboundmail'),
	(282, 'Can change inbound mail', 71, 'change_inboundmail'),
	(283, 'Can delete inbound mail', 71, 'delete_inboundmail'),
	(284, 'Can view inbound mail', 71, 'view_inboundmail'),
	(285, 'Can add sla job', 72, 'add_slajob'),
	(286, 'Can change sla job', 72, 'change_slajob'),
	(287, 'Can delete sla job', 72, 'delete_slajob'),
	(288, 'Can view sla job', 72, 'view_slajob'),
	(289, 'Can add leading case', 73, 'add_leadingcase'),
	(290, 'Can change leading case', 73, 'change_leadingcase'),
	(291, 'Can delete leading case', 73, 'delete_leadingcase'),
	(292, 'Can view leading case', 73, 'view_leadingcase'),
	(293, 'Can add approval rules version', 74, 'add_approvalrulesversion'),
	(294, 'Can change approval rules version', 74, 'change_approvalrulesversion'),
	(295, 'Can delete approval rules version', 74, 'delete_approvalrulesversion'),
	(296, 'Can view approval rules version', 74, 'view_approvalrulesversion'),
	(297, 'Can add approval rule', 75, 'add_approvalrule'),
	(298, 'Can change approval rule', 75, 'change_approvalrule'),
	(299, 'Can delete approval rule', 75, 'delete_approvalrule'),
	(300, 'Can view approval rule', 75, 'view_approvalrule'),
	(301, 'Can add approval', 76, 'add_approval'),
	(302, 'Can change approval', 76, 'change_approval'),
	(303, 'Can delete approval', 76, 'delete_approval'),
	(304, 'Can view approval', 76, 'view_approval'),
	(305, 'Can add strike ladder', 77, 'add_strikeladder'),
	(306, 'Can change strike ladder', 77, 'change_strikeladder'),
	(307, 'Can delete strike ladder', 77, 'delete_strikeladder'),
	(308, 'Can view strike ladder', 77, 'view_strikeladder'),
	(309, 'Can add strike', 78, 'add_strike'),
	(310, 'Can change strike', 78, 'change_strike'),
	(311, 'Can delete strike', 78, 'delete_strike'),
	(312, 'Can view strike', 78, 'view_strike'),
	(313, 'Can add enforcement action', 79, 'add_enforcementaction'),
	(314, 'Can change enforcement action', 79, 'change_enforcementaction'),
	(315, 'Can delete enforcement action', 79, 'delete_enforcementaction'),
	(316, 'Can view enforcement action', 79, 'view_enforcementaction'),
	(317, 'Can add appeal', 80, 'add_appeal'),
	(318, 'Can change appeal', 80, 'change_appeal'),
	(319, 'Can delete appeal', 80, 'delete_appeal'),
	(320, 'Can view appeal', 80, 'view_appeal'),
	(321, 'Can add appeal message', 81, 'add_appealmessage'),
	(322, 'Can change appeal message', 81, 'change_appealmessage'),
	(323, 'Can delete appeal message', 81, 'delete_appealmessage'),
	(324, 'Can view appeal message', 81, 'view_appealmessage'),
	(325, 'Can add notice', 82, 'add_notice'),
	(326, 'Can change notice', 82, 'change_notice'),
	(327, 'Can delete notice', 82, 'delete_notice'),
	(328, 'Can view notice', 82, 'view_notice'),
	(329, 'Can add spread', 83, 'add_spread'),
	(330, 'Can change spread', 83, 'change_spread'),
	(331, 'Can delete spread', 83, 'delete_spread'),
	(332, 'Can view spread', 83, 'view_spread'),
	(333, 'Can add spread row', 84, 'add_spreadrow'),
	(334, 'Can change spread row', 84, 'change_spreadrow'),
	(335, 'Can delete spread row', 84, 'delete_spreadrow'),
	(336, 'Can view spread row', 84, 'view_spreadrow'),
	(337, 'Can add contested clause', 85, 'add_contestedclause'),
	(338, 'Can change contested clause', 85, 'change_contestedclause'),
	(339, 'Can delete contested clause', 85, 'delete_contestedclause'),
	(340, 'Can view contested clause', 85, 'view_contestedclause'),
	(341, 'Can add second look', 86, 'add_secondlook'),
	(342, 'Can change second look', 86, 'change_secondlook'),
	(343, 'Can delete second look', 86, 'delete_secondlook'),
	(344, 'Can view second look', 86, 'view_secondlook'),
	(345, 'Can add submission batch', 87, 'add_submissionbatch'),
	(346, 'Can change submission batch', 87, 'change_submissionbatch'),
	(347, 'Can delete submission batch', 87, 'delete_submissionbatch'),
	(348, 'Can view submission batch', 87, 'view_submissionbatch'),
	(349, 'Can add batch row', 88, 'add_batchrow'),
	(350, 'Can change batch row', 88, 'change_batchrow'),
	(351, 'Can delete batch row', 88, 'delete_batchrow'),
	(352, 'Can view batch row', 88, 'view_batchrow'),
	(353, 'Can add handle time', 89, 'add_handletime'),
	(354, 'Can change handle time', 89, 'change_handletime'),
	(355, 'Can delete handle time', 89, 'delete_handletime'),
	(356, 'Can view handle time', 89, 'view_handletime'),
	(357, 'Can add dispute', 90, 'add_dispute'),
	(358, 'Can change dispute', 90, 'change_dispute'),
	(359, 'Can delete dispute', 90, 'delete_dispute'),
	(360, 'Can view dispute', 90, 'view_dispute'),
	(361, 'Can add notice delivery', 91, 'add_noticedelivery'),
	(362, 'Can change notice delivery', 91, 'change_noticedelivery'),
	(363, 'Can delete notice delivery', 91, 'delete_noticedelivery'),
	(364, 'Can view notice delivery', 91, 'view_noticedelivery'),
	(365, 'Can add bulk act', 92, 'add_bulkact'),
	(366, 'Can change bulk act', 92, 'change_bulkact'),
	(367, 'Can delete bulk act', 92, 'delete_bulkact'),
	(368, 'Can view bulk act', 92, 'view_bulkact'),
	(369, 'Can add bulk row', 93, 'add_bulkrow'),
	(370, 'Can change bulk row', 93, 'change_bulkrow'),
	(371, 'Can delete bulk row', 93, 'delete_bulkrow'),
	(372, 'Can view bulk row', 93, 'view_bulkrow'),
	(373, 'Can add delivery', 94, 'add_delivery'),
	(374, 'Can change delivery', 94, 'change_delivery'),
	(375, 'Can delete delivery', 94, 'delete_delivery'),
	(376, 'Can view delivery', 94, 'view_delivery'),
	(377, 'Can add duty member', 95, 'add_dutymember'),
	(378, 'Can change duty member', 95, 'change_dutymember'),
	(379, 'Can delete duty member', 95, 'delete_dutymember'),
	(380, 'Can view duty member', 95, 'view_dutymember'),
	(381, 'Can add notification', 96, 'add_notification'),
	(382, 'Can change notification', 96, 'change_notification'),
	(383, 'Can delete notification', 96, 'delete_notification'),
	(384, 'Can view notification', 96, 'view_notification'),
	(385, 'Can add delivery item', 97, 'add_deliveryitem'),
	(386, 'Can change delivery item', 97, 'change_deliveryitem'),
	(387, 'Can delete delivery item', 97, 'delete_deliveryitem'),
	(388, 'Can view delivery item', 97, 'view_deliveryitem'),
	(389, 'Can add preference', 98, 'add_preference'),
	(390, 'Can change preference', 98, 'change_preference'),
	(391, 'Can delete preference', 98, 'delete_preference'),
	(392, 'Can view preference', 98, 'view_preference'),
	(393, 'Can add timing', 99, 'add_timing'),
	(394, 'Can change timing', 99, 'change_timing'),
	(395, 'Can delete timing', 99, 'delete_timing'),
	(396, 'Can view timing', 99, 'view_timing'),
	(397, 'Can add mute', 100, 'add_mute'),
	(398, 'Can change mute', 100, 'change_mute'),
	(399, 'Can delete mute', 100, 'delete_mute'),
	(400, 'Can view mute', 100, 'view_mute'),
	(401, 'Can add webhook attempt', 101, 'add_webhookattempt'),
	(402, 'Can change webhook attempt', 101, 'change_webhookattempt'),
	(403, 'Can delete webhook attempt', 101, 'delete_webhookattempt'),
	(404, 'Can view webhook attempt', 101, 'view_webhookattempt'),
	(405, 'Can add webhook endpoint', 102, 'add_webhookendpoint'),
	(406, 'Can change webhook endpoint', 102, 'change_webhookendpoint'),
	(407, 'Can delete webhook endpoint', 102, 'delete_webhookendpoint'),
	(408, 'Can view webhook endpoint', 102, 'view_webhookendpoint'),
	(409, 'Can add webhook secret', 103, 'add_webhooksecret'),
	(410, 'Can change webhook secret', 103, 'change_webhooksecret'),
	(411, 'Can delete webhook secret', 103, 'delete_webhooksecret'),
	(412, 'Can view webhook secret', 103, 'view_webhooksecret'),
	(413, 'Can add chat route', 104, 'add_chatroute'),
	(414, 'Can change chat route', 104, 'change_chatroute'),
	(415, 'Can delete chat route', 104, 'delete_chatroute'),
	(416, 'Can view chat route', 104, 'view_chatroute'),
	(417, 'Can add phone', 105, 'add_phone'),
	(418, 'Can change phone', 105, 'change_phone'),
	(419, 'Can delete phone', 105, 'delete_phone'),
	(420, 'Can view phone', 105, 'view_phone'),
	(421, 'Can add push device', 106, 'add_pushdevice'),
	(422, 'Can change push device', 106, 'change_pushdevice'),
	(423, 'Can delete push device', 106, 'delete_pushdevice'),
	(424, 'Can view push device', 106, 'view_pushdevice'),
	(425, 'Can add service notice', 107, 'add_servicenotice'),
	(426, 'Can change service notice', 107, 'change_servicenotice'),
	(427, 'Can delete service notice', 107, 'delete_servicenotice'),
	(428, 'Can view service notice', 107, 'view_servicenotice'),
	(429, 'Can add export', 108, 'add_export'),
	(430, 'Can change export', 108, 'change_export'),
	(431, 'Can delete export', 108, 'delete_export'),
	(432, 'Can view export', 108, 'view_export'),
	(433, 'Can add saved report', 109, 'add_savedreport'),
	(434, 'Can change saved report', 109, 'change_savedreport'),
	(435, 'Can delete saved report', 109, 'delete_savedreport'),
	(436, 'Can view saved report', 109, 'view_savedreport'),
	(437, 'Can add brief', 110, 'add_brief'),
	(438, 'Can change brief', 110, 'change_brief'),
	(439, 'Can delete brief', 110, 'delete_brief'),
	(440, 'Can view brief', 110, 'view_brief'),
	(441, 'Can add brief subscription', 111, 'add_briefsubscription'),
	(442, 'Can change brief subscription', 111, 'change_briefsubscription'),
	(443, 'Can delete brief subscription', 111, 'delete_briefsubscription'),
	(444, 'Can view brief subscription', 111, 'view_briefsubscription'),
	(445, 'Can add brief version', 112, 'add_briefversion'),
	(446, 'Can change brief version', 112, 'change_briefversion'),
	(447, 'Can delete brief version', 112, 'delete_briefversion'),
	(448, 'Can view brief version', 112, 'view_briefversion'),
	(449, 'Can add report schedule', 113, 'add_reportschedule'),
	(450, 'Can change report schedule', 113, 'change_reportschedule'),
	(451, 'Can delete report schedule', 113, 'delete_reportschedule'),
	(452, 'Can view report schedule', 113, 'view_reportschedule'),
	(453, 'Can add mailing', 114, 'add_mailing'),
	(454, 'Can change mailing', 114, 'change_mailing'),
	(455, 'Can delete mailing', 114, 'delete_mailing'),
	(456, 'Can view mailing', 114, 'view_mailing'),
	(457, 'Can add schedule recipient', 115, 'add_schedulerecipient'),
	(458, 'Can change schedule recipient', 115, 'change_schedulerecipient'),
	(459, 'Can delete schedule recipient', 115, 'delete_schedulerecipient'),
	(460, 'Can view schedule recipient', 115, 'view_schedulerecipient'),
	(461, 'Can add annotation', 116, 'add_annotation'),
	(462, 'Can change annotation', 116, 'change_annotation'),
	(463, 'Can delete annotation', 116, 'delete_annotation'),
	(464, 'Can view annotation', 116, 'view_annotation'),
	(465, 'Can add facts state', 117, 'add_factsstate'),
	(466, 'Can change facts state', 117, 'change_factsstate'),
	(467, 'Can delete facts state', 117, 'delete_factsstate'),
	(468, 'Can view facts state', 117, 'view_factsstate'),
	(469, 'Can add case fact', 118, 'add_casefact'),
	(470, 'Can change case fact', 118, 'change_casefact'),
	(471, 'Can delete case fact', 118, 'delete_casefact'),
	(472, 'Can view case fact', 118, 'view_casefact'),
	(473, 'Can add clock fact', 119, 'add_clockfact'),
	(474, 'Can change clock fact', 119, 'change_clockfact'),
	(475, 'Can delete clock fact', 119, 'delete_clockfact'),
	(476, 'Can view clock fact', 119, 'view_clockfact'),
	(477, 'Can add closing fact', 120, 'add_closingfact'),
	(478, 'Can change closing fact', 120, 'change_closingfact'),
	(479, 'Can delete closing fact', 120, 'delete_closingfact'),
	(480, 'Can view closing fact', 120, 'view_closingfact'),
	(481, 'Can add decision fact', 121, 'add_decisionfact'),
	(482, 'Can change decision fact', 121, 'change_decisionfact'),
	(483, 'Can delete decision fact', 121, 'delete_decisionfact'),
	(484, 'Can view decision fact', 121, 'view_decisionfact'),
	(485, 'Can add contract target', 122, 'add_contracttarget'),
	(486, 'Can change contract target', 122, 'change_contracttarget'),
	(487, 'Can delete contract target', 122, 'delete_contracttarget'),
	(488, 'Can view contract target', 122, 'view_contracttarget'),
	(489, 'Can add coaching set', 123, 'add_coachingset'),
	(490, 'Can change coaching set', 123, 'change_coachingset'),
	(491, 'Can delete coaching set', 123, 'delete_coachingset'),
	(492, 'Can view coaching set', 123, 'view_coachingset'),
	(493, 'Can add commitment', 124, 'add_commitment'),
	(494, 'Can change commitment', 124, 'change_commitment'),
	(495, 'Can delete commitment', 124, 'delete_commitment'),
	(496, 'Can view commitment', 124, 'view_commitment'),
	(497, 'Can add vendor week', 125, 'add_vendorweek'),
	(498, 'Can change vendor week', 125, 'change_vendorweek'),
	(499, 'Can delete vendor week', 125, 'delete_vendorweek'),
	(500, 'Can view vendor week', 125, 'view_vendorweek');
INSERT INTO public.auth_permission VALUES
	(501, 'Can add rollup day', 126, 'add_rollupday'),
	(502, 'Can change rollup day', 126, 'change_rollupday'),
	(503, 'Can delete rollup day', 126, 'delete_rollupday'),
	(504, 'Can view rollup day', 126, 'view_rollupday'),
	(505, 'Can add rollup', 127, 'add_rollup'),
	(506, 'Can change rollup', 127, 'change_rollup'),
	(507, 'Can delete rollup', 127, 'delete_rollup'),
	(508, 'Can view rollup', 127, 'view_rollup'),
	(509, 'Can add review import', 128, 'add_reviewimport'),
	(510, 'Can change review import', 128, 'change_reviewimport'),
	(511, 'Can delete review import', 128, 'delete_reviewimport'),
	(512, 'Can view review import', 128, 'view_reviewimport'),
	(513, 'Can add vendor review', 129, 'add_vendorreview'),
	(514, 'Can change vendor review', 129, 'change_vendorreview'),
	(515, 'Can delete vendor review', 129, 'delete_vendorreview'),
	(516, 'Can view vendor review', 129, 'view_vendorreview'),
	(517, 'Can add permission', 130, 'add_permission'),
	(518, 'Can change permission', 130, 'change_permission'),
	(519, 'Can delete permission', 130, 'delete_permission'),
	(520, 'Can view permission', 130, 'view_permission'),
	(521, 'Can add group', 131, 'add_group'),
	(522, 'Can change group', 131, 'change_group'),
	(523, 'Can delete group', 131, 'delete_group'),
	(524, 'Can view group', 131, 'view_group'),
	(525, 'Can add content type', 132, 'add_contenttype'),
	(526, 'Can change content type', 132, 'change_contenttype'),
	(527, 'Can delete content type', 132, 'delete_contenttype'),
	(528, 'Can view content type', 132, 'view_contenttype'),
	(529, 'Can add session', 133, 'add_session'),
	(530, 'Can change session', 133, 'change_session'),
	(531, 'Can delete session', 133, 'delete_session'),
	(532, 'Can view session', 133, 'view_session'),
	(533, 'Can add email address', 134, 'add_emailaddress'),
	(534, 'Can change email address', 134, 'change_emailaddress'),
	(535, 'Can delete email address', 134, 'delete_emailaddress'),
	(536, 'Can view email address', 134, 'view_emailaddress'),
	(537, 'Can add email confirmation', 135, 'add_emailconfirmation'),
	(538, 'Can change email confirmation', 135, 'change_emailconfirmation'),
	(539, 'Can delete email confirmation', 135, 'delete_emailconfirmation'),
	(540, 'Can view email confirmation', 135, 'view_emailconfirmation'),
	(541, 'Can add authenticator', 136, 'add_authenticator'),
	(542, 'Can change authenticator', 136, 'change_authenticator'),
	(543, 'Can delete authenticator', 136, 'delete_authenticator'),
	(544, 'Can view authenticator', 136, 'view_authenticator'),
	(545, 'Can add user session', 137, 'add_usersession'),
	(546, 'Can change user session', 137, 'change_usersession'),
	(547, 'Can delete user session', 137, 'delete_usersession'),
	(548, 'Can view user session', 137, 'view_usersession'),
	(549, 'Can add access attempt', 138, 'add_accessattempt'),
	(550, 'Can change access attempt', 138, 'change_accessattempt'),
	(551, 'Can delete access attempt', 138, 'delete_accessattempt'),
	(552, 'Can view access attempt', 138, 'view_accessattempt'),
	(553, 'Can add access log', 139, 'add_accesslog'),
	(554, 'Can change access log', 139, 'change_accesslog'),
	(555, 'Can delete access log', 139, 'delete_accesslog'),
	(556, 'Can view access log', 139, 'view_accesslog'),
	(557, 'Can add access failure', 140, 'add_accessfailurelog'),
	(558, 'Can change access failure', 140, 'change_accessfailurelog'),
	(559, 'Can delete access failure', 140, 'delete_accessfailurelog'),
	(560, 'Can view access failure', 140, 'view_accessfailurelog'),
	(561, 'Can add access attempt expiration', 141, 'add_accessattemptexpiration'),
	(562, 'Can change access attempt expiration', 141, 'change_accessattemptexpiration'),
	(563, 'Can delete access attempt expiration', 141, 'delete_accessattemptexpiration'),
	(564, 'Can view access attempt expiration', 141, 'view_accessattemptexpiration');

INSERT INTO public.django_content_type VALUES
	(1, 'audit', 'schedule'),
	(2, 'audit', 'accessrecord'),
	(3, 'audit', 'enginebeat'),
	(4, 'audit', 'event'),
	(5, 'audit', 'outboxmessage'),
	(6, 'audit', 'logblock'),
	(7, 'audit', 'logcopy'),
	(8, 'audit', 'loghead'),
	(9, 'audit', 'canaryrun'),
	(10, 'audit', 'clockguard'),
	(11, 'audit', 'incident'),
	(12, 'audit', 'maintenance'),
	(13, 'audit', 'schedulerun'),
	(14, 'accounts', 'organization'),
	(15, 'accounts', 'user'),
	(16, 'accounts', 'ratewindow'),
	(17, 'accounts', 'rolegrant'),
	(18, 'accounts', 'servicekey'),
	(19, 'accounts', 'idempotencyrecord'),
	(20, 'accounts', 'skill'),
	(21, 'accounts', 'team'),
	(22, 'accounts', 'membership'),
	(23, 'accounts', 'clearance'),
	(24, 'oncall', 'calendar'),
	(25, 'oncall', 'holidayset'),
	(26, 'oncall', 'calendarversion'),
	(27, 'oncall', 'holidayentry'),
	(28, 'oncall', 'holidayfeed'),
	(29, 'oncall', 'holidayreading'),
	(30, 'policies', 'policy'),
	(31, 'policies', 'policyversion'),
	(32, 'policies', 'gap'),
	(33, 'policies', 'guidance'),
	(34, 'policies', 'guidanceacknowledgement'),
	(35, 'policies', 'policytranslation'),
	(36, 'policies', 'versionacknowledgement'),
	(37, 'policies', 'versioncomment'),
	(38, 'escalations', 'slaplan'),
	(39, 'escalations', 'tag'),
	(40, 'escalations', 'blob'),
	(41, 'escalations', 'case'),
	(42, 'escalations', 'comment'),
	(43, 'escalations', 'draft'),
	(44, 'escalations', 'entity'),
	(45, 'escalations', 'caseentity'),
	(46, 'escalations', 'evidence'),
	(47, 'escalations', 'link'),
	(48, 'escalations', 'mention'),
	(49, 'escalations', 'queue'),
	(50, 'escalations', 'routingversion'),
	(51, 'escalations', 'routingrule'),
	(52, 'escalations', 'savedview'),
	(53, 'escalations', 'slaclock'),
	(54, 'escalations', 'slaclockevent'),
	(55, 'escalations', 'slaplanversion'),
	(56, 'escalations', 'slatarget'),
	(57, 'escalations', 'slatimer'),
	(58, 'escalations', 'submission'),
	(59, 'escalations', 'casetag'),
	(60, 'escalations', 'undoentry'),
	(61, 'escalations', 'upload'),
	(62, 'escalations', 'watch'),
	(63, 'escalations', 'clustermove'),
	(64, 'escalations', 'decision'),
	(65, 'escalations', 'simulator'),
	(66, 'escalations', 'replytemplate'),
	(67, 'escalations', 'replytemplateversion'),
	(68, 'escalations', 'viewalert'),
	(69, 'escalations', 'askversion'),
	(70, 'escalations', 'casehold'),
	(71, 'escalations', 'inboundmail'),
	(72, 'escalations', 'slajob'),
	(73, 'escalations', 'leadingcase'),
	(74, 'escalations', 'approvalrulesversion'),
	(75, 'escalations', 'approvalrule'),
	(76, 'escalations', 'approval'),
	(77, 'escalations', 'strikeladder'),
	(78, 'escalations', 'strike'),
	(79, 'escalations', 'enforcementaction'),
	(80, 'escalations', 'appeal'),
	(81, 'escalations', 'appealmessage'),
	(82, 'escalations', 'notice'),
	(83, 'escalations', 'spread'),
	(84, 'escalations', 'spreadrow'),
	(85, 'escalations', 'contestedclause'),
	(86, 'escalations', 'secondlook'),
	(87, 'escalations', 'submissionbatch'),
	(88, 'escalations', 'batchrow'),
	(89, 'escalations', 'handletime'),
	(90, 'escalations', 'dispute'),
	(91, 'escalations', 'noticedelivery'),
	(92, 'escalations', 'bulkact'),
	(93, 'escalations', 'bulkrow'),
	(94, 'notifications', 'delivery'),
	(95, 'notifications', 'dutymember'),
	(96, 'notifications', 'notification'),
	(97, 'notifications', 'deliveryitem'),
	(98, 'notifications', 'preference'),
	(99, 'notifications', 'timing'),
	(100, 'notifications', 'mute'),
	(101, 'notifications', 'webhookattempt'),
	(102, 'notifications', 'webhookendpoint'),
	(103, 'notifications', 'webhooksecret'),
	(104, 'notifications', 'chatroute'),
	(105, 'notifications', 'phone'),
	(106, 'notifications', 'pushdevice'),
	(107, 'notifications', 'servicenotice'),
	(108, 'reporting', 'export'),
	(109, 'reporting', 'savedreport'),
	(110, 'reporting', 'brief'),
	(111, 'reporting', 'briefsubscription'),
	(112, 'reporting', 'briefversion'),
	(113, 'reporting', 'reportschedule'),
	(114, 'reporting', 'mailing'),
	(115, 'reporting', 'schedulerecipient'),
	(116, 'reporting', 'annotation'),
	(117, 'reporting', 'factsstate'),
	(118, 'reporting', 'casefact'),
	(119, 'reporting', 'clockfact'),
	(120, 'reporting', 'closingfact'),
	(121, 'reporting', 'decisionfact'),
	(122, 'reporting', 'contracttarget'),
	(123, 'reporting', 'coachingset'),
	(124, 'reporting', 'commitment'),
	(125, 'reporting', 'vendorweek'),
	(126, 'reporting', 'rollupday'),
	(127, 'reporting', 'rollup'),
	(128, 'reporting', 'reviewimport'),
	(129, 'reporting', 'vendorreview'),
	(130, 'auth', 'permission'),
	(131, 'auth', 'group'),
	(132, 'contenttypes', 'contenttype'),
	(133, 'sessions', 'session'),
	(134, 'account', 'emailaddress'),
	(135, 'account', 'emailconfirmation'),
	(136, 'mfa', 'authenticator'),
	(137, 'usersessions', 'usersession'),
	(138, 'axes', 'accessattempt'),
	(139, 'axes', 'accesslog'),
	(140, 'axes', 'accessfailurelog'),
	(141, 'axes', 'accessattemptexpiration');

INSERT INTO public.django_migrations VALUES
	(1, 'core', '0001_foundations', '2026-11-23 13:50:49.926534+00'),
	(2, 'accounts', '0001_initial', '2026-11-23 13:50:50.314537+00'),
	(3, 'account', '0001_initial', '2026-11-23 13:50:50.458602+00'),
	(4, 'account', '0002_email_max_length', '2026-11-23 13:50:50.501918+00'),
	(5, 'account', '0003_alter_emailaddress_create_unique_verified_email', '2026-11-23 13:50:50.600733+00'),
	(6, 'account', '0004_alter_emailaddress_drop_unique_email', '2026-11-23 13:50:50.677655+00'),
	(7, 'account', '0005_emailaddress_idx_upper_email', '2026-11-23 13:50:50.742545+00'),
	(8, 'account', '0006_emailaddress_lower', '2026-11-23 13:50:50.82307+00'),
	(9, 'account', '0007_emailaddress_idx_email', '2026-11-23 13:50:50.938352+00'),
	(10, 'account', '0008_emailaddress_unique_primary_email_fixup', '2026-11-23 13:50:51.023699+00'),
	(11, 'account', '0009_emailaddress_unique_primary_email', '2026-11-23 13:50:51.086725+00'),
	(12, 'accounts', '0002_row_security', '2026-11-23 13:50:51.096447+00'),
	(13, 'accounts', '0003_rate_windows_by_session', '2026-11-23 13:50:51.133998+00'),
	(14, 'accounts', '0004_working_hours', '2026-11-23 13:50:51.250349+00'),
	(15, 'audit', '0001_initial', '2026-11-23 13:50:51.356849+00'),
	(16, 'audit', '0002_row_security', '2026-11-23 13:50:51.381789+00'),
	(17, 'audit', '0003_log_sealing', '2026-11-23 13:50:51.576853+00'),
	(18, 'audit', '0004_watching_the_watchers', '2026-11-23 13:50:51.63889+00'),
	(19, 'audit', '0005_outbox_lanes', '2026-11-23 13:50:51.666352+00'),
	(20, 'audit', '0006_slots_of_jobs', '2026-11-23 13:50:51.682878+00'),
	(21, 'audit', '0007_outbox_one_index_less', '2026-11-23 13:50:51.69987+00'),
	(22, 'audit', '0008_outbox_trusts_the_log', '2026-11-23 13:50:51.72151+00'),
	(23, 'contenttypes', '0001_initial', '2026-11-23 13:50:51.739189+00'),
	(24, 'contenttypes', '0002_remove_content_type_name', '2026-11-23 13:50:51.869969+00'),
	(25, 'auth', '0001_initial', '2026-11-23 13:50:51.958469+00'),
	(26, 'auth', '0002_alter_permission_name_max_length', '2026-11-23 13:50:51.975923+00'),
	(27, 'auth', '0003_alter_user_email_max_length', '2026-11-23 13:50:51.996224+00'),
	(28, 'auth', '0004_alter_user_username_opts', '2026-11-23 13:50:52.02195+00'),
	(29, 'auth', '0005_alter_user_last_login_null', '2026-11-23 13:50:52.049291+00'),
	(30, 'auth', '0006_require_contenttypes_0002', '2026-11-23 13:50:52.051289+00'),
	(31, 'auth', '0007_alter_validators_add_error_messages', '2026-11-23 13:50:52.070214+00'),
	(32, 'auth', '0008_alter_user_username_max_length', '2026-11-23 13:50:52.089921+00'),
	(33, 'auth', '0009_alter_user_last_name_max_length', '2026-11-23 13:50:52.121583+00'),
	(34, 'auth', '0010_alter_group_name_max_length', '2026-11-23 13:50:52.141901+00'),
	(35, 'auth', '0011_update_proxy_permissions', '2026-11-23 13:50:52.247946+00'),
	(36, 'auth', '0012_alter_user_first_name_max_length', '2026-11-23 13:50:52.257938+00'),
	(37, 'axes', '0001_initial', '2026-11-23 13:50:52.290575+00'),
	(38, 'axes', '0002_auto_20151217_2044', '2026-11-23 13:50:52.379875+00'),
	(39, 'axes', '0003_auto_20160322_0929', '2026-11-23 13:50:52.422482+00'),
	(40, 'axes', '0004_auto_20181024_1538', '2026-11-23 13:50:52.471699+00'),
	(41, 'axes', '0005_remove_accessattempt_trusted', '2026-11-23 13:50:52.477911+00'),
	(42, 'axes', '0006_remove_accesslog_trusted', '2026-11-23 13:50:52.485408+00'),
	(43, 'axes', '0007_alter_accessattempt_unique_together', '2026-11-23 13:50:52.57243+00'),
	(44, 'axes', '0008_accessfailurelog', '2026-11-23 13:50:52.588055+00'),
	(45, 'axes', '0009_add_session_hash', '2026-11-23 13:50:52.599687+00'),
	(46, 'axes', '0010_accessattemptexpiration', '2026-11-23 13:50:52.625879+00'),
	(47, 'policies', '0001_initial', '2026-11-23 13:50:53.366345+00'),
	(48, 'policies', '0002_versions_never_change', '2026-11-23 13:50:53.380793+00'),
	(49, 'policies', '0003_gaps', '2026-11-23 13:50:53.532205+00'),
	(50, 'policies', '0004_library_life', '2026-11-23 13:50:57.325252+00'),
	(51, 'policies', '0005_guards_of_the_new_life', '2026-11-23 13:50:57.335208+00'),
	(52, 'policies', '0006_versions_that_end', '2026-11-23 13:50:57.346551+00'),
	(53, 'oncall', '0001_initial', '2026-11-23 13:50:57.486367+00'),
	(54, 'oncall', '0002_versions_never_change', '2026-11-23 13:50:57.496242+00'),
	(55, 'oncall', '0003_around_the_clock', '2026-11-23 13:50:57.630674+00'),
	(56, 'oncall', '0004_feeds_and_versions_to_come', '2026-11-23 13:50:58.715598+00'),
	(57, 'escalations', '0001_initial', '2026-11-23 13:51:03.598883+00'),
	(58, 'escalations', '0002_row_security', '2026-11-23 13:51:03.848751+00'),
	(59, 'escalations', '0003_decisions', '2026-11-23 13:51:04.170292+00'),
	(60, 'escalations', '0004_text_search', '2026-11-23 13:51:04.184004+00'),
	(61, 'escalations', '0005_one_warning_per_level', '2026-11-23 13:51:04.345711+00'),
	(62, 'escalations', '0006_default_sla_plan', '2026-11-23 13:51:04.749843+00'),
	(63, 'escalations', '0007_unclaimed_by_order', '2026-11-23 13:51:05.001799+00'),
	(64, 'escalations', '0008_plans_never_change', '2026-11-23 13:51:05.020159+00'),
	(65, 'escalations', '0009_rare_filters', '2026-11-23 13:51:06.644118+00'),
	(66, 'escalations', '0010_cases_by_external_ref', '2026-11-23 13:51:06.88228+00'),
	(67, 'escalations', '0011_decision_gaps_and_repeats', '2026-11-23 13:51:07.461169+00'),
	(68, 'escalations', '0012_demo_simulator', '2026-11-23 13:51:07.679257+00'),
	(69, 'escalations', '0013_practice_is_sandbox', '2026-11-23 13:51:07.892019+00'),
	(70, 'escalations', '0014_recent_titles', '2026-11-23 13:51:07.912384+00'),
	(71, 'escalations', '0015_holds_asks_templates_alerts', '2026-11-23 13:51:10.580855+00'),
	(72, 'escalations', '0016_targets_in_working_days', '2026-11-23 13:51:10.927135+00'),
	(73, 'escalations', '0017_next_responses_and_updates', '2026-11-23 13:51:11.294516+00'),
	(74, 'escalations', '0018_inbound_mail', '2026-11-23 13:51:11.675242+00'),
	(75, 'escalations', '0019_orders_to_apply_editions', '2026-11-23 13:51:12.13747+00'),
	(76, 'escalations', '0020_leading_cases', '2026-11-23 13:51:15.226824+00'),
	(77, 'escalations', '0021_mail_claims', '2026-11-23 13:51:15.485266+00'),
	(78, 'escalations', '0022_approvals', '2026-11-23 13:51:16.655046+00'),
	(79, 'escalations', '0023_decisions_say_why', '2026-11-23 13:51:17.738569+00'),
	(80, 'escalations', '0024_enforcement_and_strikes', '2026-11-23 13:51:22.055551+00'),
	(81, 'escalations', '0025_appeals', '2026-11-23 13:51:25.765889+00'),
	(82, 'escalations', '0026_notices_of_decisions', '2026-11-23 13:51:28.877352+00'),
	(83, 'escalations', '0027_spreading', '2026-11-23 13:51:30.55825+00'),
	(84, 'escalations', '0028_second_looks', '2026-11-23 13:51:31.176487+00'),
	(85, 'escalations', '0029_strikes_refunded_whole', '2026-11-23 13:51:31.693995+00'),
	(86, 'escalations', '0030_submission_batches', '2026-11-23 13:51:33.636876+00'),
	(87, 'escalations', '0031_handle_time', '2026-11-23 13:51:33.83711+00'),
	(88, 'escalations', '0032_disputes', '2026-11-23 13:51:34.086773+00'),
	(89, 'escalations', '0033_evidence_original_state', '2026-11-23 13:51:35.11703+00'),
	(90, 'escalations', '0034_submitters_raise', '2026-11-23 13:51:35.686786+00'),
	(91, 'escalations', '0035_notices_delivered', '2026-11-23 13:51:36.034244+00'),
	(92, 'escalations', '0036_subjects_as_reported', '2026-11-23 13:51:36.367673+00'),
	(93, 'escalations', '0037_notices_before_closing', '2026-11-23 13:51:38.166131+00'),
	(94, 'escalations', '0038_notices_before_closing_checked', '2026-11-23 13:51:38.191537+00'),
	(95, 'escalations', '0039_told_in_appeals', '2026-11-23 13:51:40.084654+00'),
	(96, 'escalations', '0040_told_in_appeals_checked', '2026-11-23 13:51:40.105059+00'),
	(97, 'escalations', '0041_acts_on_many', '2026-11-23 13:51:45.98986+00'),
	(98, 'escalations', '0042_clock_events_one_index_less', '2026-11-23 13:51:46.499896+00'),
	(99, 'mfa', '0001_initial', '2026-11-23 13:51:47.052007+00'),
	(100, 'mfa', '0002_authenticator_timestamps', '2026-11-23 13:51:47.690106+00'),
	(101, 'mfa', '0003_authenticator_type_uniq', '2026-11-23 13:51:48.676841+00'),
	(102, 'notifications', '0001_initial', '2026-11-23 13:52:02.392417+00'),
	(103, 'notifications', '0002_row_security', '2026-11-23 13:52:02.565234+00'),
	(104, 'notifications', '0003_webhooks', '2026-11-23 13:52:05.995432+00'),
	(105, 'notifications', '0004_chats', '2026-11-23 13:52:06.714089+00'),
	(106, 'notifications', '0005_phones', '2026-11-23 13:52:07.247265+00'),
	(107, 'notifications', '0006_devices', '2026-11-23 13:52:07.852008+00'),
	(108, 'notifications', '0007_reports_as_a_class', '2026-11-23 13:52:09.562647+00'),
	(109, 'notifications', '0008_service_notices', '2026-11-23 13:52:10.082059+00'),
	(110, 'policies', '0007_the_end_its_publisher_set', '2026-11-23 13:52:10.446266+00'),
	(111, 'reporting', '0001_case_view', '2026-11-23 13:52:10.46833+00'),
	(112, 'reporting', '0002_reading_views', '2026-11-23 13:52:10.617522+00'),
	(113, 'reporting', '0003_exports_and_saved_reports', '2026-11-23 13:52:11.715832+00'),
	(114, 'reporting', '0004_briefs_and_schedules', '2026-11-23 13:52:27.800957+00'),
	(115, 'reporting', '0005_annotations', '2026-11-23 13:52:28.6525+00'),
	(116, 'reporting', '0006_facts', '2026-11-23 13:52:32.100298+00'),
	(117, 'reporting', '0007_contract_targets', '2026-11-23 13:52:33.257905+00'),
	(118, 'reporting', '0008_facts_of_own_cases', '2026-11-23 13:52:33.339686+00'),
	(119, 'reporting', '0009_coaching_sets', '2026-11-23 13:52:34.366283+00'),
	(120, 'reporting', '0010_vendor_weeks', '2026-11-23 13:52:36.453856+00'),
	(121, 'reporting', '0011_rollups', '2026-11-23 13:52:37.487243+00'),
	(122, 'reporting', '0012_vendor_reviews', '2026-11-23 13:52:41.348808+00'),
	(123, 'reporting', '0013_brief_regions', '2026-11-23 13:52:42.623837+00'),
	(124, 'reporting', '0014_saved_reports_are_mailed', '2026-11-23 13:52:43.098424+00'),
	(125, 'reporting', '0015_subscriptions_once_per_region', '2026-11-23 13:52:44.207545+00'),
	(126, 'reporting', '0016_exports_know_what_was_reached', '2026-11-23 13:52:44.805403+00'),
	(127, 'reporting', '0017_breached_by_its_clocks', '2026-11-23 13:52:44.821839+00'),
	(128, 'reporting', '0018_rollups_by_fewer_keys', '2026-11-23 13:52:47.281253+00'),
	(129, 'reporting', '0019_rollups_found_by_family', '2026-11-23 13:52:48.617074+00'),
	(130, 'reporting', '0020_causes_of_misses', '2026-11-23 13:52:49.050005+00'),
	(131, 'sessions', '0001_initial', '2026-11-23 13:52:49.097063+00'),
	(132, 'usersessions', '0001_initial', '2026-11-23 13:52:49.648914+00');

INSERT INTO public.escalations_slaplan VALUES
	(1, 'Standard', 0, true);

INSERT INTO public.escalations_slaplanversion VALUES
	(1, 1, '', '2026-11-23 13:51:04.729942+00', 'Set up with the product', 1, NULL, false),
	(2, 2, '', '2026-11-23 13:51:11.277614+00', 'Next responses and updates', 1, NULL, false);

INSERT INTO public.escalations_slatarget VALUES
	(1, 'A', 0, 300, '{50,75}', '{}', 1, 1, 0, '{}', 'continue', NULL),
	(2, 'A', 1, 900, '{50,75}', '{}', 1, 1, 0, '{}', 'continue', NULL),
	(3, 'A', 2, 3600, '{50,83}', '{}', 1, 1, 0, '{}', 'continue', NULL),
	(4, 'A', 3, 14400, '{75,90}', '{}', 1, 1, 0, '{}', 'continue', NULL),
	(5, 'A', 4, 86400, '{75,90}', '{}', 1, 1, 0, '{}', 'continue', NULL),
	(6, 'F', 0, 900, '{50,75}', '{}', 1, 1, 0, '{}', 'continue', NULL),
	(7, 'F', 1, 3600, '{50,83}', '{}', 1, 1, 0, '{}', 'continue', NULL),
	(8, 'F', 2, 14400, '{75,90}', '{}', 1, 1, 0, '{}', 'continue', NULL),
	(9, 'F', 3, 43200, '{75,90}', '{}', 1, 1, 0, '{}', 'continue', NULL),
	(10, 'F', 4, 172800, '{75,90}', '{}', 1, 1, 0, '{}', 'continue', NULL),
	(11, 'R', 0, 14400, '{75,90}', '{submitter}', 1, 1, 0, '{}', 'continue', NULL),
	(12, 'R', 1, 28800, '{75,90}', '{submitter}', 1, 1, 0, '{}', 'continue', NULL),
	(13, 'R', 2, 86400, '{75,90}', '{submitter}', 1, 1, 0, '{}', 'continue', NULL),
	(14, 'R', 3, 259200, '{75,90}', '{submitter}', 1, 1, 0, '{}', 'continue', NULL),
	(15, 'R', 4, 604800, '{75,90}', '{submitter}', 1, 1, 0, '{}', 'continue', NULL),
	(16, 'A', 0, 300, '{50,75}', '{}', 1, 2, 0, '{}', 'continue', NULL),
	(17, 'A', 1, 900, '{50,75}', '{}', 1, 2, 0, '{}', 'continue', NULL),
	(18, 'A', 2, 3600, '{50,83}', '{}', 1, 2, 0, '{}', 'continue', NULL),
	(19, 'A', 3, 14400, '{75,90}', '{}', 1, 2, 0, '{}', 'continue', NULL),
	(20, 'A', 4, 86400, '{75,90}', '{}', 1, 2, 0, '{}', 'continue', NULL),
	(21, 'F', 0, 900, '{50,75}', '{}', 1, 2, 0, '{}', 'continue', NULL),
	(22, 'N', 0, 900, '{50,75}', '{}', 1, 2, 0, '{}', 'continue', NULL),
	(23, 'F', 1, 3600, '{50,83}', '{}', 1, 2, 0, '{}', 'continue', NULL),
	(24, 'N', 1, 3600, '{50,83}', '{}', 1, 2, 0, '{}', 'continue', NULL),
	(25, 'F', 2, 14400, '{75,90}', '{}', 1, 2, 0, '{}', 'continue', NULL),
	(26, 'N', 2, 14400, '{75,90}', '{}', 1, 2, 0, '{}', 'continue', NULL),
	(27, 'F', 3, 43200, '{75,90}', '{}', 1, 2, 0, '{}', 'continue', NULL),
	(28, 'N', 3, 43200, '{75,90}', '{}', 1, 2, 0, '{}', 'continue', NULL),
	(29, 'F', 4, 172800, '{75,90}', '{}', 1, 2, 0, '{}', 'continue', NULL),
	(30, 'N', 4, 172800, '{75,90}', '{}', 1, 2, 0, '{}', 'continue', NULL),
	(31, 'R', 0, 14400, '{75,90}', '{}', 1, 2, 0, '{}', 'continue', NULL),
	(32, 'R', 1, 28800, '{75,90}', '{submitter}', 1, 2, 0, '{"submitter": {"working_days": 5}}', 'continue', NULL),
	(33, 'R', 2, 86400, '{75,90}', '{submitter}', 1, 2, 0, '{"submitter": {"working_days": 5}}', 'continue', NULL),
	(34, 'R', 3, 259200, '{75,90}', '{submitter}', 1, 2, 0, '{"submitter": {"working_days": 5}}', 'continue', NULL),
	(35, 'R', 4, 604800, '{75,90}', '{submitter}', 1, 2, 0, '{"submitter": {"working_days": 5}}', 'continue', NULL),
	(36, 'U', 0, 1800, '{50,75}', '{}', 1, 2, 0, '{}', 'continue', NULL),
	(37, 'U', 1, 7200, '{75,90}', '{}', 1, 2, 0, '{}', 'continue', NULL);

INSERT INTO public.oncall_calendar VALUES
	(1, 'always', 'Around the clock', '2026-11-23 13:50:57.618637+00', 0);

INSERT INTO public.oncall_calendarversion VALUES
	(1, 1, '{"zone": "UTC", "weekly": {"fri": [["00:00", "24:00"]], "mon": [["00:00", "24:00"]], "sat": [["00:00", "24:00"]], "sun": [["00:00", "24:00"]], "thu": [["00:00", "24:00"]], "tue": [["00:00", "24:00"]], "wed": [["00:00", "24:00"]]}}', '{}', '[]', 'Set up with the product', '2026-11-23 13:50:57.628735+00', 1, NULL, NULL, '{}');

SELECT pg_catalog.setval('public.account_emailaddress_id_seq', 1, false);

SELECT pg_catalog.setval('public.account_emailconfirmation_id_seq', 1, false);

SELECT pg_catalog.setval('public.accounts_clearance_id_seq', 1, false);

SELECT pg_catalog.setval('public.accounts_idempotencyrecord_id_seq', 1, false);

SELECT pg_catalog.setval('public.accounts_membership_id_seq', 1, false);

SELECT pg_catalog.setval('public.accounts_organization_id_seq', 1, false);

SELECT pg_catalog.setval('public.accounts_ratewindow_id_seq', 1, false);

SELECT pg_catalog.setval('public.accounts_rolegrant_id_seq', 1, false);

SELECT pg_catalog.setval('public.accounts_servicekey_id_seq', 1, false);

SELECT pg_catalog.setval('public.accounts_skill_id_seq', 1, false);

SELECT pg_catalog.setval('public.accounts_team_id_seq', 1, false);

SELECT pg_catalog.setval('public.accounts_user_id_seq', 1, false);

SELECT pg_catalog.setval('public.audit_accessrecord_id_seq', 1, false);

SELECT pg_catalog.setval('public.audit_canaryrun_id_seq', 1, false);

SELECT pg_catalog.setval('public.audit_clockguard_id_seq', 1, false);

SELECT pg_catalog.setval('public.audit_enginebeat_id_seq', 1, false);

SELECT pg_catalog.setval('public.audit_event_id_seq', 1, false);

SELECT pg_catalog.setval('public.audit_incident_id_seq', 1, false);

SELECT pg_catalog.setval('public.audit_logblock_id_seq', 1, false);

SELECT pg_catalog.setval('public.audit_logcopy_id_seq', 1, false);

SELECT pg_catalog.setval('public.audit_loghead_id_seq', 1, false);

SELECT pg_catalog.setval('public.audit_maintenance_id_seq', 1, false);

SELECT pg_catalog.setval('public.audit_outboxmessage_id_seq', 1, false);

SELECT pg_catalog.setval('public.audit_schedule_id_seq', 1, false);

SELECT pg_catalog.setval('public.audit_schedulerun_id_seq', 1, false);

SELECT pg_catalog.setval('public.auth_group_id_seq', 1, false);

SELECT pg_catalog.setval('public.auth_group_permissions_id_seq', 1, false);

SELECT pg_catalog.setval('public.auth_permission_id_seq', 564, true);

SELECT pg_catalog.setval('public.axes_accessattempt_id_seq', 1, false);

SELECT pg_catalog.setval('public.axes_accessfailurelog_id_seq', 1, false);

SELECT pg_catalog.setval('public.axes_accesslog_id_seq', 1, false);

SELECT pg_catalog.setval('public.django_content_type_id_seq', 141, true);

SELECT pg_catalog.setval('public.django_migrations_id_seq', 132, true);

SELECT pg_catalog.setval('public.escalations_appeal_id_seq', 1, false);

SELECT pg_catalog.setval('public.escalations_appealmessage_id_seq', 1, false);

SELECT pg_catalog.setval('public.escalations_approval_id_seq', 1, false);

SELECT pg_catalog.setval('public.escalations_approvalrule_id_seq', 1, false);

SELECT pg_catalog.setval('public.escalations_approvalrulesversion_id_seq', 1, false);

SELECT pg_catalog.setval('public.escalations_askversion_id_seq', 1, false);

SELECT pg_catalog.setval('public.escalations_batchrow_id_seq', 1, false);

SELECT pg_catalog.setval('public.escalations_blob_id_seq', 1, false);

SELECT pg_catalog.setval('public.escalations_bulkact_id_seq', 1, false);

SELECT pg_catalog.setval('public.escalations_bulkrow_id_seq', 1, false);

SELECT pg_catalog.setval('public.escalations_case_id_seq', 1, false);

SELECT pg_catalog.setval('public.escalations_caseentity_id_seq', 1, false);

SELECT pg_catalog.setval('public.escalations_casehold_id_seq', 1, false);

SELECT pg_catalog.setval('public.escalations_casetag_id_seq', 1, false);

SELECT pg_catalog.setval('public.escalations_clustermove_id_seq', 1, false);

SELECT pg_catalog.setval('public.escalations_comment_id_seq', 1, false);

SELECT pg_catalog.setval('public.escalations_contestedclause_id_seq', 1, false);

SELECT pg_catalog.setval('public.escalations_decision_cites_id_seq', 1, false);

SELECT pg_catalog.setval('public.escalations_decision_id_seq', 1, false);

SELECT pg_catalog.setval('public.escalations_decision_secondary_clauses_id_seq', 1, false);

SELECT pg_catalog.setval('public.escalations_dispute_id_seq', 1, false);

SELECT pg_catalog.setval('public.escalations_draft_id_seq', 1, false);

SELECT pg_catalog.setval('public.escalations_enforcementaction_id_seq', 1, false);

SELECT pg_catalog.setval('public.escalations_entity_id_seq', 1, false);

SELECT pg_catalog.setval('public.escalations_evidence_id_seq', 1, false);

SELECT pg_catalog.setval('public.escalations_handletime_id_seq', 1, false);

SELECT pg_catalog.setval('public.escalations_inboundmail_id_seq', 1, false);

SELECT pg_catalog.setval('public.escalations_leadingcase_id_seq', 1, false);

SELECT pg_catalog.setval('public.escalations_link_id_seq', 1, false);

SELECT pg_catalog.setval('public.escalations_mention_id_seq', 1, false);

SELECT pg_catalog.setval('public.escalations_notice_id_seq', 1, false);

SELECT pg_catalog.setval('public.escalations_noticedelivery_id_seq', 1, false);

SELECT pg_catalog.setval('public.escalations_queue_id_seq', 1, false);

SELECT pg_catalog.setval('public.escalations_replytemplate_id_seq', 1, false);

SELECT pg_catalog.setval('public.escalations_replytemplateversion_id_seq', 1, false);

SELECT pg_catalog.setval('public.escalations_routingrule_id_seq', 1, false);

SELECT pg_catalog.setval('public.escalations_routingversion_id_seq', 1, false);

SELECT pg_catalog.setval('public.escalations_savedview_id_seq', 1, false);

SELECT pg_catalog.setval('public.escalations_secondlook_id_seq', 1, false);

SELECT pg_catalog.setval('public.escalations_simulator_id_seq', 1, false);

SELECT pg_catalog.setval('public.escalations_slaclock_id_seq', 1, false);

SELECT pg_catalog.setval('public.escalations_slaclockevent_id_seq', 1, false);

SELECT pg_catalog.setval('public.escalations_slajob_id_seq', 1, false);

SELECT pg_catalog.setval('public.escalations_slaplan_id_seq', 1, true);

SELECT pg_catalog.setval('public.escalations_slaplanversion_id_seq', 2, true);

SELECT pg_catalog.setval('public.escalations_slatarget_id_seq', 37, true);

SELECT pg_catalog.setval('public.escalations_slatimer_id_seq', 1, false);

SELECT pg_catalog.setval('public.escalations_spread_id_seq', 1, false);

SELECT pg_catalog.setval('public.escalations_spreadrow_id_seq', 1, false);

SELECT pg_catalog.setval('public.escalations_strike_id_seq', 1, false);

SELECT pg_catalog.setval('public.escalations_strikeladder_id_seq', 1, false);

SELECT pg_catalog.setval('public.escalations_submission_id_seq', 1, false);

SELECT pg_catalog.setval('public.escalations_submissionbatch_id_seq', 1, false);

SELECT pg_catalog.setval('public.escalations_tag_id_seq', 1, false);

SELECT pg_catalog.setval('public.escalations_undoentry_id_seq', 1, false);

SELECT pg_catalog.setval('public.escalations_upload_id_seq', 1, false);

SELECT pg_catalog.setval('public.escalations_viewalert_id_seq', 1, false);

SELECT pg_catalog.setval('public.escalations_watch_id_seq', 1, false);

SELECT pg_catalog.setval('public.mfa_authenticator_id_seq', 1, false);

SELECT pg_catalog.setval('public.notifications_chatroute_id_seq', 1, false);

SELECT pg_catalog.setval('public.notifications_delivery_id_seq', 1, false);

SELECT pg_catalog.setval('public.notifications_deliveryitem_id_seq', 1, false);

SELECT pg_catalog.setval('public.notifications_dutymember_id_seq', 1, false);

SELECT pg_catalog.setval('public.notifications_mute_id_seq', 1, false);

SELECT pg_catalog.setval('public.notifications_notification_id_seq', 1, false);

SELECT pg_catalog.setval('public.notifications_phone_id_seq', 1, false);

SELECT pg_catalog.setval('public.notifications_preference_id_seq', 1, false);

SELECT pg_catalog.setval('public.notifications_pushdevice_id_seq', 1, false);

SELECT pg_catalog.setval('public.notifications_servicenotice_id_seq', 1, false);

SELECT pg_catalog.setval('public.notifications_timing_id_seq', 1, false);

SELECT pg_catalog.setval('public.notifications_webhookattempt_id_seq', 1, false);

SELECT pg_catalog.setval('public.notifications_webhookendpoint_id_seq', 1, false);

SELECT pg_catalog.setval('public.notifications_webhooksecret_id_seq', 1, false);

SELECT pg_catalog.setval('public.oncall_calendar_id_seq', 1, true);

SELECT pg_catalog.setval('public.oncall_calendarversion_id_seq', 1, true);

SELECT pg_catalog.setval('public.oncall_holidayentry_id_seq', 1, false);

SELECT pg_catalog.setval('public.oncall_holidayfeed_id_seq', 1, false);

SELECT pg_catalog.setval('public.oncall_holidayreading_id_seq', 1, false);

SELECT pg_catalog.setval('public.oncall_holidayset_id_seq', 1, false);

SELECT pg_catalog.setval('public.policies_gap_id_seq', 1, false);

SELECT pg_catalog.setval('public.policies_guidance_id_seq', 1, false);

SELECT pg_catalog.setval('public.policies_guidanceacknowledgement_id_seq', 1, false);

SELECT pg_catalog.setval('public.policies_policy_id_seq', 1, false);

SELECT pg_catalog.setval('public.policies_policytranslation_id_seq', 1, false);

SELECT pg_catalog.setval('public.policies_policyversion_id_seq', 1, false);

SELECT pg_catalog.setval('public.policies_versionacknowledgement_id_seq', 1, false);

SELECT pg_catalog.setval('public.policies_versioncomment_id_seq', 1, false);

SELECT pg_catalog.setval('public.reporting_annotation_id_seq', 1, false);

SELECT pg_catalog.setval('public.reporting_brief_id_seq', 1, false);

SELECT pg_catalog.setval('public.reporting_briefsubscription_id_seq', 1, false);

SELECT pg_catalog.setval('public.reporting_briefversion_id_seq', 1, false);

SELECT pg_catalog.setval('public.reporting_closingfact_id_seq', 1, false);

SELECT pg_catalog.setval('public.reporting_coachingset_id_seq', 1, false);

SELECT pg_catalog.setval('public.reporting_commitment_id_seq', 1, false);

SELECT pg_catalog.setval('public.reporting_contracttarget_id_seq', 1, false);

SELECT pg_catalog.setval('public.reporting_export_id_seq', 1, false);

SELECT pg_catalog.setval('public.reporting_factsstate_id_seq', 1, false);

SELECT pg_catalog.setval('public.reporting_mailing_id_seq', 1, false);

SELECT pg_catalog.setval('public.reporting_reportschedule_id_seq', 1, false);

SELECT pg_catalog.setval('public.reporting_reviewimport_id_seq', 1, false);

SELECT pg_catalog.setval('public.reporting_rollup_id_seq', 1, false);

SELECT pg_catalog.setval('public.reporting_savedreport_id_seq', 1, false);

SELECT pg_catalog.setval('public.reporting_schedulerecipient_id_seq', 1, false);

SELECT pg_catalog.setval('public.reporting_vendorreview_id_seq', 1, false);

SELECT pg_catalog.setval('public.reporting_vendorweek_id_seq', 1, false);

SELECT pg_catalog.setval('public.usersessions_usersession_id_seq', 1, false);

ALTER TABLE ONLY public.account_emailaddress
    ADD CONSTRAINT account_emailaddress_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.account_emailaddress
    ADD CONSTRAINT account_emailaddress_user_id_email_987c8728_uniq UNIQUE (user_id, email);

ALTER TABLE ONLY public.account_emailconfirmation
    ADD CONSTRAINT account_emailconfirmation_key_key UNIQUE (key);

ALTER TABLE ONLY public.account_emailconfirmation
    ADD CONSTRAINT account_emailconfirmation_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.accounts_clearance
    ADD CONSTRAINT accounts_clearance_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.accounts_idempotencyrecord
    ADD CONSTRAINT accounts_idempotencyrecord_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.accounts_membership
    ADD CONSTRAINT accounts_membership_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.accounts_organization
    ADD CONSTRAINT accounts_organization_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.accounts_organization
    ADD CONSTRAINT accounts_organization_slug_key UNIQUE (slug);

ALTER TABLE ONLY public.accounts_ratewindow
    ADD CONSTRAINT accounts_ratewindow_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.accounts_rolegrant
    ADD CONSTRAINT accounts_rolegrant_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.accounts_servicekey
    ADD CONSTRAINT accounts_servicekey_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.accounts_servicekey
    ADD CONSTRAINT accounts_servicekey_prefix_key UNIQUE (prefix);

ALTER TABLE ONLY public.accounts_skill
    ADD CONSTRAINT accounts_skill_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.accounts_team
    ADD CONSTRAINT accounts_team_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.accounts_team
    ADD CONSTRAINT accounts_team_slug_key UNIQUE (slug);

ALTER TABLE ONLY public.accounts_user
    ADD CONSTRAINT accounts_user_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.escalations_appeal
    ADD CONSTRAINT appeal_once_per_appellant UNIQUE NULLS NOT DISTINCT (decision_id, appellant, entity_id);

ALTER TABLE ONLY public.escalations_approvalrule
    ADD CONSTRAINT approval_rule_position_once UNIQUE (version_id, "position");

ALTER TABLE ONLY public.escalations_askversion
    ADD CONSTRAINT ask_version_number_once UNIQUE (case_id, number);

ALTER TABLE ONLY public.audit_accessrecord
    ADD CONSTRAINT audit_accessrecord_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.audit_canaryrun
    ADD CONSTRAINT audit_canaryrun_due_at_key UNIQUE (due_at);

ALTER TABLE ONLY public.audit_canaryrun
    ADD CONSTRAINT audit_canaryrun_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.audit_clockguard
    ADD CONSTRAINT audit_clockguard_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.audit_enginebeat
    ADD CONSTRAINT audit_enginebeat_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.audit_event
    ADD CONSTRAINT audit_event_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.audit_incident
    ADD CONSTRAINT audit_incident_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.audit_logblock
    ADD CONSTRAINT audit_logblock_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.audit_logcopy
    ADD CONSTRAINT audit_logcopy_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.audit_loghead
    ADD CONSTRAINT audit_loghead_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.audit_maintenance
    ADD CONSTRAINT audit_maintenance_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.audit_outboxmessage
    ADD CONSTRAINT audit_outboxmessage_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.audit_schedule
    ADD CONSTRAINT audit_schedule_name_key UNIQUE (name);

ALTER TABLE ONLY public.audit_schedule
    ADD CONSTRAINT audit_schedule_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.audit_schedulerun
    ADD CONSTRAINT audit_schedulerun_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.auth_group
    ADD CONSTRAINT auth_group_name_key UNIQUE (name);

ALTER TABLE ONLY public.auth_group_permissions
    ADD CONSTRAINT auth_group_permissions_group_id_permission_id_0cd325b0_uniq UNIQUE (group_id, permission_id);

ALTER TABLE ONLY public.auth_group_permissions
    ADD CONSTRAINT auth_group_permissions_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.auth_group
    ADD CONSTRAINT auth_group_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.auth_permission
    ADD CONSTRAINT auth_permission_content_type_id_codename_01ab375a_uniq UNIQUE (content_type_id, codename);

ALTER TABLE ONLY public.auth_permission
    ADD CONSTRAINT auth_permission_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.axes_accessattempt
    ADD CONSTRAINT axes_accessattempt_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.axes_accessattempt
    ADD CONSTRAINT axes_accessattempt_username_ip_address_user_agent_8ea22282_uniq UNIQUE (username, ip_address, user_agent);

ALTER TABLE ONLY public.axes_accessattemptexpiration
    ADD CONSTRAINT axes_accessattemptexpiration_pkey PRIMARY KEY (access_attempt_id);

ALTER TABLE ONLY public.axes_accessfailurelog
    ADD CONSTRAINT axes_accessfailurelog_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.axes_accesslog
    ADD CONSTRAINT axes_accesslog_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.escalations_batchrow
    ADD CONSTRAINT batch_row_number_once UNIQUE (batch_id, number);

ALTER TABLE ONLY public.reporting_brief
    ADD CONSTRAINT brief_of_organization UNIQUE (organization_id, id);

ALTER TABLE ONLY public.reporting_briefsubscription
    ADD CONSTRAINT brief_subscription_once UNIQUE (user_id, surface, region);

ALTER TABLE ONLY public.reporting_briefversion
    ADD CONSTRAINT brief_version_of_organization UNIQUE (organization_id, id);

ALTER TABLE ONLY public.reporting_briefversion
    ADD CONSTRAINT brief_version_once UNIQUE (brief_id, number);

ALTER TABLE ONLY public.escalations_bulkrow
    ADD CONSTRAINT bulk_row_once_per_case UNIQUE (bulk_id, case_id);

ALTER TABLE ONLY public.cache_entry
    ADD CONSTRAINT cache_entry_pkey PRIMARY KEY (cache_key);

ALTER TABLE ONLY public.oncall_calendarversion
    ADD CONSTRAINT calendar_version_number_once UNIQUE (calendar_id, number);

ALTER TABLE ONLY public.escalations_caseentity
    ADD CONSTRAINT case_entity_once_per_role UNIQUE (case_id, entity_id, role);

ALTER TABLE ONLY public.escalations_case
    ADD CONSTRAINT case_organization_id UNIQUE (organization_id, id);

ALTER TABLE ONLY public.escalations_casetag
    ADD CONSTRAINT case_tag_once UNIQUE (case_id, tag_id);

ALTER TABLE ONLY public.accounts_clearance
    ADD CONSTRAINT clearance_once UNIQUE (user_id, compartment);

ALTER TABLE ONLY public.reporting_closingfact
    ADD CONSTRAINT closing_fact_once UNIQUE (case_id, number);

ALTER TABLE ONLY public.notifications_deliveryitem
    ADD CONSTRAINT delivery_item_once UNIQUE (delivery_id, notification_id);

ALTER TABLE ONLY public.escalations_dispute
    ADD CONSTRAINT dispute_once_per_return UNIQUE (case_id, rejected_at);

ALTER TABLE ONLY public.django_content_type
    ADD CONSTRAINT django_content_type_app_label_model_76bd3d3b_uniq UNIQUE (app_label, model);

ALTER TABLE ONLY public.django_content_type
    ADD CONSTRAINT django_content_type_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.django_migrations
    ADD CONSTRAINT django_migrations_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.django_session
    ADD CONSTRAINT django_session_pkey PRIMARY KEY (session_key);

ALTER TABLE ONLY public.escalations_draft
    ADD CONSTRAINT draft_one_per_kind UNIQUE (case_id, user_id, kind);

ALTER TABLE ONLY public.audit_enginebeat
    ADD CONSTRAINT engine_beat_per_lane UNIQUE (engine, lane);

ALTER TABLE ONLY public.escalations_entity
    ADD CONSTRAINT entity_identity_once UNIQUE (platform, kind, key);

ALTER TABLE ONLY public.escalations_appeal
    ADD CONSTRAINT escalations_appeal_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.escalations_appeal
    ADD CONSTRAINT escalations_appeal_ref_key UNIQUE (ref);

ALTER TABLE ONLY public.escalations_appealmessage
    ADD CONSTRAINT escalations_appealmessage_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.escalations_appealmessage
    ADD CONSTRAINT escalations_appealmessage_public_id_key UNIQUE (public_id);

ALTER TABLE ONLY public.escalations_approval
    ADD CONSTRAINT escalations_approval_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.escalations_approval
    ADD CONSTRAINT escalations_approval_public_id_key UNIQUE (public_id);

ALTER TABLE ONLY public.escalations_approvalrule
    ADD CONSTRAINT escalations_approvalrule_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.escalations_approvalrulesversion
    ADD CONSTRAINT escalations_approvalrulesversion_number_key UNIQUE (number);

ALTER TABLE ONLY public.escalations_approvalrulesversion
    ADD CONSTRAINT escalations_approvalrulesversion_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.escalations_askversion
    ADD CONSTRAINT escalations_askversion_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.escalations_batchrow
    ADD CONSTRAINT escalations_batchrow_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.escalations_blob
    ADD CONSTRAINT escalations_blob_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.escalations_blob
    ADD CONSTRAINT escalations_blob_sha256_key UNIQUE (sha256);

ALTER TABLE ONLY public.escalations_bulkact
    ADD CONSTRAINT escalations_bulkact_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.escalations_bulkact
    ADD CONSTRAINT escalations_bulkact_public_id_key UNIQUE (public_id);

ALTER TABLE ONLY public.escalations_bulkrow
    ADD CONSTRAINT escalations_bulkrow_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.escalations_case
    ADD CONSTRAINT escalations_case_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.escalations_case
    ADD CONSTRAINT escalations_case_ref_key UNIQUE (ref);

ALTER TABLE ONLY public.escalations_caseentity
    ADD CONSTRAINT escalations_caseentity_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.escalations_casehold
    ADD CONSTRAINT escalations_casehold_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.escalations_casetag
    ADD CONSTRAINT escalations_casetag_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.escalations_clustermove
    ADD CONSTRAINT escalations_clustermove_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.escalations_clustermove
    ADD CONSTRAINT escalations_clustermove_public_id_key UNIQUE (public_id);

ALTER TABLE ONLY public.escalations_comment
    ADD CONSTRAINT escalations_comment_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.escalations_comment
    ADD CONSTRAINT escalations_comment_public_id_key UNIQUE (public_id);

ALTER TABLE ONLY public.escalations_contestedclause
    ADD CONSTRAINT escalations_contestedclause_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.escalations_decision_cites
    ADD CONSTRAINT escalations_decision_cit_from_decision_id_to_deci_1c98af27_uniq UNIQUE (from_decision_id, to_decision_id);

ALTER TABLE ONLY public.escalations_decision_cites
    ADD CONSTRAINT escalations_decision_cites_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.escalations_decision
    ADD CONSTRAINT escalations_decision_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.escalations_decision
    ADD CONSTRAINT escalations_decision_public_id_key UNIQUE (public_id);

ALTER TABLE ONLY public.escalations_decision_secondary_clauses
    ADD CONSTRAINT escalations_decision_sec_decision_id_policyversio_1dc972a3_uniq UNIQUE (decision_id, policyversion_id);

ALTER TABLE ONLY public.escalations_decision_secondary_clauses
    ADD CONSTRAINT escalations_decision_secondary_clauses_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.escalations_dispute
    ADD CONSTRAINT escalations_dispute_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.escalations_dispute
    ADD CONSTRAINT escalations_dispute_public_id_key UNIQUE (public_id);

ALTER TABLE ONLY public.escalations_draft
    ADD CONSTRAINT escalations_draft_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.escalations_enforcementaction
    ADD CONSTRAINT escalations_enforcementaction_key_key UNIQUE (key);

ALTER TABLE ONLY public.escalations_enforcementaction
    ADD CONSTRAINT escalations_enforcementaction_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.escalations_enforcementaction
    ADD CONSTRAINT escalations_enforcementaction_public_id_key UNIQUE (public_id);

ALTER TABLE ONLY public.escalations_entity
    ADD CONSTRAINT escalations_entity_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.escalations_evidence
    ADD CONSTRAINT escalations_evidence_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.escalations_evidence
    ADD CONSTRAINT escalations_evidence_public_id_key UNIQUE (public_id);

ALTER TABLE ONLY public.escalations_handletime
    ADD CONSTRAINT escalations_handletime_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.escalations_inboundmail
    ADD CONSTRAINT escalations_inboundmail_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.escalations_inboundmail
    ADD CONSTRAINT escalations_inboundmail_public_id_key UNIQUE (public_id);

ALTER TABLE ONLY public.escalations_leadingcase
    ADD CONSTRAINT escalations_leadingcase_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.escalations_link
    ADD CONSTRAINT escalations_link_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.escalations_mention
    ADD CONSTRAINT escalations_mention_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.escalations_notice
    ADD CONSTRAINT escalations_notice_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.escalations_notice
    ADD CONSTRAINT escalations_notice_public_id_key UNIQUE (public_id);

ALTER TABLE ONLY public.escalations_noticedelivery
    ADD CONSTRAINT escalations_noticedelivery_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.escalations_noticedelivery
    ADD CONSTRAINT escalations_noticedelivery_public_id_key UNIQUE (public_id);

ALTER TABLE ONLY public.escalations_queue
    ADD CONSTRAINT escalations_queue_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.escalations_queue
    ADD CONSTRAINT escalations_queue_slug_key UNIQUE (slug);

ALTER TABLE ONLY public.escalations_replytemplate
    ADD CONSTRAINT escalations_replytemplate_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.escalations_replytemplate
    ADD CONSTRAINT escalations_replytemplate_slug_key UNIQUE (slug);

ALTER TABLE ONLY public.escalations_replytemplateversion
    ADD CONSTRAINT escalations_replytemplateversion_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.escalations_routingrule
    ADD CONSTRAINT escalations_routingrule_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.escalations_routingversion
    ADD CONSTRAINT escalations_routingversion_number_key UNIQUE (number);

ALTER TABLE ONLY public.escalations_routingversion
    ADD CONSTRAINT escalations_routingversion_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.escalations_savedview
    ADD CONSTRAINT escalations_savedview_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.escalations_savedview
    ADD CONSTRAINT escalations_savedview_slug_key UNIQUE (slug);

ALTER TABLE ONLY public.escalations_secondlook
    ADD CONSTRAINT escalations_secondlook_decision_id_key UNIQUE (decision_id);

ALTER TABLE ONLY public.escalations_secondlook
    ADD CONSTRAINT escalations_secondlook_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.escalations_secondlook
    ADD CONSTRAINT escalations_secondlook_public_id_key UNIQUE (public_id);

ALTER TABLE ONLY public.escalations_simulator
    ADD CONSTRAINT escalations_simulator_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.escalations_slaclock
    ADD CONSTRAINT escalations_slaclock_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.escalations_slaclockevent
    ADD CONSTRAINT escalations_slaclockevent_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.escalations_slajob
    ADD CONSTRAINT escalations_slajob_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.escalations_slaplan
    ADD CONSTRAINT escalations_slaplan_name_key UNIQUE (name);

ALTER TABLE ONLY public.escalations_slaplan
    ADD CONSTRAINT escalations_slaplan_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.escalations_slaplanversion
    ADD CONSTRAINT escalations_slaplanversion_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.escalations_slatarget
    ADD CONSTRAINT escalations_slatarget_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.escalations_slatimer
    ADD CONSTRAINT escalations_slatimer_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.escalations_spread
    ADD CONSTRAINT escalations_spread_decision_id_key UNIQUE (decision_id);

ALTER TABLE ONLY public.escalations_spread
    ADD CONSTRAINT escalations_spread_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.escalations_spreadrow
    ADD CONSTRAINT escalations_spreadrow_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.escalations_strike
    ADD CONSTRAINT escalations_strike_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.escalations_strikeladder
    ADD CONSTRAINT escalations_strikeladder_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.escalations_submission
    ADD CONSTRAINT escalations_submission_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.escalations_submissionbatch
    ADD CONSTRAINT escalations_submissionbatch_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.escalations_submissionbatch
    ADD CONSTRAINT escalations_submissionbatch_public_id_key UNIQUE (public_id);

ALTER TABLE ONLY public.escalations_tag
    ADD CONSTRAINT escalations_tag_name_key UNIQUE (name);

ALTER TABLE ONLY public.escalations_tag
    ADD CONSTRAINT escalations_tag_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.escalations_undoentry
    ADD CONSTRAINT escalations_undoentry_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.escalations_undoentry
    ADD CONSTRAINT escalations_undoentry_token_key UNIQUE (token);

ALTER TABLE ONLY public.escalations_upload
    ADD CONSTRAINT escalations_upload_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.escalations_upload
    ADD CONSTRAINT escalations_upload_public_id_key UNIQUE (public_id);

ALTER TABLE ONLY public.escalations_viewalert
    ADD CONSTRAINT escalations_viewalert_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.escalations_watch
    ADD CONSTRAINT escalations_watch_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.escalations_evidence
    ADD CONSTRAINT evidence_number_once_per_case UNIQUE (case_id, number);

ALTER TABLE ONLY public.policies_guidanceacknowledgement
    ADD CONSTRAINT guidance_acknowledged_once UNIQUE (guidance_id, user_id);

ALTER TABLE ONLY public.policies_guidance
    ADD CONSTRAINT guidance_edition_is_unique UNIQUE (number, edition);

ALTER TABLE ONLY public.policies_guidance
    ADD CONSTRAINT guidance_one_edition_at_a_time EXCLUDE USING gist (number WITH =, tstzrange(starts_at, GREATEST(starts_at, COALESCE(ended_at, expires_at)), '[)'::text) WITH &&);

ALTER TABLE ONLY public.escalations_handletime
    ADD CONSTRAINT handle_time_once UNIQUE (case_id, user_id);

ALTER TABLE ONLY public.oncall_holidayentry
    ADD CONSTRAINT holiday_entry_once UNIQUE (holiday_set_id, held_on, name);

ALTER TABLE ONLY public.accounts_idempotencyrecord
    ADD CONSTRAINT idempotency_key_once UNIQUE (organization_id, service_key_id, route, key);

ALTER TABLE ONLY public.escalations_inboundmail
    ADD CONSTRAINT inbound_mail_once UNIQUE (blob_id, recipient);

ALTER TABLE ONLY public.escalations_link
    ADD CONSTRAINT link_once UNIQUE (case_id, other_id, kind);

ALTER TABLE ONLY public.audit_logblock
    ADD CONSTRAINT log_block_follows_one UNIQUE (log, from_transaction);

ALTER TABLE ONLY public.audit_logblock
    ADD CONSTRAINT log_block_once UNIQUE (log, number);

ALTER TABLE ONLY public.audit_logcopy
    ADD CONSTRAINT log_copy_once_per_witness UNIQUE (head_id, witness);

ALTER TABLE ONLY public.audit_loghead
    ADD CONSTRAINT log_head_once UNIQUE (log, block);

ALTER TABLE ONLY public.reporting_mailing
    ADD CONSTRAINT mailing_once_per_slot UNIQUE (schedule_id, user_id, slot_at);

ALTER TABLE ONLY public.reporting_mailing
    ADD CONSTRAINT mailing_once_per_version UNIQUE (version_id, user_id);

ALTER TABLE ONLY public.accounts_membership
    ADD CONSTRAINT membership_once UNIQUE (user_id, team_id);

ALTER TABLE ONLY public.escalations_mention
    ADD CONSTRAINT mention_once UNIQUE (comment_id, user_id);

ALTER TABLE ONLY public.mfa_authenticator
    ADD CONSTRAINT mfa_authenticator_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.notifications_mute
    ADD CONSTRAINT mute_once UNIQUE (user_id, subject_type, subject_id);

ALTER TABLE ONLY public.escalations_noticedelivery
    ADD CONSTRAINT notice_delivery_once_on_a_way UNIQUE NULLS NOT DISTINCT (notice_id, way, person_id);

ALTER TABLE ONLY public.escalations_notice
    ADD CONSTRAINT notice_once_per_reader UNIQUE NULLS NOT DISTINCT (decision_id, case_id, audience, entity_id);

ALTER TABLE ONLY public.notifications_notification
    ADD CONSTRAINT notification_once_per_person_and_event UNIQUE (user_id, event_id);

ALTER TABLE ONLY public.notifications_chatroute
    ADD CONSTRAINT notifications_chatroute_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.notifications_chatroute
    ADD CONSTRAINT notifications_chatroute_team_id_key UNIQUE (team_id);

ALTER TABLE ONLY public.notifications_chatroute
    ADD CONSTRAINT notifications_chatroute_user_id_key UNIQUE (user_id);

ALTER TABLE ONLY public.notifications_delivery
    ADD CONSTRAINT notifications_delivery_dedup_key_key UNIQUE (dedup_key);

ALTER TABLE ONLY public.notifications_delivery
    ADD CONSTRAINT notifications_delivery_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.notifications_delivery
    ADD CONSTRAINT notifications_delivery_public_id_key UNIQUE (public_id);

ALTER TABLE ONLY public.notifications_deliveryitem
    ADD CONSTRAINT notifications_deliveryitem_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.notifications_dutymember
    ADD CONSTRAINT notifications_dutymember_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.notifications_dutymember
    ADD CONSTRAINT notifications_dutymember_user_id_key UNIQUE (user_id);

ALTER TABLE ONLY public.notifications_mute
    ADD CONSTRAINT notifications_mute_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.notifications_notification
    ADD CONSTRAINT notifications_notification_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.notifications_notification
    ADD CONSTRAINT notifications_notification_public_id_key UNIQUE (public_id);

ALTER TABLE ONLY public.notifications_phone
    ADD CONSTRAINT notifications_phone_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.notifications_phone
    ADD CONSTRAINT notifications_phone_user_id_key UNIQUE (user_id);

ALTER TABLE ONLY public.notifications_preference
    ADD CONSTRAINT notifications_preference_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.notifications_pushdevice
    ADD CONSTRAINT notifications_pushdevice_endpoint_hash_key UNIQUE (endpoint_hash);

ALTER TABLE ONLY public.notifications_pushdevice
    ADD CONSTRAINT notifications_pushdevice_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.notifications_pushdevice
    ADD CONSTRAINT notifications_pushdevice_public_id_key UNIQUE (public_id);

ALTER TABLE ONLY public.notifications_servicenotice
    ADD CONSTRAINT notifications_servicenotice_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.notifications_servicenotice
    ADD CONSTRAINT notifications_servicenotice_public_id_key UNIQUE (public_id);

ALTER TABLE ONLY public.notifications_timing
    ADD CONSTRAINT notifications_timing_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.notifications_timing
    ADD CONSTRAINT notifications_timing_user_id_key UNIQUE (user_id);

ALTER TABLE ONLY public.notifications_webhookattempt
    ADD CONSTRAINT notifications_webhookattempt_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.notifications_webhookendpoint
    ADD CONSTRAINT notifications_webhookendpoint_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.notifications_webhookendpoint
    ADD CONSTRAINT notifications_webhookendpoint_public_id_key UNIQUE (public_id);

ALTER TABLE ONLY public.notifications_webhooksecret
    ADD CONSTRAINT notifications_webhooksecret_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.oncall_calendar
    ADD CONSTRAINT oncall_calendar_key_key UNIQUE (key);

ALTER TABLE ONLY public.oncall_calendar
    ADD CONSTRAINT oncall_calendar_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.oncall_calendarversion
    ADD CONSTRAINT oncall_calendarversion_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.oncall_holidayentry
    ADD CONSTRAINT oncall_holidayentry_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.oncall_holidayfeed
    ADD CONSTRAINT oncall_holidayfeed_holiday_set_id_key UNIQUE (holiday_set_id);

ALTER TABLE ONLY public.oncall_holidayfeed
    ADD CONSTRAINT oncall_holidayfeed_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.oncall_holidayreading
    ADD CONSTRAINT oncall_holidayreading_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.oncall_holidayset
    ADD CONSTRAINT oncall_holidayset_key_key UNIQUE (key);

ALTER TABLE ONLY public.oncall_holidayset
    ADD CONSTRAINT oncall_holidayset_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.audit_outboxmessage
    ADD CONSTRAINT outbox_once_per_listener UNIQUE (event_id, listener);

ALTER TABLE ONLY public.policies_gap
    ADD CONSTRAINT policies_gap_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.policies_guidance
    ADD CONSTRAINT policies_guidance_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.policies_guidanceacknowledgement
    ADD CONSTRAINT policies_guidanceacknowledgement_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.policies_policy
    ADD CONSTRAINT policies_policy_key_key UNIQUE (key);

ALTER TABLE ONLY public.policies_policy
    ADD CONSTRAINT policies_policy_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.policies_policytranslation
    ADD CONSTRAINT policies_policytranslation_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.policies_policyversion
    ADD CONSTRAINT policies_policyversion_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.policies_versionacknowledgement
    ADD CONSTRAINT policies_versionacknowledgement_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.policies_versioncomment
    ADD CONSTRAINT policies_versioncomment_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.policies_policytranslation
    ADD CONSTRAINT policy_translation_once UNIQUE (version_id, language);

ALTER TABLE ONLY public.policies_policyversion
    ADD CONSTRAINT policy_version_number_is_unique UNIQUE (policy_id, number);

ALTER TABLE ONLY public.policies_policyversion
    ADD CONSTRAINT policy_version_one_per_instant EXCLUDE USING gist (policy_id WITH =, market WITH =, effective WITH &&);

ALTER TABLE ONLY public.notifications_preference
    ADD CONSTRAINT preference_once UNIQUE (user_id, event_class, channel);

ALTER TABLE ONLY public.accounts_ratewindow
    ADD CONSTRAINT rate_window_once UNIQUE (subject, window_at, shard);

ALTER TABLE ONLY public.escalations_replytemplateversion
    ADD CONSTRAINT reply_template_version_once UNIQUE (template_id, language, number);

ALTER TABLE ONLY public.reporting_reportschedule
    ADD CONSTRAINT report_schedule_of_organization UNIQUE (organization_id, id);

ALTER TABLE ONLY public.reporting_annotation
    ADD CONSTRAINT reporting_annotation_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.reporting_annotation
    ADD CONSTRAINT reporting_annotation_public_id_key UNIQUE (public_id);

ALTER TABLE ONLY public.reporting_brief
    ADD CONSTRAINT reporting_brief_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.reporting_briefsubscription
    ADD CONSTRAINT reporting_briefsubscription_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.reporting_briefversion
    ADD CONSTRAINT reporting_briefversion_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.reporting_casefact
    ADD CONSTRAINT reporting_casefact_pkey PRIMARY KEY (case_id);

ALTER TABLE ONLY public.reporting_clockfact
    ADD CONSTRAINT reporting_clockfact_pkey PRIMARY KEY (clock_id);

ALTER TABLE ONLY public.reporting_closingfact
    ADD CONSTRAINT reporting_closingfact_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.reporting_coachingset
    ADD CONSTRAINT reporting_coachingset_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.reporting_coachingset
    ADD CONSTRAINT reporting_coachingset_public_id_key UNIQUE (public_id);

ALTER TABLE ONLY public.reporting_commitment
    ADD CONSTRAINT reporting_commitment_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.reporting_contracttarget
    ADD CONSTRAINT reporting_contracttarget_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.reporting_decisionfact
    ADD CONSTRAINT reporting_decisionfact_pkey PRIMARY KEY (decision_id);

ALTER TABLE ONLY public.reporting_export
    ADD CONSTRAINT reporting_export_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.reporting_export
    ADD CONSTRAINT reporting_export_public_id_key UNIQUE (public_id);

ALTER TABLE ONLY public.reporting_factsstate
    ADD CONSTRAINT reporting_factsstate_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.reporting_mailing
    ADD CONSTRAINT reporting_mailing_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.reporting_mailing
    ADD CONSTRAINT reporting_mailing_public_id_key UNIQUE (public_id);

ALTER TABLE ONLY public.reporting_reportschedule
    ADD CONSTRAINT reporting_reportschedule_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.reporting_reportschedule
    ADD CONSTRAINT reporting_reportschedule_public_id_key UNIQUE (public_id);

ALTER TABLE ONLY public.reporting_reviewimport
    ADD CONSTRAINT reporting_reviewimport_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.reporting_reviewimport
    ADD CONSTRAINT reporting_reviewimport_public_id_key UNIQUE (public_id);

ALTER TABLE ONLY public.reporting_rollup
    ADD CONSTRAINT reporting_rollup_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.reporting_rollupday
    ADD CONSTRAINT reporting_rollupday_pkey PRIMARY KEY (day);

ALTER TABLE ONLY public.reporting_savedreport
    ADD CONSTRAINT reporting_savedreport_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.reporting_savedreport
    ADD CONSTRAINT reporting_savedreport_public_id_key UNIQUE (public_id);

ALTER TABLE ONLY public.reporting_schedulerecipient
    ADD CONSTRAINT reporting_schedulerecipient_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.reporting_sqlscope
    ADD CONSTRAINT reporting_sqlscope_pkey PRIMARY KEY (pid, began_at);

ALTER TABLE ONLY public.reporting_vendorreview
    ADD CONSTRAINT reporting_vendorreview_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.reporting_vendorweek
    ADD CONSTRAINT reporting_vendorweek_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.reporting_reviewimport
    ADD CONSTRAINT review_import_organization_id UNIQUE (organization_id, id);

ALTER TABLE ONLY public.accounts_rolegrant
    ADD CONSTRAINT role_grant_once UNIQUE (user_id, role);

ALTER TABLE ONLY public.escalations_routingrule
    ADD CONSTRAINT routing_rule_position_once UNIQUE (version_id, "position");

ALTER TABLE ONLY public.reporting_savedreport
    ADD CONSTRAINT saved_report_name_once_per_owner UNIQUE (owner_id, kind, name);

ALTER TABLE ONLY public.reporting_schedulerecipient
    ADD CONSTRAINT schedule_recipient_once UNIQUE (schedule_id, user_id);

ALTER TABLE ONLY public.audit_schedulerun
    ADD CONSTRAINT schedule_slot_runs_once UNIQUE (name, slot_at);

ALTER TABLE ONLY public.accounts_skill
    ADD CONSTRAINT skill_once UNIQUE (user_id, kind, value);

ALTER TABLE ONLY public.escalations_slaclock
    ADD CONSTRAINT sla_clock_cycle_once UNIQUE (object_type, object_id, metric, cycle);

ALTER TABLE ONLY public.escalations_slaplanversion
    ADD CONSTRAINT sla_plan_version_once UNIQUE (plan_id, number);

ALTER TABLE ONLY public.escalations_slatarget
    ADD CONSTRAINT sla_target_once UNIQUE NULLS NOT DISTINCT (version_id, metric, severity);

ALTER TABLE ONLY public.escalations_spreadrow
    ADD CONSTRAINT spread_row_once_per_case UNIQUE (spread_id, case_id);

ALTER TABLE ONLY public.escalations_strikeladder
    ADD CONSTRAINT strike_ladder_number_once UNIQUE (surface, number);

ALTER TABLE ONLY public.escalations_strikeladder
    ADD CONSTRAINT strike_ladder_one_from_an_instant UNIQUE (surface, effective_from);

ALTER TABLE ONLY public.escalations_strike
    ADD CONSTRAINT strike_once_per_decision_and_entity UNIQUE (decision_id, entity_id);

ALTER TABLE ONLY public.escalations_submissionbatch
    ADD CONSTRAINT submission_batch_organization_id UNIQUE (organization_id, id);

ALTER TABLE ONLY public.usersessions_usersession
    ADD CONSTRAINT usersessions_usersession_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.usersessions_usersession
    ADD CONSTRAINT usersessions_usersession_session_key_key UNIQUE (session_key);

ALTER TABLE ONLY public.reporting_vendorreview
    ADD CONSTRAINT vendor_review_once UNIQUE (organization_id, external_id);

ALTER TABLE ONLY public.reporting_vendorweek
    ADD CONSTRAINT vendor_week_edition_once UNIQUE (organization_id, starts_on, edition);

ALTER TABLE ONLY public.policies_versionacknowledgement
    ADD CONSTRAINT version_acknowledged_once UNIQUE (version_id, user_id);

ALTER TABLE ONLY public.escalations_viewalert
    ADD CONSTRAINT view_alert_once_per_kind UNIQUE (view_id, user_id, kind);

ALTER TABLE ONLY public.escalations_watch
    ADD CONSTRAINT watch_once UNIQUE (case_id, user_id);

CREATE INDEX access_by_actor ON public.audit_accessrecord USING btree (actor_kind, actor_id, at DESC);

CREATE INDEX access_of_subject ON public.audit_accessrecord USING btree (subject_type, subject_id, at DESC);

CREATE INDEX access_transaction ON public.audit_accessrecord USING brin (transaction) WITH (autosummarize='on', pages_per_range='16');

CREATE INDEX account_emailaddress_email_03be32b2 ON public.account_emailaddress USING btree (email);

CREATE INDEX account_emailaddress_email_03be32b2_like ON public.account_emailaddress USING btree (email varchar_pattern_ops);

CREATE INDEX account_emailaddress_user_id_2c513194 ON public.account_emailaddress USING btree (user_id);

CREATE INDEX account_emailconfirmation_email_address_id_5b7f8c58 ON public.account_emailconfirmation USING btree (email_address_id);

CREATE INDEX account_emailconfirmation_key_f43612bd_like ON public.account_emailconfirmation USING btree (key varchar_pattern_ops);

CREATE INDEX accounts_clearance_granted_by_id_69dfb795 ON public.accounts_clearance USING btree (granted_by_id);

CREATE INDEX accounts_clearance_user_id_b7811aab ON public.accounts_clearance USING btree (user_id);

CREATE INDEX accounts_idempotencyrecord_organization_id_932d0403 ON public.accounts_idempotencyrecord USING btree (organization_id);

CREATE INDEX accounts_idempotencyrecord_service_key_id_d162bfb4 ON public.accounts_idempotencyrecord USING btree (service_key_id);

CREATE INDEX accounts_membership_team_id_c9c6c909 ON public.accounts_membership USING btree (team_id);

CREATE INDEX accounts_membership_user_id_487fb39e ON public.accounts_membership USING btree (user_id);

CREATE INDEX accounts_organization_slug_d6ef85ac_like ON public.accounts_organization USING btree (slug varchar_pattern_ops);

CREATE INDEX accounts_rolegrant_granted_by_id_7c2165d8 ON public.accounts_rolegrant USING btree (granted_by_id);

CREATE INDEX accounts_rolegrant_user_id_0601f056 ON public.accounts_rolegrant USING btree (user_id);

CREATE INDEX accounts_servicekey_created_by_id_70bbac5e ON public.accounts_servicekey USING btree (created_by_id);

CREATE INDEX accounts_servicekey_organization_id_d5e5f6f0 ON public.accounts_servicekey USING btree (organization_id);

CREATE INDEX accounts_servicekey_prefix_60937ac1_like ON public.accounts_servicekey USING btree (prefix varchar_pattern_ops);

CREATE INDEX accounts_servicekey_replaces_id_9ac349fc ON public.accounts_servicekey USING btree (replaces_id);

CREATE INDEX accounts_skill_user_id_66b0cda6 ON public.accounts_skill USING btree (user_id);

CREATE INDEX accounts_team_organization_id_bf0a6adc ON public.accounts_team USING btree (organization_id);

CREATE INDEX accounts_team_slug_7567da3b_like ON public.accounts_team USING btree (slug varchar_pattern_ops);

CREATE INDEX accounts_user_organization_id_d808f5ca ON public.accounts_user USING btree (organization_id);

CREATE INDEX annotation_by_start ON public.reporting_annotation USING btree (starts_at, id) WHERE (removed_at IS NULL);

CREATE INDEX appeal_by_original_decider ON public.escalations_appeal USING btree (original_decider_id, filed_at DESC);

CREATE INDEX appeal_live_by_due ON public.escalations_appeal USING btree (due_at, id) WHERE ((state)::text = ANY ((ARRAY['open'::character varying, 'waiting'::character varying])::text[]));

CREATE INDEX appeal_message_by_time ON public.escalations_appealmessage USING btree (appeal_id, at, id);

CREATE INDEX appeal_newest ON public.escalations_appeal USING btree (filed_at DESC, id DESC);

CREATE UNIQUE INDEX approval_one_open_per_thing ON public.escalations_approval USING btree (about, about_id) WHERE ((state)::text = 'open'::text);

CREATE INDEX approval_open_oldest ON public.escalations_approval USING btree (asked_at, id) WHERE ((state)::text = 'open'::text);

CREATE INDEX audit_logcopy_head_id_653034e8 ON public.audit_logcopy USING btree (head_id);

CREATE INDEX audit_schedule_name_fabda66b_like ON public.audit_schedule USING btree (name varchar_pattern_ops);

CREATE INDEX auth_group_name_a6ea08ec_like ON public.auth_group USING btree (name varchar_pattern_ops);

CREATE INDEX auth_group_permissions_group_id_b120cbf9 ON public.auth_group_permissions USING btree (group_id);

CREATE INDEX auth_group_permissions_permission_id_84c5c92e ON public.auth_group_permissions USING btree (permission_id);

CREATE INDEX auth_permission_content_type_id_2f476e4b ON public.auth_permission USING btree (content_type_id);

CREATE INDEX axes_accessattempt_ip_address_10922d9c ON public.axes_accessattempt USING btree (ip_address);

CREATE INDEX axes_accessattempt_user_agent_ad89678b ON public.axes_accessattempt USING btree (user_agent);

CREATE INDEX axes_accessattempt_user_agent_ad89678b_like ON public.axes_accessattempt USING btree (user_agent varchar_pattern_ops);

CREATE INDEX axes_accessattempt_username_3f2d4ca0 ON public.axes_accessattempt USING btree (username);

CREATE INDEX axes_accessattempt_username_3f2d4ca0_like ON public.axes_accessattempt USING btree (username varchar_pattern_ops);

CREATE INDEX axes_accessfailurelog_ip_address_2e9f5a7f ON public.axes_accessfailurelog USING btree (ip_address);

CREATE INDEX axes_accessfailurelog_user_agent_ea145dda ON public.axes_accessfailurelog USING btree (user_agent);

CREATE INDEX axes_accessfailurelog_user_agent_ea145dda_like ON public.axes_accessfailurelog USING btree (user_agent varchar_pattern_ops);

CREATE INDEX axes_accessfailurelog_username_a8b7e8a4 ON public.axes_accessfailurelog USING btree (username);

CREATE INDEX axes_accessfailurelog_username_a8b7e8a4_like ON public.axes_accessfailurelog USING btree (username varchar_pattern_ops);

CREATE INDEX axes_accesslog_ip_address_86b417e5 ON public.axes_accesslog USING btree (ip_address);

CREATE INDEX axes_accesslog_user_agent_0e659004 ON public.axes_accesslog USING btree (user_agent);

CREATE INDEX axes_accesslog_user_agent_0e659004_like ON public.axes_accesslog USING btree (user_agent varchar_pattern_ops);

CREATE INDEX axes_accesslog_username_df93064b ON public.axes_accesslog USING btree (username);

CREATE INDEX axes_accesslog_username_df93064b_like ON public.axes_accesslog USING btree (username varchar_pattern_ops);

CREATE INDEX blob_by_perceptual_hash ON public.escalations_blob USING btree (perceptual_hash) WHERE (NOT ((perceptual_hash)::text = ''::text));

CREATE INDEX brief_newest ON public.reporting_brief USING btree (changed_at DESC, id DESC);

CREATE INDEX brief_version_current ON public.reporting_briefversion USING btree (sent_at DESC, id DESC) WHERE ((sent_at IS NOT NULL) AND (superseded_at IS NULL));

CREATE INDEX bulk_of_person_newest ON public.escalations_bulkact USING btree (asked_by_id, id DESC);

CREATE INDEX bulk_row_of_state ON public.escalations_bulkrow USING btree (bulk_id, state, id);

CREATE INDEX bulk_under_way ON public.escalations_bulkact USING btree (id) WHERE ((state)::text = ANY ((ARRAY['asked'::character varying, 'running'::character varying, 'undoing'::character varying])::text[]));

CREATE INDEX cache_entry_expires ON public.cache_entry USING btree (expires);

CREATE INDEX case_by_external_ref ON public.escalations_case USING btree (external_ref) WHERE (NOT ((external_ref)::text = ''::text));

CREATE INDEX case_by_organization_newest ON public.escalations_case USING btree (organization_id, received_at DESC, id DESC);

CREATE INDEX case_children ON public.escalations_case USING btree (parent_id) WHERE (parent_id IS NOT NULL);

CREATE INDEX case_closed_by_harm ON public.escalations_case USING btree (harm) WHERE (NOT is_open);

CREATE INDEX case_closed_by_language ON public.escalations_case USING btree (language) WHERE (NOT is_open);

CREATE INDEX case_closed_by_market ON public.escalations_case USING btree (market) WHERE (NOT is_open);

CREATE INDEX case_closed_by_severity ON public.escalations_case USING btree (severity) WHERE (NOT is_open);

CREATE INDEX case_closed_by_suspected ON public.escalations_case USING btree (suspected_policy) WHERE (NOT is_open);

CREATE INDEX case_closed_newest ON public.escalations_case USING btree (closed_at DESC, id DESC) WHERE (NOT is_open);

CREATE INDEX case_entity_by_verified ON public.escalations_caseentity USING btree (is_verified, case_id) WHERE (is_verified IS NOT NULL);

CREATE UNIQUE INDEX case_external_ref_once_per_organization ON public.escalations_case USING btree (organization_id, external_ref) WHERE ((NOT ((external_ref)::text = ''::text)) AND (NOT is_sandbox));

CREATE INDEX case_fact_by_ack ON public.reporting_casefact USING btree (acknowledged_at) WHERE (acknowledged_at IS NOT NULL);

CREATE INDEX case_fact_by_close ON public.reporting_casefact USING btree (first_closed_at) WHERE (first_closed_at IS NOT NULL);

CREATE INDEX case_fact_by_last_close ON public.reporting_casefact USING btree (last_closed_at) WHERE (last_closed_at IS NOT NULL);

CREATE INDEX case_fact_by_receipt ON public.reporting_casefact USING btree (received_at);

CREATE INDEX case_fact_by_response ON public.reporting_casefact USING btree (first_response_at) WHERE (first_response_at IS NOT NULL);

CREATE INDEX case_fact_by_triage ON public.reporting_casefact USING btree (triaged_at) WHERE (triaged_at IS NOT NULL);

CREATE INDEX case_fact_open ON public.reporting_casefact USING btree (case_id) WHERE is_open;

CREATE INDEX case_high_profile ON public.escalations_case USING btree (id) WHERE is_high_profile;

CREATE UNIQUE INDEX case_hold_one_live_per_case ON public.escalations_casehold USING btree (case_id) WHERE (released_at IS NULL);

CREATE INDEX case_newest ON public.escalations_case USING btree (received_at DESC, id DESC);

CREATE INDEX case_open_by_assignee ON public.escalations_case USING btree (assignee_id, order_at, id) WHERE is_open;

CREATE INDEX case_open_by_due ON public.escalations_case USING btree (due_at, id) WHERE is_open;

CREATE INDEX case_open_by_harm ON public.escalations_case USING btree (harm, order_at, id) WHERE is_open;

CREATE INDEX case_open_by_language ON public.escalations_case USING btree (language, order_at, id) WHERE is_open;

CREATE INDEX case_open_by_market ON public.escalations_case USING btree (market, order_at, id) WHERE is_open;

CREATE INDEX case_open_by_order ON public.escalations_case USING btree (order_at, id) WHERE is_open;

CREATE INDEX case_open_by_organization ON public.escalations_case USING btree (organization_id, order_at, id) WHERE is_open;

CREATE INDEX case_open_by_queue ON public.escalations_case USING btree (queue_id, order_at, id) WHERE is_open;

CREATE INDEX case_open_by_severity ON public.escalations_case USING btree (severity, order_at, id) WHERE is_open;

CREATE INDEX case_open_by_suspected ON public.escalations_case USING btree (suspected_policy, order_at, id) WHERE is_open;

CREATE INDEX case_open_words ON public.escalations_case USING gin (internal_vector) WHERE is_open;

CREATE INDEX case_outward_words ON public.escalations_case USING gin (outward_vector);

CREATE INDEX case_reopened ON public.escalations_case USING btree (id) WHERE (reopened_count > 0);

CREATE INDEX case_unclaimed_by_order ON public.escalations_case USING btree (order_at, id) WHERE ((assignee_id IS NULL) AND is_open);

CREATE INDEX case_unclaimed_by_queue ON public.escalations_case USING btree (queue_id, order_at, id) WHERE ((assignee_id IS NULL) AND is_open);

CREATE INDEX case_words ON public.escalations_case USING gin (internal_vector);

CREATE INDEX clock_fact_by_settling ON public.reporting_clockfact USING btree (settled_at, metric) WHERE (settled_at IS NOT NULL);

CREATE INDEX clock_fact_running ON public.reporting_clockfact USING btree (due_at) WHERE is_running;

CREATE INDEX closing_fact_by_close ON public.reporting_closingfact USING btree (closed_at);

CREATE INDEX closing_fact_by_reopen ON public.reporting_closingfact USING btree (reopened_at) WHERE (reopened_at IS NOT NULL);

CREATE UNIQUE INDEX cluster_move_one_live_per_case ON public.escalations_clustermove USING btree (case_id) WHERE (unmerged_at IS NULL);

CREATE INDEX coaching_set_newest ON public.reporting_coachingset USING btree (organization_id, shared_at DESC, id DESC);

CREATE INDEX comment_of_case ON public.escalations_comment USING btree (case_id, created_at);

CREATE INDEX commitment_by_due ON public.reporting_commitment USING btree (organization_id, due_on);

CREATE UNIQUE INDEX contested_clause_flagged_once ON public.escalations_contestedclause USING btree (policy_id) WHERE (ended_at IS NULL);

CREATE INDEX contract_target_newest ON public.reporting_contracttarget USING btree (organization_id, measure, starts_on DESC, id DESC);

CREATE INDEX decision_by_clause ON public.escalations_decision USING btree (clause_id, decided_at DESC);

CREATE INDEX decision_fact_by_time ON public.reporting_decisionfact USING btree (decided_at);

CREATE UNIQUE INDEX decision_one_effective_per_case ON public.escalations_decision USING btree (case_id) WHERE ((state)::text = 'effective'::text);

CREATE UNIQUE INDEX decision_one_held_per_case ON public.escalations_decision USING btree (case_id) WHERE ((state)::text = 'held'::text);

CREATE INDEX delivery_by_destination ON public.notifications_delivery USING btree (destination, created_at DESC);

CREATE INDEX delivery_leased ON public.notifications_delivery USING btree (lease_until) WHERE ((state)::text = 'leased'::text);

CREATE INDEX delivery_newest ON public.notifications_delivery USING btree (created_at DESC, id DESC);

CREATE UNIQUE INDEX delivery_one_gathering_per_bundle ON public.notifications_delivery USING btree (user_id, channel, bundle) WHERE is_gathering;

CREATE INDEX delivery_pending_by_lane ON public.notifications_delivery USING btree (lane, priority, next_at, id) WHERE ((state)::text = 'pending'::text);

CREATE INDEX delivery_undecided ON public.notifications_delivery USING btree (created_at DESC, id DESC) WHERE ((state)::text = ANY ((ARRAY['ambiguous'::character varying, 'dead'::character varying])::text[]));

CREATE INDEX dispute_open_oldest ON public.escalations_dispute USING btree (filed_at, id) WHERE ((state)::text = 'open'::text);

CREATE INDEX django_session_expire_date_a5c62663 ON public.django_session USING btree (expire_date);

CREATE INDEX django_session_session_key_c0390e0f_like ON public.django_session USING btree (session_key varchar_pattern_ops);

CREATE INDEX enforcement_ending ON public.escalations_enforcementaction USING btree (ends_at) WHERE ((ended_at IS NULL) AND (ends_at IS NOT NULL));

CREATE INDEX enforcement_in_force ON public.escalations_enforcementaction USING btree (entity_id) WHERE (ended_at IS NULL);

CREATE UNIQUE INDEX enforcement_lifted_once ON public.escalations_enforcementaction USING btree (reverses_id) WHERE (reverses_id IS NOT NULL);

CREATE UNIQUE INDEX enforcement_once_per_decision_and_entity ON public.escalations_enforcementaction USING btree (decision_id, entity_id, type, source) WHERE ((source)::text = ANY ((ARRAY['decision'::character varying, 'threshold'::character varying])::text[]));

CREATE INDEX enforcement_open ON public.escalations_enforcementaction USING btree (queued_at, id) WHERE ((state)::text = ANY ((ARRAY['queued'::character varying, 'sending'::character varying, 'sent'::character varying, 'refused'::character varying, 'ambiguous'::character varying])::text[]));

CREATE INDEX enforcement_open_of_case ON public.escalations_enforcementaction USING btree (case_id) WHERE ((state)::text = ANY ((ARRAY['queued'::character varying, 'sending'::character varying, 'sent'::character varying, 'refused'::character varying, 'ambiguous'::character varying])::text[]));

CREATE INDEX enforcement_queued ON public.escalations_enforcementaction USING btree (next_at, id) WHERE ((state)::text = 'queued'::text);

CREATE INDEX enforcement_reminding ON public.escalations_enforcementaction USING btree (remind_at) WHERE (remind_at IS NOT NULL);

CREATE INDEX enforcement_sending ON public.escalations_enforcementaction USING btree (lease_until) WHERE ((state)::text = 'sending'::text);

CREATE INDEX enforcement_word_due ON public.escalations_enforcementaction USING btree (answer_due_at) WHERE ((state)::text = 'sent'::text);

CREATE INDEX entity_by_key ON public.escalations_entity USING btree (key);

CREATE INDEX escalations_appeal_assignee_id_f8197b2f ON public.escalations_appeal USING btree (assignee_id);

CREATE INDEX escalations_appeal_case_id_dddf1c3b ON public.escalations_appeal USING btree (case_id);

CREATE INDEX escalations_appeal_decided_by_id_77a5f968 ON public.escalations_appeal USING btree (decided_by_id);

CREATE INDEX escalations_appeal_decision_id_1ad0dd3a ON public.escalations_appeal USING btree (decision_id);

CREATE INDEX escalations_appeal_entity_id_68e68d27 ON public.escalations_appeal USING btree (entity_id);

CREATE INDEX escalations_appeal_family_id_73577476 ON public.escalations_appeal USING btree (family_id);

CREATE INDEX escalations_appeal_filed_by_id_324ed0e2 ON public.escalations_appeal USING btree (filed_by_id);

CREATE INDEX escalations_appeal_filed_by_key_id_6f914a82 ON public.escalations_appeal USING btree (filed_by_key_id);

CREATE INDEX escalations_appeal_original_decider_id_3436d74c ON public.escalations_appeal USING btree (original_decider_id);

CREATE INDEX escalations_appeal_ref_df8d8779_like ON public.escalations_appeal USING btree (ref varchar_pattern_ops);

CREATE INDEX escalations_appealmessage_appeal_id_47b914ce ON public.escalations_appealmessage USING btree (appeal_id);

CREATE INDEX escalations_appealmessage_by_id_d769e0d2 ON public.escalations_appealmessage USING btree (by_id);

CREATE INDEX escalations_appealmessage_by_key_id_406d97a5 ON public.escalations_appealmessage USING btree (by_key_id);

CREATE INDEX escalations_appealmessage_case_id_81c4d107 ON public.escalations_appealmessage USING btree (case_id);

CREATE INDEX escalations_approval_answered_by_id_c94e2d83 ON public.escalations_approval USING btree (answered_by_id);

CREATE INDEX escalations_approval_asked_by_id_22eeea6a ON public.escalations_approval USING btree (asked_by_id);

CREATE INDEX escalations_approval_case_id_38cb54a9 ON public.escalations_approval USING btree (case_id);

CREATE INDEX escalations_approval_decision_id_1dbe6122 ON public.escalations_approval USING btree (decision_id);

CREATE INDEX escalations_approval_rule_id_2e92114c ON public.escalations_approval USING btree (rule_id);

CREATE INDEX escalations_approvalrule_version_id_f85c6faa ON public.escalations_approvalrule USING btree (version_id);

CREATE INDEX escalations_approvalrulesversion_published_by_id_425f9a87 ON public.escalations_approvalrulesversion USING btree (published_by_id);

CREATE INDEX escalations_askversion_case_id_74c9c53d ON public.escalations_askversion USING btree (case_id);

CREATE INDEX escalations_askversion_written_by_id_19ce79bf ON public.escalations_askversion USING btree (written_by_id);

CREATE INDEX escalations_batchrow_batch_id_ddd7a310 ON public.escalations_batchrow USING btree (batch_id);

CREATE INDEX escalations_batchrow_case_id_60a70cf6 ON public.escalations_batchrow USING btree (case_id);

CREATE INDEX escalations_blob_sha256_aa754a54_like ON public.escalations_blob USING btree (sha256 varchar_pattern_ops);

CREATE INDEX escalations_bulkact_answered_by_id_5131ba1a ON public.escalations_bulkact USING btree (answered_by_id);

CREATE INDEX escalations_bulkact_asked_by_id_7420ef44 ON public.escalations_bulkact USING btree (asked_by_id);

CREATE INDEX escalations_bulkact_organization_id_3b9068ca ON public.escalations_bulkact USING btree (organization_id);

CREATE INDEX escalations_bulkact_rule_id_9f2e2f79 ON public.escalations_bulkact USING btree (rule_id);

CREATE INDEX escalations_bulkrow_bulk_id_9e23eb87 ON public.escalations_bulkrow USING btree (bulk_id);

CREATE INDEX escalations_bulkrow_case_id_fee136ae ON public.escalations_bulkrow USING btree (case_id);

CREATE INDEX escalations_case_assignee_id_e238b464 ON public.escalations_case USING btree (assignee_id);

CREATE INDEX escalations_case_boost_by_id_2bb69608 ON public.escalations_case USING btree (boost_by_id);

CREATE INDEX escalations_case_created_by_key_id_38f961cd ON public.escalations_case USING btree (created_by_key_id);

CREATE INDEX escalations_case_is_practice_for_id_5cc83e11 ON public.escalations_case USING btree (is_practice_for_id);

CREATE INDEX escalations_case_organization_id_b1b740ac ON public.escalations_case USING btree (organization_id);

CREATE INDEX escalations_case_parent_id_1698f5ad ON public.escalations_case USING btree (parent_id);

CREATE INDEX escalations_case_queue_id_ac3ea749 ON public.escalations_case USING btree (queue_id);

CREATE INDEX escalations_case_ref_b4fab59a_like ON public.escalations_case USING btree (ref varchar_pattern_ops);

CREATE INDEX escalations_case_severity_set_by_id_61d5b02c ON public.escalations_case USING btree (severity_set_by_id);

CREATE INDEX escalations_case_submitted_by_id_5ea304a2 ON public.escalations_case USING btree (submitted_by_id);

CREATE INDEX escalations_caseentity_case_id_f5681596 ON public.escalations_caseentity USING btree (case_id);

CREATE INDEX escalations_caseentity_entity_id_c73c06c1 ON public.escalations_caseentity USING btree (entity_id);

CREATE INDEX escalations_casehold_case_id_47fd7ab8 ON public.escalations_casehold USING btree (case_id);

CREATE INDEX escalations_casehold_release_asked_by_id_0ffcd352 ON public.escalations_casehold USING btree (release_asked_by_id);

CREATE INDEX escalations_casehold_released_by_id_eb3992fa ON public.escalations_casehold USING btree (released_by_id);

CREATE INDEX escalations_casehold_set_by_id_eafa6706 ON public.escalations_casehold USING btree (set_by_id);

CREATE INDEX escalations_casetag_case_id_b9d47abf ON public.escalations_casetag USING btree (case_id);

CREATE INDEX escalations_casetag_tag_id_6d4e84ae ON public.escalations_casetag USING btree (tag_id);

CREATE INDEX escalations_clustermove_case_id_b68fe0ed ON public.escalations_clustermove USING btree (case_id);

CREATE INDEX escalations_clustermove_merged_by_id_b84cf05b ON public.escalations_clustermove USING btree (merged_by_id);

CREATE INDEX escalations_clustermove_parent_id_fe93a55c ON public.escalations_clustermove USING btree (parent_id);

CREATE INDEX escalations_clustermove_unmerged_by_id_db5d7a42 ON public.escalations_clustermove USING btree (unmerged_by_id);

CREATE INDEX escalations_comment_author_id_f1855e5f ON public.escalations_comment USING btree (author_id);

CREATE INDEX escalations_comment_author_key_id_134ea23d ON public.escalations_comment USING btree (author_key_id);

CREATE INDEX escalations_comment_case_id_2701bd60 ON public.escalations_comment USING btree (case_id);

CREATE INDEX escalations_comment_template_version_id_0a57ae72 ON public.escalations_comment USING btree (template_version_id);

CREATE INDEX escalations_contestedclause_ended_by_id_b2a44250 ON public.escalations_contestedclause USING btree (ended_by_id);

CREATE INDEX escalations_contestedclause_policy_id_7c32a017 ON public.escalations_contestedclause USING btree (policy_id);

CREATE INDEX escalations_contestedclause_set_by_id_87440732 ON public.escalations_contestedclause USING btree (set_by_id);

CREATE INDEX escalations_decision_case_id_80ba3681 ON public.escalations_decision USING btree (case_id);

CREATE INDEX escalations_decision_cites_from_decision_id_0e9acd4c ON public.escalations_decision_cites USING btree (from_decision_id);

CREATE INDEX escalations_decision_cites_to_decision_id_78a99cce ON public.escalations_decision_cites USING btree (to_decision_id);

CREATE INDEX escalations_decision_clause_id_ae5eedcf ON public.escalations_decision USING btree (clause_id);

CREATE INDEX escalations_decision_decided_by_id_c46ce489 ON public.escalations_decision USING btree (decided_by_id);

CREATE INDEX escalations_decision_gap_id_f388b03c ON public.escalations_decision USING btree (gap_id);

CREATE INDEX escalations_decision_repeats_id_2bf7befc ON public.escalations_decision USING btree (repeats_id);

CREATE INDEX escalations_decision_secon_policyversion_id_7fb68620 ON public.escalations_decision_secondary_clauses USING btree (policyversion_id);

CREATE INDEX escalations_decision_secondary_clauses_decision_id_ec21b7e4 ON public.escalations_decision_secondary_clauses USING btree (decision_id);

CREATE INDEX escalations_decision_supersedes_id_5546c5ee ON public.escalations_decision USING btree (supersedes_id);

CREATE INDEX escalations_dispute_case_id_d94acce0 ON public.escalations_dispute USING btree (case_id);

CREATE INDEX escalations_dispute_decided_by_id_46a5b209 ON public.escalations_dispute USING btree (decided_by_id);

CREATE INDEX escalations_dispute_filed_by_id_4e88fe5d ON public.escalations_dispute USING btree (filed_by_id);

CREATE INDEX escalations_dispute_filed_by_key_id_c96b004f ON public.escalations_dispute USING btree (filed_by_key_id);

CREATE INDEX escalations_dispute_rejected_by_id_d81a1403 ON public.escalations_dispute USING btree (rejected_by_id);

CREATE INDEX escalations_draft_case_id_b71c69ff ON public.escalations_draft USING btree (case_id);

CREATE INDEX escalations_draft_user_id_87ecc4ba ON public.escalations_draft USING btree (user_id);

CREATE INDEX escalations_enforcementaction_asked_by_id_0f0e92e9 ON public.escalations_enforcementaction USING btree (asked_by_id);

CREATE INDEX escalations_enforcementaction_case_id_6678f8c2 ON public.escalations_enforcementaction USING btree (case_id);

CREATE INDEX escalations_enforcementaction_closed_over_by_id_8baffef3 ON public.escalations_enforcementaction USING btree (closed_over_by_id);

CREATE INDEX escalations_enforcementaction_decision_id_33b9f87e ON public.escalations_enforcementaction USING btree (decision_id);

CREATE INDEX escalations_enforcementaction_entity_id_ab397de2 ON public.escalations_enforcementaction USING btree (entity_id);

CREATE INDEX escalations_enforcementaction_key_b1b86b7c_like ON public.escalations_enforcementaction USING btree (key varchar_pattern_ops);

CREATE INDEX escalations_enforcementaction_resolved_by_id_98f7aa73 ON public.escalations_enforcementaction USING btree (resolved_by_id);

CREATE INDEX escalations_enforcementaction_reverses_id_582af2d7 ON public.escalations_enforcementaction USING btree (reverses_id);

CREATE INDEX escalations_evidence_added_by_id_078f9a06 ON public.escalations_evidence USING btree (added_by_id);

CREATE INDEX escalations_evidence_added_by_key_id_169a4c8f ON public.escalations_evidence USING btree (added_by_key_id);

CREATE INDEX escalations_evidence_blob_id_b499c598 ON public.escalations_evidence USING btree (blob_id);

CREATE INDEX escalations_evidence_case_id_8c797fa9 ON public.escalations_evidence USING btree (case_id);

CREATE INDEX escalations_evidence_corrects_id_7ef44718 ON public.escalations_evidence USING btree (corrects_id);

CREATE INDEX escalations_handletime_case_id_1e508c1f ON public.escalations_handletime USING btree (case_id);

CREATE INDEX escalations_handletime_user_id_c1bc57bd ON public.escalations_handletime USING btree (user_id);

CREATE INDEX escalations_inboundmail_blob_id_709addcb ON public.escalations_inboundmail USING btree (blob_id);

CREATE INDEX escalations_inboundmail_case_id_54fbcbab ON public.escalations_inboundmail USING btree (case_id);

CREATE INDEX escalations_inboundmail_organization_id_40c6ed60 ON public.escalations_inboundmail USING btree (organization_id);

CREATE INDEX escalations_inboundmail_settled_by_id_c4550378 ON public.escalations_inboundmail USING btree (settled_by_id);

CREATE INDEX escalations_leadingcase_author_id_35058e6b ON public.escalations_leadingcase USING btree (author_id);

CREATE INDEX escalations_leadingcase_case_id_749835fc ON public.escalations_leadingcase USING btree (case_id);

CREATE INDEX escalations_leadingcase_decision_id_c0279088 ON public.escalations_leadingcase USING btree (decision_id);

CREATE INDEX escalations_leadingcase_removed_by_id_d1c6253a ON public.escalations_leadingcase USING btree (removed_by_id);

CREATE INDEX escalations_link_case_id_b0b236a3 ON public.escalations_link USING btree (case_id);

CREATE INDEX escalations_link_created_by_id_c26249ba ON public.escalations_link USING btree (created_by_id);

CREATE INDEX escalations_link_other_id_26033037 ON public.escalations_link USING btree (other_id);

CREATE INDEX escalations_mention_case_id_b3230c36 ON public.escalations_mention USING btree (case_id);

CREATE INDEX escalations_mention_comment_id_dce20cc5 ON public.escalations_mention USING btree (comment_id);

CREATE INDEX escalations_mention_user_id_b55d2089 ON public.escalations_mention USING btree (user_id);

CREATE INDEX escalations_notice_case_id_d814badf ON public.escalations_notice USING btree (case_id);

CREATE INDEX escalations_notice_decision_id_12c93ffd ON public.escalations_notice USING btree (decision_id);

CREATE INDEX escalations_notice_entity_id_45aeef43 ON public.escalations_notice USING btree (entity_id);

CREATE INDEX escalations_notice_wording_id_cb51802b ON public.escalations_notice USING btree (wording_id);

CREATE INDEX escalations_noticedelivery_case_id_416253e2 ON public.escalations_noticedelivery USING btree (case_id);

CREATE INDEX escalations_noticedelivery_closed_over_by_id_84ee09e5 ON public.escalations_noticedelivery USING btree (closed_over_by_id);

CREATE INDEX escalations_noticedelivery_discarded_by_id_7d24d850 ON public.escalations_noticedelivery USING btree (discarded_by_id);

CREATE INDEX escalations_noticedelivery_notice_id_f5419a8d ON public.escalations_noticedelivery USING btree (notice_id);

CREATE INDEX escalations_noticedelivery_person_id_35a42dc5 ON public.escalations_noticedelivery USING btree (person_id);

CREATE INDEX escalations_noticedelivery_resent_by_id_faec0e9f ON public.escalations_noticedelivery USING btree (resent_by_id);

CREATE INDEX escalations_queue_slug_aefa4f17_like ON public.escalations_queue USING btree (slug varchar_pattern_ops);

CREATE INDEX escalations_queue_team_id_ea26325b ON public.escalations_queue USING btree (team_id);

CREATE INDEX escalations_replytemplate_slug_a63f881e_like ON public.escalations_replytemplate USING btree (slug varchar_pattern_ops);

CREATE INDEX escalations_replytemplateversion_published_by_id_e7e6a447 ON public.escalations_replytemplateversion USING btree (published_by_id);

CREATE INDEX escalations_replytemplateversion_template_id_14aa56c0 ON public.escalations_replytemplateversion USING btree (template_id);

CREATE INDEX escalations_routingrule_queue_id_02aa1082 ON public.escalations_routingrule USING btree (queue_id);

CREATE INDEX escalations_routingrule_version_id_7435af0e ON public.escalations_routingrule USING btree (version_id);

CREATE INDEX escalations_routingversion_published_by_id_10685496 ON public.escalations_routingversion USING btree (published_by_id);

CREATE INDEX escalations_savedview_owner_id_22621ce4 ON public.escalations_savedview USING btree (owner_id);

CREATE INDEX escalations_savedview_slug_dd2a38f3_like ON public.escalations_savedview USING btree (slug varchar_pattern_ops);

CREATE INDEX escalations_savedview_team_id_f6429528 ON public.escalations_savedview USING btree (team_id);

CREATE INDEX escalations_secondlook_answered_by_id_4256ae93 ON public.escalations_secondlook USING btree (answered_by_id);

CREATE INDEX escalations_secondlook_case_id_805b4119 ON public.escalations_secondlook USING btree (case_id);

CREATE INDEX escalations_secondlook_clause_id_dfc8f85b ON public.escalations_secondlook USING btree (clause_id);

CREATE INDEX escalations_secondlook_first_by_id_b3a6809b ON public.escalations_secondlook USING btree (first_by_id);

CREATE INDEX escalations_secondlook_settled_by_id_bc44f5c7 ON public.escalations_secondlook USING btree (settled_by_id);

CREATE INDEX escalations_simulator_stopped_by_id_9308bcff ON public.escalations_simulator USING btree (stopped_by_id);

CREATE INDEX escalations_slaclock_calendar_version_id_dd59ebaa ON public.escalations_slaclock USING btree (calendar_version_id);

CREATE INDEX escalations_slaclock_excused_by_id_f38faea8 ON public.escalations_slaclock USING btree (excused_by_id);

CREATE INDEX escalations_slaclock_target_id_cc7dcdfa ON public.escalations_slaclock USING btree (target_id);

CREATE INDEX escalations_slajob_asked_by_id_e27f2959 ON public.escalations_slajob USING btree (asked_by_id);

CREATE INDEX escalations_slajob_calendar_id_6581946b ON public.escalations_slajob USING btree (calendar_id);

CREATE INDEX escalations_slajob_plan_id_f990231f ON public.escalations_slajob USING btree (plan_id);

CREATE INDEX escalations_slaplan_name_24fe822c_like ON public.escalations_slaplan USING btree (name varchar_pattern_ops);

CREATE INDEX escalations_slaplanversion_plan_id_70d2d4f8 ON public.escalations_slaplanversion USING btree (plan_id);

CREATE INDEX escalations_slaplanversion_published_by_id_8181ac6c ON public.escalations_slaplanversion USING btree (published_by_id);

CREATE INDEX escalations_slatarget_calendar_id_eb7184dc ON public.escalations_slatarget USING btree (calendar_id);

CREATE INDEX escalations_slatarget_version_id_d9a23e0f ON public.escalations_slatarget USING btree (version_id);

CREATE INDEX escalations_slatimer_clock_id_263ce78c ON public.escalations_slatimer USING btree (clock_id);

CREATE INDEX escalations_spread_case_id_7f1a12c7 ON public.escalations_spread USING btree (case_id);

CREATE INDEX escalations_spreadrow_case_id_e5a3beb8 ON public.escalations_spreadrow USING btree (case_id);

CREATE INDEX escalations_spreadrow_spread_id_b7bce238 ON public.escalations_spreadrow USING btree (spread_id);

CREATE INDEX escalations_strike_case_id_5361b0a3 ON public.escalations_strike USING btree (case_id);

CREATE INDEX escalations_strike_clause_id_ba862538 ON public.escalations_strike USING btree (clause_id);

CREATE INDEX escalations_strike_decision_id_99a99c37 ON public.escalations_strike USING btree (decision_id);

CREATE INDEX escalations_strike_entity_id_eeee8342 ON public.escalations_strike USING btree (entity_id);

CREATE INDEX escalations_strike_ladder_id_8ce9f455 ON public.escalations_strike USING btree (ladder_id);

CREATE INDEX escalations_strike_refunded_by_id_222bbbeb ON public.escalations_strike USING btree (refunded_by_id);

CREATE INDEX escalations_strikeladder_created_by_id_928b4e28 ON public.escalations_strikeladder USING btree (created_by_id);

CREATE INDEX escalations_submission_case_id_51d2d3f1 ON public.escalations_submission USING btree (case_id);

CREATE INDEX escalations_submission_key_id_96fbc3cc ON public.escalations_submission USING btree (key_id);

CREATE INDEX escalations_submission_organization_id_0b2a7a09 ON public.escalations_submission USING btree (organization_id);

CREATE INDEX escalations_submission_person_id_ebfbebee ON public.escalations_submission USING btree (person_id);

CREATE INDEX escalations_submissionbatch_organization_id_60cb88ab ON public.escalations_submissionbatch USING btree (organization_id);

CREATE INDEX escalations_submissionbatch_person_id_a292e3f5 ON public.escalations_submissionbatch USING btree (person_id);

CREATE INDEX escalations_submissionbatch_undone_by_id_5f368da0 ON public.escalations_submissionbatch USING btree (undone_by_id);

CREATE INDEX escalations_tag_name_3187df8a_like ON public.escalations_tag USING btree (name varchar_pattern_ops);

CREATE INDEX escalations_undoentry_user_id_d2634caf ON public.escalations_undoentry USING btree (user_id);

CREATE INDEX escalations_upload_blob_id_dd31b05a ON public.escalations_upload USING btree (blob_id);

CREATE INDEX escalations_upload_key_id_b551daaf ON public.escalations_upload USING btree (key_id);

CREATE INDEX escalations_upload_organization_id_78448ead ON public.escalations_upload USING btree (organization_id);

CREATE INDEX escalations_upload_person_id_e8d80cf1 ON public.escalations_upload USING btree (person_id);

CREATE INDEX escalations_viewalert_user_id_481c429b ON public.escalations_viewalert USING btree (user_id);

CREATE INDEX escalations_viewalert_view_id_a341aa20 ON public.escalations_viewalert USING btree (view_id);

CREATE INDEX escalations_watch_case_id_9fa2bbdf ON public.escalations_watch USING btree (case_id);

CREATE INDEX escalations_watch_user_id_b201447c ON public.escalations_watch USING btree (user_id);

CREATE INDEX event_by_actor ON public.audit_event USING btree (actor_kind, actor_id, at DESC);

CREATE INDEX event_by_kind ON public.audit_event USING btree (kind, at DESC);

CREATE INDEX event_feed ON public.audit_event USING btree (organization_id, transaction, id);

CREATE INDEX event_newest ON public.audit_event USING btree (at DESC, id DESC);

CREATE INDEX event_of_subject ON public.audit_event USING btree (subject_type, subject_id, id);

CREATE INDEX event_transaction ON public.audit_event USING brin (transaction) WITH (autosummarize='on', pages_per_range='16');

CREATE INDEX evidence_by_sha256 ON public.escalations_evidence USING btree (sha256);

CREATE INDEX export_done_by_expiry ON public.reporting_export USING btree (expires_at) WHERE ((state)::text = 'done'::text);

CREATE INDEX export_of_person_newest ON public.reporting_export USING btree (asked_by_id, asked_at DESC, id DESC);

CREATE INDEX export_unfinished_by_next ON public.reporting_export USING btree (next_at, id) WHERE ((state)::text = ANY ((ARRAY['asked'::character varying, 'queued'::character varying, 'running'::character varying, 'packing'::character varying])::text[]));

CREATE INDEX gap_open_newest ON public.policies_gap USING btree (opened_at DESC) WHERE ((state)::text = 'open'::text);

CREATE INDEX guidance_not_over ON public.policies_guidance USING btree (expires_at) WHERE (ended_at IS NULL);

CREATE INDEX holiday_feed_by_next ON public.oncall_holidayfeed USING btree (next_at, id) WHERE (next_at IS NOT NULL);

CREATE UNIQUE INDEX holiday_reading_one_waits_per_set ON public.oncall_holidayreading USING btree (holiday_set_id) WHERE ((state)::text = 'waiting'::text);

CREATE INDEX idempotency_oldest ON public.accounts_idempotencyrecord USING btree (created_at);

CREATE INDEX inbound_mail_by_message ON public.escalations_inboundmail USING btree (message_id) WHERE (NOT ((message_id)::text = ''::text));

CREATE INDEX inbound_mail_by_state ON public.escalations_inboundmail USING btree (state, received_at DESC, id DESC);

CREATE INDEX inbound_mail_of_case ON public.escalations_inboundmail USING btree (case_id, received_at DESC) WHERE ((state)::text = 'filed'::text);

CREATE INDEX inbound_mail_waiting ON public.escalations_inboundmail USING btree (id) WHERE ((state)::text = 'received'::text);

CREATE UNIQUE INDEX incident_one_open_per_subject ON public.audit_incident USING btree (check_name, subject) WHERE (ended_at IS NULL);

CREATE UNIQUE INDEX leading_case_one_live_per_decision ON public.escalations_leadingcase USING btree (decision_id) WHERE (removed_at IS NULL);

CREATE INDEX log_copy_due ON public.audit_logcopy USING btree (next_at, id) WHERE (next_at IS NOT NULL);

CREATE INDEX mailing_of_schedule ON public.reporting_mailing USING btree (schedule_id, slot_at DESC, id DESC);

CREATE INDEX mailing_waiting_by_next ON public.reporting_mailing USING btree (next_at, id) WHERE ((state)::text = 'waiting'::text);

CREATE INDEX mfa_authenticator_user_id_0c3a50c0 ON public.mfa_authenticator USING btree (user_id);

CREATE INDEX notice_delivery_open ON public.escalations_noticedelivery USING btree (queued_at, id) WHERE ((state)::text = ANY ((ARRAY['queued'::character varying, 'failed'::character varying])::text[]));

CREATE INDEX notification_by_kind ON public.notifications_notification USING btree (user_id, kind, created_at DESC);

CREATE INDEX notification_done ON public.notifications_notification USING btree (user_id, done_at DESC) WHERE (done_at IS NOT NULL);

CREATE INDEX notification_of_bundle ON public.notifications_notification USING btree (user_id, bundle, created_at DESC);

CREATE INDEX notification_of_subject ON public.notifications_notification USING btree (subject_type, subject_id);

CREATE INDEX notification_waiting ON public.notifications_notification USING btree (user_id, tab, created_at DESC) WHERE (done_at IS NULL);

CREATE INDEX notifications_delivery_dedup_key_9959f768_like ON public.notifications_delivery USING btree (dedup_key varchar_pattern_ops);

CREATE INDEX notifications_delivery_user_id_70f8752d ON public.notifications_delivery USING btree (user_id);

CREATE INDEX notifications_deliveryitem_delivery_id_aa3010aa ON public.notifications_deliveryitem USING btree (delivery_id);

CREATE INDEX notifications_deliveryitem_notification_id_13261876 ON public.notifications_deliveryitem USING btree (notification_id);

CREATE INDEX notifications_dutymember_added_by_id_2f9177cd ON public.notifications_dutymember USING btree (added_by_id);

CREATE INDEX notifications_mute_user_id_1b74afb6 ON public.notifications_mute USING btree (user_id);

CREATE INDEX notifications_notification_user_id_b5e8c0ff ON public.notifications_notification USING btree (user_id);

CREATE INDEX notifications_preference_user_id_c839c2d6 ON public.notifications_preference USING btree (user_id);

CREATE INDEX notifications_pushdevice_endpoint_hash_29cbc8cc_like ON public.notifications_pushdevice USING btree (endpoint_hash varchar_pattern_ops);

CREATE INDEX notifications_pushdevice_user_id_8ed419a9 ON public.notifications_pushdevice USING btree (user_id);

CREATE INDEX notifications_servicenotice_made_by_id_0876e152 ON public.notifications_servicenotice USING btree (made_by_id);

CREATE INDEX notifications_webhookattempt_delivery_id_b11cf071 ON public.notifications_webhookattempt USING btree (delivery_id);

CREATE INDEX notifications_webhookendpoint_created_by_id_06abdc17 ON public.notifications_webhookendpoint USING btree (created_by_id);

CREATE INDEX notifications_webhookendpoint_organization_id_b5f707a7 ON public.notifications_webhookendpoint USING btree (organization_id);

CREATE INDEX notifications_webhooksecret_endpoint_id_aa770740 ON public.notifications_webhooksecret USING btree (endpoint_id);

CREATE INDEX oncall_calendar_key_9c12bebf_like ON public.oncall_calendar USING btree (key varchar_pattern_ops);

CREATE INDEX oncall_calendarversion_calendar_id_fda1c0fe ON public.oncall_calendarversion USING btree (calendar_id);

CREATE INDEX oncall_calendarversion_published_by_id_0f3a2ca9 ON public.oncall_calendarversion USING btree (published_by_id);

CREATE INDEX oncall_holidayentry_holiday_set_id_9df6dd44 ON public.oncall_holidayentry USING btree (holiday_set_id);

CREATE INDEX oncall_holidayreading_found_by_id_2f0e20d2 ON public.oncall_holidayreading USING btree (found_by_id);

CREATE INDEX oncall_holidayreading_holiday_set_id_c1aca7f2 ON public.oncall_holidayreading USING btree (holiday_set_id);

CREATE INDEX oncall_holidayreading_settled_by_id_500e9c27 ON public.oncall_holidayreading USING btree (settled_by_id);

CREATE INDEX oncall_holidayset_key_737f55b0_like ON public.oncall_holidayset USING btree (key varchar_pattern_ops);

CREATE UNIQUE INDEX organization_one_internal ON public.accounts_organization USING btree (kind) WHERE ((kind)::text = 'internal'::text);

CREATE INDEX outbox_pending ON public.audit_outboxmessage USING btree (next_at, id) WHERE ((state)::text = 'pending'::text);

CREATE INDEX outbox_pending_by_listener ON public.audit_outboxmessage USING btree (listener, next_at, id) WHERE ((state)::text = 'pending'::text);

CREATE INDEX policies_gap_answer_id_e797d54f ON public.policies_gap USING btree (answer_id);

CREATE INDEX policies_gap_closed_by_id_675e08d2 ON public.policies_gap USING btree (closed_by_id);

CREATE INDEX policies_gap_nearest_id_a0d49d65 ON public.policies_gap USING btree (nearest_id);

CREATE INDEX policies_gap_opened_by_id_89a89734 ON public.policies_gap USING btree (opened_by_id);

CREATE INDEX policies_gap_owner_id_910e771f ON public.policies_gap USING btree (owner_id);

CREATE INDEX policies_guidance_ended_by_id_aa210642 ON public.policies_guidance USING btree (ended_by_id);

CREATE INDEX policies_guidance_issuer_id_1824ba1a ON public.policies_guidance USING btree (issuer_id);

CREATE INDEX policies_guidanceacknowledgement_guidance_id_b6081ce3 ON public.policies_guidanceacknowledgement USING btree (guidance_id);

CREATE INDEX policies_guidanceacknowledgement_user_id_b530b8f2 ON public.policies_guidanceacknowledgement USING btree (user_id);

CREATE INDEX policies_policy_key_5ac19994_like ON public.policies_policy USING btree (key varchar_pattern_ops);

CREATE INDEX policies_policy_owner_id_d0b4bfb7 ON public.policies_policy USING btree (owner_id);

CREATE INDEX policies_policytranslation_translated_by_id_6987adcb ON public.policies_policytranslation USING btree (translated_by_id);

CREATE INDEX policies_policytranslation_version_id_1b81c4a0 ON public.policies_policytranslation USING btree (version_id);

CREATE INDEX policies_policyversion_author_id_eff8bbd5 ON public.policies_policyversion USING btree (author_id);

CREATE INDEX policies_policyversion_based_on_id_6be45ec5 ON public.policies_policyversion USING btree (based_on_id);

CREATE INDEX policies_policyversion_legal_by_id_3efc01b4 ON public.policies_policyversion USING btree (legal_by_id);

CREATE INDEX policies_policyversion_policy_id_e55d4e9f ON public.policies_policyversion USING btree (policy_id);

CREATE INDEX policies_policyversion_published_by_id_a33aa777 ON public.policies_policyversion USING btree (published_by_id);

CREATE INDEX policies_policyversion_submitted_by_id_0ccce109 ON public.policies_policyversion USING btree (submitted_by_id);

CREATE INDEX policies_versionacknowledgement_user_id_c29a1bbe ON public.policies_versionacknowledgement USING btree (user_id);

CREATE INDEX policies_versionacknowledgement_version_id_a808d1b0 ON public.policies_versionacknowledgement USING btree (version_id);

CREATE INDEX policies_versioncomment_author_id_e589ba16 ON public.policies_versioncomment USING btree (author_id);

CREATE INDEX policies_versioncomment_version_id_40fc37d8 ON public.policies_versioncomment USING btree (version_id);

CREATE INDEX policy_translation_by_words ON public.policies_policytranslation USING gin (search);

CREATE INDEX policy_version_by_words ON public.policies_policyversion USING gin (search);

CREATE UNIQUE INDEX policy_version_one_draft_per_market ON public.policies_policyversion USING btree (policy_id, market) WHERE ((state)::text = ANY ((ARRAY['draft'::character varying, 'review'::character varying, 'legal'::character varying])::text[]));

CREATE INDEX policy_version_to_come ON public.policies_policyversion USING btree (state, id) WHERE ((state)::text = ANY ((ARRAY['draft'::character varying, 'review'::character varying, 'legal'::character varying, 'scheduled'::character varying])::text[]));

CREATE INDEX policy_version_to_end ON public.policies_policyversion USING btree (upper(effective)) WHERE (((state)::text = 'effective'::text) AND (NOT upper_inf(effective)));

CREATE UNIQUE INDEX queue_one_default ON public.escalations_queue USING btree (is_default) WHERE is_default;

CREATE INDEX rate_window_oldest ON public.accounts_ratewindow USING btree (window_at);

CREATE INDEX reporting_annotation_created_by_id_d35a6de8 ON public.reporting_annotation USING btree (created_by_id);

CREATE INDEX reporting_annotation_organization_id_4644fa72 ON public.reporting_annotation USING btree (organization_id);

CREATE INDEX reporting_annotation_queue_id_58c5ec6d ON public.reporting_annotation USING btree (queue_id);

CREATE INDEX reporting_annotation_removed_by_id_0e12771b ON public.reporting_annotation USING btree (removed_by_id);

CREATE INDEX reporting_annotation_vendor_id_cd507dac ON public.reporting_annotation USING btree (vendor_id);

CREATE INDEX reporting_brief_author_id_956f12bf ON public.reporting_brief USING btree (author_id);

CREATE INDEX reporting_brief_organization_id_021c0477 ON public.reporting_brief USING btree (organization_id);

CREATE INDEX reporting_briefsubscription_organization_id_749cb47f ON public.reporting_briefsubscription USING btree (organization_id);

CREATE INDEX reporting_briefsubscription_user_id_0584c75f ON public.reporting_briefsubscription USING btree (user_id);

CREATE INDEX reporting_briefversion_approved_by_id_e589022d ON public.reporting_briefversion USING btree (approved_by_id);

CREATE INDEX reporting_briefversion_brief_id_4376a6ae ON public.reporting_briefversion USING btree (brief_id);

CREATE INDEX reporting_briefversion_organization_id_8d165e72 ON public.reporting_briefversion USING btree (organization_id);

CREATE INDEX reporting_briefversion_returned_by_id_8bfb9cd6 ON public.reporting_briefversion USING btree (returned_by_id);

CREATE INDEX reporting_briefversion_sent_by_id_9fe6e882 ON public.reporting_briefversion USING btree (sent_by_id);

CREATE INDEX reporting_briefversion_submitted_by_id_64f366f8 ON public.reporting_briefversion USING btree (submitted_by_id);

CREATE INDEX reporting_clockfact_case_id_471ce0ab ON public.reporting_clockfact USING btree (case_id);

CREATE INDEX reporting_coachingset_acknowledged_by_id_41c93dce ON public.reporting_coachingset USING btree (acknowledged_by_id);

CREATE INDEX reporting_coachingset_organization_id_1893c25e ON public.reporting_coachingset USING btree (organization_id);

CREATE INDEX reporting_coachingset_shared_by_id_da557f8a ON public.reporting_coachingset USING btree (shared_by_id);

CREATE INDEX reporting_commitment_done_by_id_c2674801 ON public.reporting_commitment USING btree (done_by_id);

CREATE INDEX reporting_commitment_made_by_id_1a04e5d5 ON public.reporting_commitment USING btree (made_by_id);

CREATE INDEX reporting_commitment_organization_id_3aa6aa1f ON public.reporting_commitment USING btree (organization_id);

CREATE INDEX reporting_contracttarget_organization_id_0c797729 ON public.reporting_contracttarget USING btree (organization_id);

CREATE INDEX reporting_contracttarget_set_by_id_57259338 ON public.reporting_contracttarget USING btree (set_by_id);

CREATE INDEX reporting_decisionfact_case_id_be1a8a01 ON public.reporting_decisionfact USING btree (case_id);

CREATE INDEX reporting_export_answered_by_id_daea2c26 ON public.reporting_export USING btree (answered_by_id);

CREATE INDEX reporting_export_asked_by_id_67018c70 ON public.reporting_export USING btree (asked_by_id);

CREATE INDEX reporting_export_organization_id_f051edd1 ON public.reporting_export USING btree (organization_id);

CREATE INDEX reporting_mailing_organization_id_d02bef24 ON public.reporting_mailing USING btree (organization_id);

CREATE INDEX reporting_mailing_schedule_id_5f424bf5 ON public.reporting_mailing USING btree (schedule_id);

CREATE INDEX reporting_mailing_user_id_ee5ca826 ON public.reporting_mailing USING btree (user_id);

CREATE INDEX reporting_mailing_version_id_06b3f636 ON public.reporting_mailing USING btree (version_id);

CREATE INDEX reporting_reportschedule_made_by_id_a1e74d8e ON public.reporting_reportschedule USING btree (made_by_id);

CREATE INDEX reporting_reportschedule_organization_id_c1e431e6 ON public.reporting_reportschedule USING btree (organization_id);

CREATE INDEX reporting_reviewimport_key_id_fcac21fb ON public.reporting_reviewimport USING btree (key_id);

CREATE INDEX reporting_reviewimport_organization_id_d0317528 ON public.reporting_reviewimport USING btree (organization_id);

CREATE INDEX reporting_reviewimport_person_id_ced7e0e9 ON public.reporting_reviewimport USING btree (person_id);

CREATE INDEX reporting_savedreport_organization_id_c509b0b4 ON public.reporting_savedreport USING btree (organization_id);

CREATE INDEX reporting_savedreport_owner_id_85534717 ON public.reporting_savedreport USING btree (owner_id);

CREATE INDEX reporting_schedulerecipient_organization_id_98ebc5f5 ON public.reporting_schedulerecipient USING btree (organization_id);

CREATE INDEX reporting_schedulerecipient_schedule_id_5c9b1efb ON public.reporting_schedulerecipient USING btree (schedule_id);

CREATE INDEX reporting_schedulerecipient_user_id_4c11e446 ON public.reporting_schedulerecipient USING btree (user_id);

CREATE INDEX reporting_vendorweek_frozen_by_id_160c6a51 ON public.reporting_vendorweek USING btree (frozen_by_id);

CREATE INDEX reporting_vendorweek_organization_id_ccd4e512 ON public.reporting_vendorweek USING btree (organization_id);

CREATE INDEX reporting_vendorweek_signed_by_id_47b2561f ON public.reporting_vendorweek USING btree (signed_by_id);

CREATE INDEX reporting_vendorweek_vendor_signed_by_id_731d3083 ON public.reporting_vendorweek USING btree (vendor_signed_by_id);

CREATE INDEX review_import_newest ON public.reporting_reviewimport USING btree (organization_id, at DESC, id DESC);

CREATE INDEX rollup_by_day ON public.reporting_rollup USING btree (start_at);

CREATE INDEX rollup_of_family ON public.reporting_rollup USING btree (family, keys, grain, dim, start_at);

CREATE INDEX schedule_recipient_by_next ON public.reporting_schedulerecipient USING btree (next_at, id);

CREATE INDEX second_look_open ON public.escalations_secondlook USING btree (state, asked_at) WHERE ((state)::text = ANY ((ARRAY['waiting'::character varying, 'differs'::character varying])::text[]));

CREATE UNIQUE INDEX sla_clock_one_open_per_metric ON public.escalations_slaclock USING btree (object_type, object_id, metric) WHERE ((state)::text = ANY ((ARRAY['pending'::character varying, 'running'::character varying, 'paused'::character varying])::text[]));

CREATE INDEX sla_event_of_clock ON public.escalations_slaclockevent USING btree (clock_id, occurred_at, id);

CREATE UNIQUE INDEX sla_job_one_runs_per_calendar ON public.escalations_slajob USING btree (calendar_id) WHERE ((state)::text = 'running'::text);

CREATE UNIQUE INDEX sla_job_one_runs_per_plan ON public.escalations_slajob USING btree (plan_id) WHERE ((state)::text = 'running'::text);

CREATE UNIQUE INDEX sla_one_breach_per_clock ON public.escalations_slaclockevent USING btree (clock_id) WHERE ((kind)::text = 'breach'::text);

CREATE UNIQUE INDEX sla_one_warning_per_level_and_edition ON public.escalations_slaclockevent USING btree (clock_id, level, ((data ->> 'edition'::text))) WHERE ((kind)::text = 'warn'::text);

CREATE INDEX sla_timer_armed_by_due ON public.escalations_slatimer USING btree (due_at, id) WHERE ((state)::text = 'armed'::text);

CREATE INDEX sla_timer_armed_of_object ON public.escalations_slatimer USING btree (object_type, object_id) WHERE ((state)::text = 'armed'::text);

CREATE UNIQUE INDEX sla_timer_one_armed_per_clock ON public.escalations_slatimer USING btree (clock_id, kind, level) WHERE ((clock_id IS NOT NULL) AND ((state)::text = 'armed'::text));

CREATE UNIQUE INDEX sla_timer_one_armed_per_object ON public.escalations_slatimer USING btree (object_type, object_id, kind, level) WHERE ((clock_id IS NULL) AND ((state)::text = 'armed'::text));

CREATE INDEX spread_row_waiting ON public.escalations_spreadrow USING btree (spread_id, id) WHERE ((state)::text = 'waiting'::text);

CREATE INDEX spread_under_way ON public.escalations_spread USING btree (id) WHERE (ended_at IS NULL);

CREATE INDEX strike_live_of_entity ON public.escalations_strike USING btree (entity_id, surface, expires_at) WHERE (refunded_at IS NULL);

CREATE INDEX submission_batch_due ON public.escalations_submissionbatch USING btree (next_at, id) WHERE (next_at IS NOT NULL);

CREATE INDEX submission_batch_newest ON public.escalations_submissionbatch USING btree (organization_id, created_at DESC, id DESC);

CREATE UNIQUE INDEX submission_external_ref_once ON public.escalations_submission USING btree (organization_id, external_ref) WHERE ((NOT ((external_ref)::text = ''::text)) AND (NOT is_sandbox) AND ((result)::text = 'created'::text));

CREATE UNIQUE INDEX submission_idempotency_key_once ON public.escalations_submission USING btree (organization_id, key_id, idempotency_key) WHERE (NOT ((idempotency_key)::text = ''::text));

CREATE INDEX submission_newest ON public.escalations_submission USING btree (organization_id, received_at DESC, id DESC);

CREATE UNIQUE INDEX submission_sandbox_external_ref_once ON public.escalations_submission USING btree (organization_id, external_ref) WHERE ((NOT ((external_ref)::text = ''::text)) AND is_sandbox AND ((result)::text = 'created'::text));

CREATE INDEX undo_oldest ON public.escalations_undoentry USING btree (expires_at);

CREATE UNIQUE INDEX unique_authenticator_type ON public.mfa_authenticator USING btree (user_id, type) WHERE ((type)::text = ANY ((ARRAY['totp'::character varying, 'recovery_codes'::character varying])::text[]));

CREATE UNIQUE INDEX unique_primary_email ON public.account_emailaddress USING btree (user_id, "primary") WHERE "primary";

CREATE UNIQUE INDEX unique_verified_email ON public.account_emailaddress USING btree (email) WHERE verified;

CREATE INDEX upload_unattached_oldest ON public.escalations_upload USING btree (created_at) WHERE (attached_at IS NULL);

CREATE UNIQUE INDEX user_email_unique_any_case ON public.accounts_user USING btree (lower((email)::text));

CREATE INDEX usersessions_usersession_session_key_fd35de43_like ON public.usersessions_usersession USING btree (session_key varchar_pattern_ops);

CREATE INDEX usersessions_usersession_user_id_af5e0a6d ON public.usersessions_usersession USING btree (user_id);

CREATE INDEX vendor_review_by_time ON public.reporting_vendorreview USING btree (organization_id, decided_at);

CREATE INDEX view_alert_by_check ON public.escalations_viewalert USING btree (checked_at, id);

CREATE INDEX webhook_endpoint_hearing ON public.notifications_webhookendpoint USING btree (organization_id) WHERE ((state)::text = 'active'::text);

CREATE TRIGGER audit_accessrecord_append_only BEFORE DELETE OR UPDATE ON public.audit_accessrecord FOR EACH ROW EXECUTE FUNCTION public.audit_accessrecord_refuse();

CREATE TRIGGER audit_accessrecord_no_truncate BEFORE TRUNCATE ON public.audit_accessrecord FOR EACH STATEMENT EXECUTE FUNCTION public.audit_accessrecord_refuse();

CREATE TRIGGER audit_event_append_only BEFORE DELETE OR UPDATE ON public.audit_event FOR EACH ROW EXECUTE FUNCTION public.audit_event_refuse();

CREATE TRIGGER audit_event_no_truncate BEFORE TRUNCATE ON public.audit_event FOR EACH STATEMENT EXECUTE FUNCTION public.audit_event_refuse();

CREATE TRIGGER audit_logblock_append_only BEFORE DELETE OR UPDATE ON public.audit_logblock FOR EACH ROW EXECUTE FUNCTION public.audit_logblock_refuse();

CREATE TRIGGER audit_logblock_no_truncate BEFORE TRUNCATE ON public.audit_logblock FOR EACH STATEMENT EXECUTE FUNCTION public.audit_logblock_refuse();

CREATE TRIGGER audit_loghead_append_only BEFORE DELETE OR UPDATE ON public.audit_loghead FOR EACH ROW EXECUTE FUNCTION public.audit_loghead_refuse();

CREATE TRIGGER audit_loghead_no_truncate BEFORE TRUNCATE ON public.audit_loghead FOR EACH STATEMENT EXECUTE FUNCTION public.audit_loghead_refuse();

CREATE TRIGGER cited_stays_in_force BEFORE UPDATE OF effective ON public.policies_policyversion FOR EACH ROW WHEN (((old.effective IS NOT NULL) AND (new.effective IS DISTINCT FROM old.effective))) EXECUTE FUNCTION public.escalations_cited_stays_in_force();

CREATE TRIGGER decision_clause_effective BEFORE INSERT OR UPDATE OF clause_id, decided_at ON public.escalations_decision FOR EACH ROW EXECUTE FUNCTION public.escalations_decision_clause_effective();

CREATE TRIGGER decision_waits_for_its_approval BEFORE UPDATE OF state ON public.escalations_decision FOR EACH ROW WHEN ((((new.state)::text = 'effective'::text) AND ((old.state)::text <> 'effective'::text))) EXECUTE FUNCTION public.escalations_decision_waits();

CREATE TRIGGER escalations_action_stays BEFORE INSERT OR UPDATE ON public.escalations_enforcementaction FOR EACH ROW EXECUTE FUNCTION public.escalations_action_stays();

CREATE TRIGGER escalations_appeal_names_its_decider BEFORE INSERT OR UPDATE OF decision_id, case_id, original_decider_id ON public.escalations_appeal FOR EACH ROW EXECUTE FUNCTION public.escalations_appeal_guard();

CREATE TRIGGER escalations_appealmessage_append_only BEFORE DELETE OR UPDATE ON public.escalations_appealmessage FOR EACH ROW EXECUTE FUNCTION public.escalations_appealmessage_refuse();

CREATE TRIGGER escalations_appealmessage_no_truncate BEFORE TRUNCATE ON public.escalations_appealmessage FOR EACH STATEMENT EXECUTE FUNCTION public.escalations_appealmessage_refuse();

CREATE TRIGGER escalations_approvalrule_append_only BEFORE DELETE OR UPDATE ON public.escalations_approvalrule FOR EACH ROW EXECUTE FUNCTION public.escalations_approvalrule_refuse();

CREATE TRIGGER escalations_approvalrule_no_truncate BEFORE TRUNCATE ON public.escalations_approvalrule FOR EACH STATEMENT EXECUTE FUNCTION public.escalations_approvalrule_refuse();

CREATE TRIGGER escalations_approvalrulesversion_append_only BEFORE DELETE OR UPDATE ON public.escalations_approvalrulesversion FOR EACH ROW EXECUTE FUNCTION public.escalations_approvalrulesversion_refuse();

CREATE TRIGGER escalations_approvalrulesversion_no_truncate BEFORE TRUNCATE ON public.escalations_approvalrulesversion FOR EACH STATEMENT EXECUTE FUNCTION public.escalations_approvalrulesversion_refuse();

CREATE TRIGGER escalations_case_closes_confirmed AFTER UPDATE OF status ON public.escalations_case FOR EACH ROW WHEN ((((new.status)::text = 'closed'::text) AND ((old.status)::text <> 'closed'::text))) EXECUTE FUNCTION public.escalations_case_closes_confirmed();

CREATE TRIGGER escalations_notice_append_only BEFORE DELETE OR UPDATE ON public.escalations_notice FOR EACH ROW EXECUTE FUNCTION public.escalations_notice_refuse();

CREATE TRIGGER escalations_notice_no_truncate BEFORE TRUNCATE ON public.escalations_notice FOR EACH STATEMENT EXECUTE FUNCTION public.escalations_notice_refuse();

CREATE TRIGGER escalations_replytemplateversion_append_only BEFORE DELETE OR UPDATE ON public.escalations_replytemplateversion FOR EACH ROW EXECUTE FUNCTION public.escalations_replytemplateversion_refuse();

CREATE TRIGGER escalations_replytemplateversion_no_truncate BEFORE TRUNCATE ON public.escalations_replytemplateversion FOR EACH STATEMENT EXECUTE FUNCTION public.escalations_replytemplateversion_refuse();

CREATE TRIGGER escalations_slaclockevent_append_only BEFORE DELETE OR UPDATE ON public.escalations_slaclockevent FOR EACH ROW EXECUTE FUNCTION public.escalations_slaclockevent_refuse();

CREATE TRIGGER escalations_slaclockevent_no_truncate BEFORE TRUNCATE ON public.escalations_slaclockevent FOR EACH STATEMENT EXECUTE FUNCTION public.escalations_slaclockevent_refuse();

CREATE TRIGGER escalations_slaplanversion_append_only BEFORE DELETE OR UPDATE ON public.escalations_slaplanversion FOR EACH ROW EXECUTE FUNCTION public.escalations_slaplanversion_refuse();

CREATE TRIGGER escalations_slaplanversion_no_truncate BEFORE TRUNCATE ON public.escalations_slaplanversion FOR EACH STATEMENT EXECUTE FUNCTION public.escalations_slaplanversion_refuse();

CREATE TRIGGER escalations_slatarget_append_only BEFORE DELETE OR UPDATE ON public.escalations_slatarget FOR EACH ROW EXECUTE FUNCTION public.escalations_slatarget_refuse();

CREATE TRIGGER escalations_slatarget_no_truncate BEFORE TRUNCATE ON public.escalations_slatarget FOR EACH STATEMENT EXECUTE FUNCTION public.escalations_slatarget_refuse();

CREATE TRIGGER escalations_strikeladder_append_only BEFORE DELETE OR UPDATE ON public.escalations_strikeladder FOR EACH ROW EXECUTE FUNCTION public.escalations_strikeladder_refuse();

CREATE TRIGGER escalations_strikeladder_no_truncate BEFORE TRUNCATE ON public.escalations_strikeladder FOR EACH STATEMENT EXECUTE FUNCTION public.escalations_strikeladder_refuse();

CREATE TRIGGER further_clause_effective BEFORE INSERT OR UPDATE ON public.escalations_decision_secondary_clauses FOR EACH ROW EXECUTE FUNCTION public.escalations_further_clause_effective();

CREATE TRIGGER oncall_calendarversion_append_only BEFORE DELETE OR UPDATE ON public.oncall_calendarversion FOR EACH ROW EXECUTE FUNCTION public.oncall_calendarversion_refuse();

CREATE TRIGGER oncall_calendarversion_no_truncate BEFORE TRUNCATE ON public.oncall_calendarversion FOR EACH STATEMENT EXECUTE FUNCTION public.oncall_calendarversion_refuse();

CREATE TRIGGER policies_guidance_never_changes BEFORE DELETE OR UPDATE ON public.policies_guidance FOR EACH ROW EXECUTE FUNCTION public.policies_guidance_guard();

CREATE TRIGGER policies_key_never_changes BEFORE UPDATE ON public.policies_policy FOR EACH ROW EXECUTE FUNCTION public.policies_key_guard();

CREATE TRIGGER policies_version_never_changes BEFORE DELETE OR UPDATE ON public.policies_policyversion FOR EACH ROW EXECUTE FUNCTION public.policies_version_guard();

CREATE TRIGGER reporting_briefversion_kept BEFORE UPDATE ON public.reporting_briefversion FOR EACH ROW EXECUTE FUNCTION public.reporting_briefversion_keep();

CREATE TRIGGER reporting_contracttarget_append_only BEFORE DELETE OR UPDATE ON public.reporting_contracttarget FOR EACH ROW EXECUTE FUNCTION public.reporting_contracttarget_refuse();

CREATE TRIGGER reporting_contracttarget_no_truncate BEFORE TRUNCATE ON public.reporting_contracttarget FOR EACH STATEMENT EXECUTE FUNCTION public.reporting_contracttarget_refuse();

CREATE TRIGGER reporting_reviewimport_append_only BEFORE DELETE OR UPDATE ON public.reporting_reviewimport FOR EACH ROW EXECUTE FUNCTION public.reporting_reviewimport_refuse();

CREATE TRIGGER reporting_reviewimport_no_truncate BEFORE TRUNCATE ON public.reporting_reviewimport FOR EACH STATEMENT EXECUTE FUNCTION public.reporting_reviewimport_refuse();

CREATE TRIGGER reporting_vendorweek_kept BEFORE UPDATE ON public.reporting_vendorweek FOR EACH ROW EXECUTE FUNCTION public.reporting_vendorweek_kept();

ALTER TABLE ONLY public.account_emailaddress
    ADD CONSTRAINT account_emailaddress_user_id_2c513194_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.account_emailconfirmation
    ADD CONSTRAINT account_emailconfirm_email_address_id_5b7f8c58_fk_account_e FOREIGN KEY (email_address_id) REFERENCES public.account_emailaddress(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_clearance
    ADD CONSTRAINT accounts_clearance_granted_by_id_69dfb795_fk_accounts_user_id FOREIGN KEY (granted_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_clearance
    ADD CONSTRAINT accounts_clearance_user_id_b7811aab_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_idempotencyrecord
    ADD CONSTRAINT accounts_idempotency_organization_id_932d0403_fk_accounts_ FOREIGN KEY (organization_id) REFERENCES public.accounts_organization(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_idempotencyrecord
    ADD CONSTRAINT accounts_idempotency_service_key_id_d162bfb4_fk_accounts_ FOREIGN KEY (service_key_id) REFERENCES public.accounts_servicekey(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_membership
    ADD CONSTRAINT accounts_membership_team_id_c9c6c909_fk_accounts_team_id FOREIGN KEY (team_id) REFERENCES public.accounts_team(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_membership
    ADD CONSTRAINT accounts_membership_user_id_487fb39e_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_rolegrant
    ADD CONSTRAINT accounts_rolegrant_granted_by_id_7c2165d8_fk_accounts_user_id FOREIGN KEY (granted_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_rolegrant
    ADD CONSTRAINT accounts_rolegrant_user_id_0601f056_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_servicekey
    ADD CONSTRAINT accounts_servicekey_created_by_id_70bbac5e_fk_accounts_user_id FOREIGN KEY (created_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_servicekey
    ADD CONSTRAINT accounts_servicekey_organization_id_d5e5f6f0_fk_accounts_ FOREIGN KEY (organization_id) REFERENCES public.accounts_organization(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_servicekey
    ADD CONSTRAINT accounts_servicekey_replaces_id_9ac349fc_fk_accounts_ FOREIGN KEY (replaces_id) REFERENCES public.accounts_servicekey(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_skill
    ADD CONSTRAINT accounts_skill_user_id_66b0cda6_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_team
    ADD CONSTRAINT accounts_team_organization_id_bf0a6adc_fk_accounts_ FOREIGN KEY (organization_id) REFERENCES public.accounts_organization(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_user
    ADD CONSTRAINT accounts_user_organization_id_d808f5ca_fk_accounts_ FOREIGN KEY (organization_id) REFERENCES public.accounts_organization(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.audit_logcopy
    ADD CONSTRAINT audit_logcopy_head_id_653034e8_fk_audit_loghead_id FOREIGN KEY (head_id) REFERENCES public.audit_loghead(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.auth_group_permissions
    ADD CONSTRAINT auth_group_permissio_permission_id_84c5c92e_fk_auth_perm FOREIGN KEY (permission_id) REFERENCES public.auth_permission(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.auth_group_permissions
    ADD CONSTRAINT auth_group_permissions_group_id_b120cbf9_fk_auth_group_id FOREIGN KEY (group_id) REFERENCES public.auth_group(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.auth_permission
    ADD CONSTRAINT auth_permission_content_type_id_2f476e4b_fk_django_co FOREIGN KEY (content_type_id) REFERENCES public.django_content_type(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.axes_accessattemptexpiration
    ADD CONSTRAINT axes_accessattemptex_access_attempt_id_6b73a47a_fk_axes_acce FOREIGN KEY (access_attempt_id) REFERENCES public.axes_accessattempt(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_appeal
    ADD CONSTRAINT escalations_appeal_assignee_id_f8197b2f_fk_accounts_user_id FOREIGN KEY (assignee_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_appeal
    ADD CONSTRAINT escalations_appeal_case_id_same_organization FOREIGN KEY (organization_id, case_id) REFERENCES public.escalations_case(organization_id, id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_appeal
    ADD CONSTRAINT escalations_appeal_decided_by_id_77a5f968_fk_accounts_user_id FOREIGN KEY (decided_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_appeal
    ADD CONSTRAINT escalations_appeal_decision_id_1ad0dd3a_fk_escalatio FOREIGN KEY (decision_id) REFERENCES public.escalations_decision(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_appeal
    ADD CONSTRAINT escalations_appeal_entity_id_68e68d27_fk_escalations_entity_id FOREIGN KEY (entity_id) REFERENCES public.escalations_entity(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_appeal
    ADD CONSTRAINT escalations_appeal_family_id_73577476_fk_escalations_appeal_id FOREIGN KEY (family_id) REFERENCES public.escalations_appeal(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_appeal
    ADD CONSTRAINT escalations_appeal_filed_by_id_324ed0e2_fk_accounts_user_id FOREIGN KEY (filed_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_appeal
    ADD CONSTRAINT escalations_appeal_filed_by_key_id_6f914a82_fk_accounts_ FOREIGN KEY (filed_by_key_id) REFERENCES public.accounts_servicekey(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_appeal
    ADD CONSTRAINT escalations_appeal_original_decider_id_3436d74c_fk_accounts_ FOREIGN KEY (original_decider_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_appealmessage
    ADD CONSTRAINT escalations_appealme_appeal_id_47b914ce_fk_escalatio FOREIGN KEY (appeal_id) REFERENCES public.escalations_appeal(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_appealmessage
    ADD CONSTRAINT escalations_appealme_by_key_id_406d97a5_fk_accounts_ FOREIGN KEY (by_key_id) REFERENCES public.accounts_servicekey(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_appealmessage
    ADD CONSTRAINT escalations_appealmessage_by_id_d769e0d2_fk_accounts_user_id FOREIGN KEY (by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_appealmessage
    ADD CONSTRAINT escalations_appealmessage_case_id_same_organization FOREIGN KEY (organization_id, case_id) REFERENCES public.escalations_case(organization_id, id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_approval
    ADD CONSTRAINT escalations_approval_answered_by_id_c94e2d83_fk_accounts_ FOREIGN KEY (answered_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_approval
    ADD CONSTRAINT escalations_approval_asked_by_id_22eeea6a_fk_accounts_user_id FOREIGN KEY (asked_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_approval
    ADD CONSTRAINT escalations_approval_case_id_same_organization FOREIGN KEY (organization_id, case_id) REFERENCES public.escalations_case(organization_id, id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_approval
    ADD CONSTRAINT escalations_approval_decision_id_1dbe6122_fk_escalatio FOREIGN KEY (decision_id) REFERENCES public.escalations_decision(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_approvalrulesversion
    ADD CONSTRAINT escalations_approval_published_by_id_425f9a87_fk_accounts_ FOREIGN KEY (published_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_approval
    ADD CONSTRAINT escalations_approval_rule_id_2e92114c_fk_escalatio FOREIGN KEY (rule_id) REFERENCES public.escalations_approvalrule(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_approvalrule
    ADD CONSTRAINT escalations_approval_version_id_f85c6faa_fk_escalatio FOREIGN KEY (version_id) REFERENCES public.escalations_approvalrulesversion(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_askversion
    ADD CONSTRAINT escalations_askversi_written_by_id_19ce79bf_fk_accounts_ FOREIGN KEY (written_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_askversion
    ADD CONSTRAINT escalations_askversion_case_id_same_organization FOREIGN KEY (organization_id, case_id) REFERENCES public.escalations_case(organization_id, id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_batchrow
    ADD CONSTRAINT escalations_batchrow_batch_id_same_organization FOREIGN KEY (organization_id, batch_id) REFERENCES public.escalations_submissionbatch(organization_id, id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_batchrow
    ADD CONSTRAINT escalations_batchrow_case_id_same_organization FOREIGN KEY (organization_id, case_id) REFERENCES public.escalations_case(organization_id, id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_bulkact
    ADD CONSTRAINT escalations_bulkact_answered_by_id_5131ba1a_fk_accounts_user_id FOREIGN KEY (answered_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_bulkact
    ADD CONSTRAINT escalations_bulkact_asked_by_id_7420ef44_fk_accounts_user_id FOREIGN KEY (asked_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_bulkact
    ADD CONSTRAINT escalations_bulkact_organization_id_3b9068ca_fk_accounts_ FOREIGN KEY (organization_id) REFERENCES public.accounts_organization(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_bulkact
    ADD CONSTRAINT escalations_bulkact_rule_id_9f2e2f79_fk_escalatio FOREIGN KEY (rule_id) REFERENCES public.escalations_approvalrule(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_bulkrow
    ADD CONSTRAINT escalations_bulkrow_bulk_id_9e23eb87_fk_escalations_bulkact_id FOREIGN KEY (bulk_id) REFERENCES public.escalations_bulkact(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_bulkrow
    ADD CONSTRAINT escalations_bulkrow_case_id_same_organization FOREIGN KEY (organization_id, case_id) REFERENCES public.escalations_case(organization_id, id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_case
    ADD CONSTRAINT escalations_case_assignee_id_e238b464_fk_accounts_user_id FOREIGN KEY (assignee_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_case
    ADD CONSTRAINT escalations_case_boost_by_id_2bb69608_fk_accounts_user_id FOREIGN KEY (boost_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_case
    ADD CONSTRAINT escalations_case_created_by_key_id_38f961cd_fk_accounts_ FOREIGN KEY (created_by_key_id) REFERENCES public.accounts_servicekey(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_case
    ADD CONSTRAINT escalations_case_is_practice_for_id_5cc83e11_fk_accounts_ FOREIGN KEY (is_practice_for_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_case
    ADD CONSTRAINT escalations_case_organization_id_b1b740ac_fk_accounts_ FOREIGN KEY (organization_id) REFERENCES public.accounts_organization(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_case
    ADD CONSTRAINT escalations_case_parent_id_1698f5ad_fk_escalations_case_id FOREIGN KEY (parent_id) REFERENCES public.escalations_case(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_case
    ADD CONSTRAINT escalations_case_queue_id_ac3ea749_fk_escalations_queue_id FOREIGN KEY (queue_id) REFERENCES public.escalations_queue(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_case
    ADD CONSTRAINT escalations_case_severity_set_by_id_61d5b02c_fk_accounts_ FOREIGN KEY (severity_set_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_case
    ADD CONSTRAINT escalations_case_submitted_by_id_5ea304a2_fk_accounts_user_id FOREIGN KEY (submitted_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_caseentity
    ADD CONSTRAINT escalations_caseenti_entity_id_c73c06c1_fk_escalatio FOREIGN KEY (entity_id) REFERENCES public.escalations_entity(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_caseentity
    ADD CONSTRAINT escalations_caseentity_case_id_same_organization FOREIGN KEY (organization_id, case_id) REFERENCES public.escalations_case(organization_id, id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_casehold
    ADD CONSTRAINT escalations_casehold_case_id_same_organization FOREIGN KEY (organization_id, case_id) REFERENCES public.escalations_case(organization_id, id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_casehold
    ADD CONSTRAINT escalations_casehold_release_asked_by_id_0ffcd352_fk_accounts_ FOREIGN KEY (release_asked_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_casehold
    ADD CONSTRAINT escalations_casehold_released_by_id_eb3992fa_fk_accounts_ FOREIGN KEY (released_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_casehold
    ADD CONSTRAINT escalations_casehold_set_by_id_eafa6706_fk_accounts_user_id FOREIGN KEY (set_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_casetag
    ADD CONSTRAINT escalations_casetag_case_id_same_organization FOREIGN KEY (organization_id, case_id) REFERENCES public.escalations_case(organization_id, id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_casetag
    ADD CONSTRAINT escalations_casetag_tag_id_6d4e84ae_fk_escalations_tag_id FOREIGN KEY (tag_id) REFERENCES public.escalations_tag(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_clustermove
    ADD CONSTRAINT escalations_clusterm_merged_by_id_b84cf05b_fk_accounts_ FOREIGN KEY (merged_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_clustermove
    ADD CONSTRAINT escalations_clusterm_parent_id_fe93a55c_fk_escalatio FOREIGN KEY (parent_id) REFERENCES public.escalations_case(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_clustermove
    ADD CONSTRAINT escalations_clusterm_unmerged_by_id_db5d7a42_fk_accounts_ FOREIGN KEY (unmerged_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_clustermove
    ADD CONSTRAINT escalations_clustermove_case_id_same_organization FOREIGN KEY (organization_id, case_id) REFERENCES public.escalations_case(organization_id, id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_comment
    ADD CONSTRAINT escalations_comment_author_id_f1855e5f_fk_accounts_user_id FOREIGN KEY (author_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_comment
    ADD CONSTRAINT escalations_comment_author_key_id_134ea23d_fk_accounts_ FOREIGN KEY (author_key_id) REFERENCES public.accounts_servicekey(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_comment
    ADD CONSTRAINT escalations_comment_case_id_same_organization FOREIGN KEY (organization_id, case_id) REFERENCES public.escalations_case(organization_id, id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_comment
    ADD CONSTRAINT escalations_comment_template_version_id_0a57ae72_fk_escalatio FOREIGN KEY (template_version_id) REFERENCES public.escalations_replytemplateversion(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_contestedclause
    ADD CONSTRAINT escalations_conteste_ended_by_id_b2a44250_fk_accounts_ FOREIGN KEY (ended_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_contestedclause
    ADD CONSTRAINT escalations_conteste_policy_id_7c32a017_fk_policies_ FOREIGN KEY (policy_id) REFERENCES public.policies_policy(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_contestedclause
    ADD CONSTRAINT escalations_conteste_set_by_id_87440732_fk_accounts_ FOREIGN KEY (set_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_decision
    ADD CONSTRAINT escalations_decision_case_id_same_organization FOREIGN KEY (organization_id, case_id) REFERENCES public.escalations_case(organization_id, id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_decision
    ADD CONSTRAINT escalations_decision_clause_id_ae5eedcf_fk_policies_ FOREIGN KEY (clause_id) REFERENCES public.policies_policyversion(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_decision
    ADD CONSTRAINT escalations_decision_decided_by_id_c46ce489_fk_accounts_user_id FOREIGN KEY (decided_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_decision_secondary_clauses
    ADD CONSTRAINT escalations_decision_decision_id_ec21b7e4_fk_escalatio FOREIGN KEY (decision_id) REFERENCES public.escalations_decision(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_decision_cites
    ADD CONSTRAINT escalations_decision_from_decision_id_0e9acd4c_fk_escalatio FOREIGN KEY (from_decision_id) REFERENCES public.escalations_decision(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_decision
    ADD CONSTRAINT escalations_decision_gap_id_f388b03c_fk_policies_gap_id FOREIGN KEY (gap_id) REFERENCES public.policies_gap(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_decision_secondary_clauses
    ADD CONSTRAINT escalations_decision_policyversion_id_7fb68620_fk_policies_ FOREIGN KEY (policyversion_id) REFERENCES public.policies_policyversion(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_decision
    ADD CONSTRAINT escalations_decision_repeats_id_2bf7befc_fk_escalatio FOREIGN KEY (repeats_id) REFERENCES public.escalations_decision(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_decision
    ADD CONSTRAINT escalations_decision_supersedes_id_5546c5ee_fk_escalatio FOREIGN KEY (supersedes_id) REFERENCES public.escalations_decision(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_decision_cites
    ADD CONSTRAINT escalations_decision_to_decision_id_78a99cce_fk_escalatio FOREIGN KEY (to_decision_id) REFERENCES public.escalations_decision(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_dispute
    ADD CONSTRAINT escalations_dispute_case_id_same_organization FOREIGN KEY (organization_id, case_id) REFERENCES public.escalations_case(organization_id, id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_dispute
    ADD CONSTRAINT escalations_dispute_decided_by_id_46a5b209_fk_accounts_user_id FOREIGN KEY (decided_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_dispute
    ADD CONSTRAINT escalations_dispute_filed_by_id_4e88fe5d_fk_accounts_user_id FOREIGN KEY (filed_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_dispute
    ADD CONSTRAINT escalations_dispute_filed_by_key_id_c96b004f_fk_accounts_ FOREIGN KEY (filed_by_key_id) REFERENCES public.accounts_servicekey(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_dispute
    ADD CONSTRAINT escalations_dispute_rejected_by_id_d81a1403_fk_accounts_user_id FOREIGN KEY (rejected_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_draft
    ADD CONSTRAINT escalations_draft_case_id_same_organization FOREIGN KEY (organization_id, case_id) REFERENCES public.escalations_case(organization_id, id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_draft
    ADD CONSTRAINT escalations_draft_user_id_87ecc4ba_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_enforcementaction
    ADD CONSTRAINT escalations_enforcem_asked_by_id_0f0e92e9_fk_accounts_ FOREIGN KEY (asked_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_enforcementaction
    ADD CONSTRAINT escalations_enforcem_closed_over_by_id_8baffef3_fk_accounts_ FOREIGN KEY (closed_over_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_enforcementaction
    ADD CONSTRAINT escalations_enforcem_decision_id_33b9f87e_fk_escalatio FOREIGN KEY (decision_id) REFERENCES public.escalations_decision(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_enforcementaction
    ADD CONSTRAINT escalations_enforcem_entity_id_ab397de2_fk_escalatio FOREIGN KEY (entity_id) REFERENCES public.escalations_entity(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_enforcementaction
    ADD CONSTRAINT escalations_enforcem_resolved_by_id_98f7aa73_fk_accounts_ FOREIGN KEY (resolved_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_enforcementaction
    ADD CONSTRAINT escalations_enforcem_reverses_id_582af2d7_fk_escalatio FOREIGN KEY (reverses_id) REFERENCES public.escalations_enforcementaction(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_enforcementaction
    ADD CONSTRAINT escalations_enforcem_tells_id_1d9fa860_fk_escalatio FOREIGN KEY (tells_id) REFERENCES public.escalations_appealmessage(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_enforcementaction
    ADD CONSTRAINT escalations_enforcementaction_case_id_same_organization FOREIGN KEY (organization_id, case_id) REFERENCES public.escalations_case(organization_id, id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_evidence
    ADD CONSTRAINT escalations_evidence_added_by_id_078f9a06_fk_accounts_user_id FOREIGN KEY (added_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_evidence
    ADD CONSTRAINT escalations_evidence_added_by_key_id_169a4c8f_fk_accounts_ FOREIGN KEY (added_by_key_id) REFERENCES public.accounts_servicekey(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_evidence
    ADD CONSTRAINT escalations_evidence_blob_id_b499c598_fk_escalations_blob_id FOREIGN KEY (blob_id) REFERENCES public.escalations_blob(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_evidence
    ADD CONSTRAINT escalations_evidence_case_id_same_organization FOREIGN KEY (organization_id, case_id) REFERENCES public.escalations_case(organization_id, id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_evidence
    ADD CONSTRAINT escalations_evidence_corrects_id_7ef44718_fk_escalatio FOREIGN KEY (corrects_id) REFERENCES public.escalations_evidence(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_evidence
    ADD CONSTRAINT escalations_evidence_original_seen_by_id_72dd7178_fk_accounts_ FOREIGN KEY (original_seen_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_handletime
    ADD CONSTRAINT escalations_handletime_case_id_same_organization FOREIGN KEY (organization_id, case_id) REFERENCES public.escalations_case(organization_id, id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_handletime
    ADD CONSTRAINT escalations_handletime_user_id_c1bc57bd_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_inboundmail
    ADD CONSTRAINT escalations_inboundm_organization_id_40c6ed60_fk_accounts_ FOREIGN KEY (organization_id) REFERENCES public.accounts_organization(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_inboundmail
    ADD CONSTRAINT escalations_inboundm_settled_by_id_c4550378_fk_accounts_ FOREIGN KEY (settled_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_inboundmail
    ADD CONSTRAINT escalations_inboundmail_blob_id_709addcb_fk_escalations_blob_id FOREIGN KEY (blob_id) REFERENCES public.escalations_blob(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_inboundmail
    ADD CONSTRAINT escalations_inboundmail_case_id_same_organization FOREIGN KEY (organization_id, case_id) REFERENCES public.escalations_case(organization_id, id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_leadingcase
    ADD CONSTRAINT escalations_leadingc_decision_id_c0279088_fk_escalatio FOREIGN KEY (decision_id) REFERENCES public.escalations_decision(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_leadingcase
    ADD CONSTRAINT escalations_leadingc_removed_by_id_d1c6253a_fk_accounts_ FOREIGN KEY (removed_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_leadingcase
    ADD CONSTRAINT escalations_leadingcase_author_id_35058e6b_fk_accounts_user_id FOREIGN KEY (author_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_leadingcase
    ADD CONSTRAINT escalations_leadingcase_case_id_same_organization FOREIGN KEY (organization_id, case_id) REFERENCES public.escalations_case(organization_id, id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_link
    ADD CONSTRAINT escalations_link_case_id_same_organization FOREIGN KEY (organization_id, case_id) REFERENCES public.escalations_case(organization_id, id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_link
    ADD CONSTRAINT escalations_link_created_by_id_c26249ba_fk_accounts_user_id FOREIGN KEY (created_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_link
    ADD CONSTRAINT escalations_link_other_id_26033037_fk_escalations_case_id FOREIGN KEY (other_id) REFERENCES public.escalations_case(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_mention
    ADD CONSTRAINT escalations_mention_case_id_same_organization FOREIGN KEY (organization_id, case_id) REFERENCES public.escalations_case(organization_id, id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_mention
    ADD CONSTRAINT escalations_mention_comment_id_dce20cc5_fk_escalatio FOREIGN KEY (comment_id) REFERENCES public.escalations_comment(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_mention
    ADD CONSTRAINT escalations_mention_user_id_b55d2089_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_notice
    ADD CONSTRAINT escalations_notice_case_id_same_organization FOREIGN KEY (organization_id, case_id) REFERENCES public.escalations_case(organization_id, id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_notice
    ADD CONSTRAINT escalations_notice_decision_id_12c93ffd_fk_escalatio FOREIGN KEY (decision_id) REFERENCES public.escalations_decision(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_notice
    ADD CONSTRAINT escalations_notice_entity_id_45aeef43_fk_escalations_entity_id FOREIGN KEY (entity_id) REFERENCES public.escalations_entity(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_notice
    ADD CONSTRAINT escalations_notice_wording_id_cb51802b_fk_escalatio FOREIGN KEY (wording_id) REFERENCES public.escalations_replytemplateversion(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_noticedelivery
    ADD CONSTRAINT escalations_noticede_closed_over_by_id_84ee09e5_fk_accounts_ FOREIGN KEY (closed_over_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_noticedelivery
    ADD CONSTRAINT escalations_noticede_discarded_by_id_7d24d850_fk_accounts_ FOREIGN KEY (discarded_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_noticedelivery
    ADD CONSTRAINT escalations_noticede_notice_id_f5419a8d_fk_escalatio FOREIGN KEY (notice_id) REFERENCES public.escalations_notice(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_noticedelivery
    ADD CONSTRAINT escalations_noticede_person_id_35a42dc5_fk_accounts_ FOREIGN KEY (person_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_noticedelivery
    ADD CONSTRAINT escalations_noticede_resent_by_id_faec0e9f_fk_accounts_ FOREIGN KEY (resent_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_noticedelivery
    ADD CONSTRAINT escalations_noticedelivery_case_id_same_organization FOREIGN KEY (organization_id, case_id) REFERENCES public.escalations_case(organization_id, id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_queue
    ADD CONSTRAINT escalations_queue_team_id_ea26325b_fk_accounts_team_id FOREIGN KEY (team_id) REFERENCES public.accounts_team(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_replytemplateversion
    ADD CONSTRAINT escalations_replytem_published_by_id_e7e6a447_fk_accounts_ FOREIGN KEY (published_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_replytemplateversion
    ADD CONSTRAINT escalations_replytem_template_id_14aa56c0_fk_escalatio FOREIGN KEY (template_id) REFERENCES public.escalations_replytemplate(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_routingrule
    ADD CONSTRAINT escalations_routingr_queue_id_02aa1082_fk_escalatio FOREIGN KEY (queue_id) REFERENCES public.escalations_queue(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_routingrule
    ADD CONSTRAINT escalations_routingr_version_id_7435af0e_fk_escalatio FOREIGN KEY (version_id) REFERENCES public.escalations_routingversion(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_routingversion
    ADD CONSTRAINT escalations_routingv_published_by_id_10685496_fk_accounts_ FOREIGN KEY (published_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_savedview
    ADD CONSTRAINT escalations_savedview_owner_id_22621ce4_fk_accounts_user_id FOREIGN KEY (owner_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_savedview
    ADD CONSTRAINT escalations_savedview_team_id_f6429528_fk_accounts_team_id FOREIGN KEY (team_id) REFERENCES public.accounts_team(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_secondlook
    ADD CONSTRAINT escalations_secondlo_answered_by_id_4256ae93_fk_accounts_ FOREIGN KEY (answered_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_secondlook
    ADD CONSTRAINT escalations_secondlo_clause_id_dfc8f85b_fk_policies_ FOREIGN KEY (clause_id) REFERENCES public.policies_policyversion(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_secondlook
    ADD CONSTRAINT escalations_secondlo_decision_id_22e7dfc7_fk_escalatio FOREIGN KEY (decision_id) REFERENCES public.escalations_decision(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_secondlook
    ADD CONSTRAINT escalations_secondlo_settled_by_id_bc44f5c7_fk_accounts_ FOREIGN KEY (settled_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_secondlook
    ADD CONSTRAINT escalations_secondlook_case_id_same_organization FOREIGN KEY (organization_id, case_id) REFERENCES public.escalations_case(organization_id, id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_secondlook
    ADD CONSTRAINT escalations_secondlook_first_by_id_b3a6809b_fk_accounts_user_id FOREIGN KEY (first_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_simulator
    ADD CONSTRAINT escalations_simulato_stopped_by_id_9308bcff_fk_accounts_ FOREIGN KEY (stopped_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_slaclock
    ADD CONSTRAINT escalations_slaclock_calendar_version_id_dd59ebaa_fk_oncall_ca FOREIGN KEY (calendar_version_id) REFERENCES public.oncall_calendarversion(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_slaclockevent
    ADD CONSTRAINT escalations_slaclock_clock_id_f7d61f72_fk_escalatio FOREIGN KEY (clock_id) REFERENCES public.escalations_slaclock(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_slaclock
    ADD CONSTRAINT escalations_slaclock_excused_by_id_f38faea8_fk_accounts_user_id FOREIGN KEY (excused_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_slaclock
    ADD CONSTRAINT escalations_slaclock_target_id_cc7dcdfa_fk_escalatio FOREIGN KEY (target_id) REFERENCES public.escalations_slatarget(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_slajob
    ADD CONSTRAINT escalations_slajob_asked_by_id_e27f2959_fk_accounts_user_id FOREIGN KEY (asked_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_slajob
    ADD CONSTRAINT escalations_slajob_calendar_id_6581946b_fk_oncall_calendar_id FOREIGN KEY (calendar_id) REFERENCES public.oncall_calendar(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_slajob
    ADD CONSTRAINT escalations_slajob_plan_id_f990231f_fk_escalations_slaplan_id FOREIGN KEY (plan_id) REFERENCES public.escalations_slaplan(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_slaplanversion
    ADD CONSTRAINT escalations_slaplanv_plan_id_70d2d4f8_fk_escalatio FOREIGN KEY (plan_id) REFERENCES public.escalations_slaplan(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_slaplanversion
    ADD CONSTRAINT escalations_slaplanv_published_by_id_8181ac6c_fk_accounts_ FOREIGN KEY (published_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_slatarget
    ADD CONSTRAINT escalations_slatarge_calendar_id_eb7184dc_fk_oncall_ca FOREIGN KEY (calendar_id) REFERENCES public.oncall_calendar(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_slatarget
    ADD CONSTRAINT escalations_slatarge_version_id_d9a23e0f_fk_escalatio FOREIGN KEY (version_id) REFERENCES public.escalations_slaplanversion(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_slatimer
    ADD CONSTRAINT escalations_slatimer_clock_id_263ce78c_fk_escalatio FOREIGN KEY (clock_id) REFERENCES public.escalations_slaclock(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_spread
    ADD CONSTRAINT escalations_spread_case_id_same_organization FOREIGN KEY (organization_id, case_id) REFERENCES public.escalations_case(organization_id, id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_spread
    ADD CONSTRAINT escalations_spread_decision_id_7aa1bc5c_fk_escalatio FOREIGN KEY (decision_id) REFERENCES public.escalations_decision(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_spreadrow
    ADD CONSTRAINT escalations_spreadro_spread_id_b7bce238_fk_escalatio FOREIGN KEY (spread_id) REFERENCES public.escalations_spread(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_spreadrow
    ADD CONSTRAINT escalations_spreadrow_case_id_same_organization FOREIGN KEY (organization_id, case_id) REFERENCES public.escalations_case(organization_id, id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_strike
    ADD CONSTRAINT escalations_strike_case_id_same_organization FOREIGN KEY (organization_id, case_id) REFERENCES public.escalations_case(organization_id, id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_strike
    ADD CONSTRAINT escalations_strike_clause_id_ba862538_fk_policies_ FOREIGN KEY (clause_id) REFERENCES public.policies_policyversion(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_strike
    ADD CONSTRAINT escalations_strike_decision_id_99a99c37_fk_escalatio FOREIGN KEY (decision_id) REFERENCES public.escalations_decision(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_strike
    ADD CONSTRAINT escalations_strike_entity_id_eeee8342_fk_escalations_entity_id FOREIGN KEY (entity_id) REFERENCES public.escalations_entity(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_strike
    ADD CONSTRAINT escalations_strike_ladder_id_8ce9f455_fk_escalatio FOREIGN KEY (ladder_id) REFERENCES public.escalations_strikeladder(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_strike
    ADD CONSTRAINT escalations_strike_refunded_by_id_222bbbeb_fk_accounts_user_id FOREIGN KEY (refunded_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_strikeladder
    ADD CONSTRAINT escalations_strikela_created_by_id_928b4e28_fk_accounts_ FOREIGN KEY (created_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_submission
    ADD CONSTRAINT escalations_submissi_key_id_96fbc3cc_fk_accounts_ FOREIGN KEY (key_id) REFERENCES public.accounts_servicekey(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_submission
    ADD CONSTRAINT escalations_submissi_organization_id_0b2a7a09_fk_accounts_ FOREIGN KEY (organization_id) REFERENCES public.accounts_organization(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_submissionbatch
    ADD CONSTRAINT escalations_submissi_organization_id_60cb88ab_fk_accounts_ FOREIGN KEY (organization_id) REFERENCES public.accounts_organization(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_submissionbatch
    ADD CONSTRAINT escalations_submissi_person_id_a292e3f5_fk_accounts_ FOREIGN KEY (person_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_submissionbatch
    ADD CONSTRAINT escalations_submissi_undone_by_id_5f368da0_fk_accounts_ FOREIGN KEY (undone_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_submission
    ADD CONSTRAINT escalations_submission_case_id_51d2d3f1_fk_escalations_case_id FOREIGN KEY (case_id) REFERENCES public.escalations_case(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_submission
    ADD CONSTRAINT escalations_submission_person_id_ebfbebee_fk_accounts_user_id FOREIGN KEY (person_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_undoentry
    ADD CONSTRAINT escalations_undoentry_user_id_d2634caf_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_upload
    ADD CONSTRAINT escalations_upload_blob_id_dd31b05a_fk_escalations_blob_id FOREIGN KEY (blob_id) REFERENCES public.escalations_blob(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_upload
    ADD CONSTRAINT escalations_upload_key_id_b551daaf_fk_accounts_servicekey_id FOREIGN KEY (key_id) REFERENCES public.accounts_servicekey(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_upload
    ADD CONSTRAINT escalations_upload_organization_id_78448ead_fk_accounts_ FOREIGN KEY (organization_id) REFERENCES public.accounts_organization(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_upload
    ADD CONSTRAINT escalations_upload_person_id_e8d80cf1_fk_accounts_user_id FOREIGN KEY (person_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_viewalert
    ADD CONSTRAINT escalations_viewaler_view_id_a341aa20_fk_escalatio FOREIGN KEY (view_id) REFERENCES public.escalations_savedview(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_viewalert
    ADD CONSTRAINT escalations_viewalert_user_id_481c429b_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_watch
    ADD CONSTRAINT escalations_watch_case_id_same_organization FOREIGN KEY (organization_id, case_id) REFERENCES public.escalations_case(organization_id, id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.escalations_watch
    ADD CONSTRAINT escalations_watch_user_id_b201447c_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.mfa_authenticator
    ADD CONSTRAINT mfa_authenticator_user_id_0c3a50c0_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.notifications_chatroute
    ADD CONSTRAINT notifications_chatroute_team_id_3cca79b5_fk_accounts_team_id FOREIGN KEY (team_id) REFERENCES public.accounts_team(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.notifications_chatroute
    ADD CONSTRAINT notifications_chatroute_user_id_955b8157_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.notifications_deliveryitem
    ADD CONSTRAINT notifications_delive_delivery_id_aa3010aa_fk_notificat FOREIGN KEY (delivery_id) REFERENCES public.notifications_delivery(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.notifications_deliveryitem
    ADD CONSTRAINT notifications_delive_notification_id_13261876_fk_notificat FOREIGN KEY (notification_id) REFERENCES public.notifications_notification(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.notifications_delivery
    ADD CONSTRAINT notifications_delivery_user_id_70f8752d_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.notifications_dutymember
    ADD CONSTRAINT notifications_dutyme_added_by_id_2f9177cd_fk_accounts_ FOREIGN KEY (added_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.notifications_dutymember
    ADD CONSTRAINT notifications_dutymember_user_id_ba4f05e2_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.notifications_mute
    ADD CONSTRAINT notifications_mute_user_id_1b74afb6_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.notifications_notification
    ADD CONSTRAINT notifications_notification_event_id_28551f97_fk_audit_event_id FOREIGN KEY (event_id) REFERENCES public.audit_event(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.notifications_notification
    ADD CONSTRAINT notifications_notification_user_id_b5e8c0ff_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.notifications_phone
    ADD CONSTRAINT notifications_phone_user_id_6bacf11b_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.notifications_preference
    ADD CONSTRAINT notifications_preference_user_id_c839c2d6_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.notifications_pushdevice
    ADD CONSTRAINT notifications_pushdevice_user_id_8ed419a9_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.notifications_servicenotice
    ADD CONSTRAINT notifications_servic_made_by_id_0876e152_fk_accounts_ FOREIGN KEY (made_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.notifications_timing
    ADD CONSTRAINT notifications_timing_user_id_dae71617_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.notifications_webhookendpoint
    ADD CONSTRAINT notifications_webhoo_created_by_id_06abdc17_fk_accounts_ FOREIGN KEY (created_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.notifications_webhookattempt
    ADD CONSTRAINT notifications_webhoo_delivery_id_b11cf071_fk_notificat FOREIGN KEY (delivery_id) REFERENCES public.notifications_delivery(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.notifications_webhooksecret
    ADD CONSTRAINT notifications_webhoo_endpoint_id_aa770740_fk_notificat FOREIGN KEY (endpoint_id) REFERENCES public.notifications_webhookendpoint(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.notifications_webhookendpoint
    ADD CONSTRAINT notifications_webhoo_organization_id_b5f707a7_fk_accounts_ FOREIGN KEY (organization_id) REFERENCES public.accounts_organization(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.oncall_calendarversion
    ADD CONSTRAINT oncall_calendarversi_calendar_id_fda1c0fe_fk_oncall_ca FOREIGN KEY (calendar_id) REFERENCES public.oncall_calendar(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.oncall_calendarversion
    ADD CONSTRAINT oncall_calendarversi_published_by_id_0f3a2ca9_fk_accounts_ FOREIGN KEY (published_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.oncall_holidayentry
    ADD CONSTRAINT oncall_holidayentry_holiday_set_id_9df6dd44_fk_oncall_ho FOREIGN KEY (holiday_set_id) REFERENCES public.oncall_holidayset(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.oncall_holidayfeed
    ADD CONSTRAINT oncall_holidayfeed_holiday_set_id_dd4ac8bd_fk_oncall_ho FOREIGN KEY (holiday_set_id) REFERENCES public.oncall_holidayset(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.oncall_holidayreading
    ADD CONSTRAINT oncall_holidayreadin_holiday_set_id_c1aca7f2_fk_oncall_ho FOREIGN KEY (holiday_set_id) REFERENCES public.oncall_holidayset(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.oncall_holidayreading
    ADD CONSTRAINT oncall_holidayreadin_settled_by_id_500e9c27_fk_accounts_ FOREIGN KEY (settled_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.oncall_holidayreading
    ADD CONSTRAINT oncall_holidayreading_found_by_id_2f0e20d2_fk_accounts_user_id FOREIGN KEY (found_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.policies_gap
    ADD CONSTRAINT policies_gap_answer_id_e797d54f_fk_policies_policyversion_id FOREIGN KEY (answer_id) REFERENCES public.policies_policyversion(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.policies_gap
    ADD CONSTRAINT policies_gap_closed_by_id_675e08d2_fk_accounts_user_id FOREIGN KEY (closed_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.policies_gap
    ADD CONSTRAINT policies_gap_nearest_id_a0d49d65_fk_policies_policyversion_id FOREIGN KEY (nearest_id) REFERENCES public.policies_policyversion(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.policies_gap
    ADD CONSTRAINT policies_gap_opened_by_id_89a89734_fk_accounts_user_id FOREIGN KEY (opened_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.policies_gap
    ADD CONSTRAINT policies_gap_owner_id_910e771f_fk_accounts_user_id FOREIGN KEY (owner_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.policies_guidance
    ADD CONSTRAINT policies_guidance_ended_by_id_aa210642_fk_accounts_user_id FOREIGN KEY (ended_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.policies_guidance
    ADD CONSTRAINT policies_guidance_issuer_id_1824ba1a_fk_accounts_user_id FOREIGN KEY (issuer_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.policies_guidanceacknowledgement
    ADD CONSTRAINT policies_guidanceack_guidance_id_b6081ce3_fk_policies_ FOREIGN KEY (guidance_id) REFERENCES public.policies_guidance(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.policies_guidanceacknowledgement
    ADD CONSTRAINT policies_guidanceack_user_id_b530b8f2_fk_accounts_ FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.policies_policy
    ADD CONSTRAINT policies_policy_owner_id_d0b4bfb7_fk_accounts_user_id FOREIGN KEY (owner_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.policies_policytranslation
    ADD CONSTRAINT policies_policytrans_translated_by_id_6987adcb_fk_accounts_ FOREIGN KEY (translated_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.policies_policytranslation
    ADD CONSTRAINT policies_policytrans_version_id_1b81c4a0_fk_policies_ FOREIGN KEY (version_id) REFERENCES public.policies_policyversion(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.policies_policyversion
    ADD CONSTRAINT policies_policyversi_based_on_id_6be45ec5_fk_policies_ FOREIGN KEY (based_on_id) REFERENCES public.policies_policyversion(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.policies_policyversion
    ADD CONSTRAINT policies_policyversi_published_by_id_a33aa777_fk_accounts_ FOREIGN KEY (published_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.policies_policyversion
    ADD CONSTRAINT policies_policyversi_submitted_by_id_0ccce109_fk_accounts_ FOREIGN KEY (submitted_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.policies_policyversion
    ADD CONSTRAINT policies_policyversion_author_id_eff8bbd5_fk_accounts_user_id FOREIGN KEY (author_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.policies_policyversion
    ADD CONSTRAINT policies_policyversion_legal_by_id_3efc01b4_fk_accounts_user_id FOREIGN KEY (legal_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.policies_policyversion
    ADD CONSTRAINT policies_policyversion_policy_id_e55d4e9f_fk_policies_policy_id FOREIGN KEY (policy_id) REFERENCES public.policies_policy(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.policies_versionacknowledgement
    ADD CONSTRAINT policies_versionackn_user_id_c29a1bbe_fk_accounts_ FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.policies_versionacknowledgement
    ADD CONSTRAINT policies_versionackn_version_id_a808d1b0_fk_policies_ FOREIGN KEY (version_id) REFERENCES public.policies_policyversion(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.policies_versioncomment
    ADD CONSTRAINT policies_versioncomm_version_id_40fc37d8_fk_policies_ FOREIGN KEY (version_id) REFERENCES public.policies_policyversion(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.policies_versioncomment
    ADD CONSTRAINT policies_versioncomment_author_id_e589ba16_fk_accounts_user_id FOREIGN KEY (author_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.reporting_annotation
    ADD CONSTRAINT reporting_annotation_created_by_id_d35a6de8_fk_accounts_user_id FOREIGN KEY (created_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.reporting_annotation
    ADD CONSTRAINT reporting_annotation_organization_id_4644fa72_fk_accounts_ FOREIGN KEY (organization_id) REFERENCES public.accounts_organization(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.reporting_annotation
    ADD CONSTRAINT reporting_annotation_queue_id_58c5ec6d_fk_escalations_queue_id FOREIGN KEY (queue_id) REFERENCES public.escalations_queue(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.reporting_annotation
    ADD CONSTRAINT reporting_annotation_removed_by_id_0e12771b_fk_accounts_user_id FOREIGN KEY (removed_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.reporting_annotation
    ADD CONSTRAINT reporting_annotation_vendor_id_cd507dac_fk_accounts_ FOREIGN KEY (vendor_id) REFERENCES public.accounts_organization(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.reporting_brief
    ADD CONSTRAINT reporting_brief_author_id_956f12bf_fk_accounts_user_id FOREIGN KEY (author_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.reporting_brief
    ADD CONSTRAINT reporting_brief_organization_id_021c0477_fk_accounts_ FOREIGN KEY (organization_id) REFERENCES public.accounts_organization(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.reporting_briefsubscription
    ADD CONSTRAINT reporting_briefsubsc_organization_id_749cb47f_fk_accounts_ FOREIGN KEY (organization_id) REFERENCES public.accounts_organization(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.reporting_briefsubscription
    ADD CONSTRAINT reporting_briefsubsc_user_id_0584c75f_fk_accounts_ FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.reporting_briefversion
    ADD CONSTRAINT reporting_briefversi_approved_by_id_e589022d_fk_accounts_ FOREIGN KEY (approved_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.reporting_briefversion
    ADD CONSTRAINT reporting_briefversi_organization_id_8d165e72_fk_accounts_ FOREIGN KEY (organization_id) REFERENCES public.accounts_organization(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.reporting_briefversion
    ADD CONSTRAINT reporting_briefversi_returned_by_id_8bfb9cd6_fk_accounts_ FOREIGN KEY (returned_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.reporting_briefversion
    ADD CONSTRAINT reporting_briefversi_submitted_by_id_64f366f8_fk_accounts_ FOREIGN KEY (submitted_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.reporting_briefversion
    ADD CONSTRAINT reporting_briefversion_brief_id_4376a6ae_fk_reporting_brief_id FOREIGN KEY (brief_id) REFERENCES public.reporting_brief(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.reporting_briefversion
    ADD CONSTRAINT reporting_briefversion_brief_id_same_organization FOREIGN KEY (organization_id, brief_id) REFERENCES public.reporting_brief(organization_id, id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.reporting_briefversion
    ADD CONSTRAINT reporting_briefversion_sent_by_id_9fe6e882_fk_accounts_user_id FOREIGN KEY (sent_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.reporting_casefact
    ADD CONSTRAINT reporting_casefact_case_id_same_organization FOREIGN KEY (organization_id, case_id) REFERENCES public.escalations_case(organization_id, id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.reporting_clockfact
    ADD CONSTRAINT reporting_clockfact_case_id_same_organization FOREIGN KEY (organization_id, case_id) REFERENCES public.escalations_case(organization_id, id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.reporting_closingfact
    ADD CONSTRAINT reporting_closingfact_case_id_same_organization FOREIGN KEY (organization_id, case_id) REFERENCES public.escalations_case(organization_id, id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.reporting_coachingset
    ADD CONSTRAINT reporting_coachingse_acknowledged_by_id_41c93dce_fk_accounts_ FOREIGN KEY (acknowledged_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.reporting_coachingset
    ADD CONSTRAINT reporting_coachingse_organization_id_1893c25e_fk_accounts_ FOREIGN KEY (organization_id) REFERENCES public.accounts_organization(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.reporting_coachingset
    ADD CONSTRAINT reporting_coachingset_shared_by_id_da557f8a_fk_accounts_user_id FOREIGN KEY (shared_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.reporting_commitment
    ADD CONSTRAINT reporting_commitment_done_by_id_c2674801_fk_accounts_user_id FOREIGN KEY (done_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.reporting_commitment
    ADD CONSTRAINT reporting_commitment_made_by_id_1a04e5d5_fk_accounts_user_id FOREIGN KEY (made_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.reporting_commitment
    ADD CONSTRAINT reporting_commitment_organization_id_3aa6aa1f_fk_accounts_ FOREIGN KEY (organization_id) REFERENCES public.accounts_organization(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.reporting_contracttarget
    ADD CONSTRAINT reporting_contractta_organization_id_0c797729_fk_accounts_ FOREIGN KEY (organization_id) REFERENCES public.accounts_organization(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.reporting_contracttarget
    ADD CONSTRAINT reporting_contracttarget_set_by_id_57259338_fk_accounts_user_id FOREIGN KEY (set_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.reporting_decisionfact
    ADD CONSTRAINT reporting_decisionfact_case_id_same_organization FOREIGN KEY (organization_id, case_id) REFERENCES public.escalations_case(organization_id, id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.reporting_export
    ADD CONSTRAINT reporting_export_answered_by_id_daea2c26_fk_accounts_user_id FOREIGN KEY (answered_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.reporting_export
    ADD CONSTRAINT reporting_export_asked_by_id_67018c70_fk_accounts_user_id FOREIGN KEY (asked_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.reporting_export
    ADD CONSTRAINT reporting_export_organization_id_f051edd1_fk_accounts_ FOREIGN KEY (organization_id) REFERENCES public.accounts_organization(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.reporting_mailing
    ADD CONSTRAINT reporting_mailing_organization_id_d02bef24_fk_accounts_ FOREIGN KEY (organization_id) REFERENCES public.accounts_organization(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.reporting_mailing
    ADD CONSTRAINT reporting_mailing_schedule_id_5f424bf5_fk_reporting FOREIGN KEY (schedule_id) REFERENCES public.reporting_reportschedule(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.reporting_mailing
    ADD CONSTRAINT reporting_mailing_schedule_id_same_organization FOREIGN KEY (organization_id, schedule_id) REFERENCES public.reporting_reportschedule(organization_id, id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.reporting_mailing
    ADD CONSTRAINT reporting_mailing_user_id_ee5ca826_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.reporting_mailing
    ADD CONSTRAINT reporting_mailing_version_id_06b3f636_fk_reporting FOREIGN KEY (version_id) REFERENCES public.reporting_briefversion(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.reporting_mailing
    ADD CONSTRAINT reporting_mailing_version_id_same_organization FOREIGN KEY (organization_id, version_id) REFERENCES public.reporting_briefversion(organization_id, id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.reporting_reportschedule
    ADD CONSTRAINT reporting_reportsche_made_by_id_a1e74d8e_fk_accounts_ FOREIGN KEY (made_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.reporting_reportschedule
    ADD CONSTRAINT reporting_reportsche_organization_id_c1e431e6_fk_accounts_ FOREIGN KEY (organization_id) REFERENCES public.accounts_organization(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.reporting_reviewimport
    ADD CONSTRAINT reporting_reviewimpo_key_id_fcac21fb_fk_accounts_ FOREIGN KEY (key_id) REFERENCES public.accounts_servicekey(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.reporting_reviewimport
    ADD CONSTRAINT reporting_reviewimpo_organization_id_d0317528_fk_accounts_ FOREIGN KEY (organization_id) REFERENCES public.accounts_organization(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.reporting_reviewimport
    ADD CONSTRAINT reporting_reviewimport_person_id_ced7e0e9_fk_accounts_user_id FOREIGN KEY (person_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.reporting_savedreport
    ADD CONSTRAINT reporting_savedrepor_organization_id_c509b0b4_fk_accounts_ FOREIGN KEY (organization_id) REFERENCES public.accounts_organization(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.reporting_savedreport
    ADD CONSTRAINT reporting_savedreport_owner_id_85534717_fk_accounts_user_id FOREIGN KEY (owner_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.reporting_schedulerecipient
    ADD CONSTRAINT reporting_schedulere_organization_id_98ebc5f5_fk_accounts_ FOREIGN KEY (organization_id) REFERENCES public.accounts_organization(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.reporting_schedulerecipient
    ADD CONSTRAINT reporting_schedulere_schedule_id_5c9b1efb_fk_reporting FOREIGN KEY (schedule_id) REFERENCES public.reporting_reportschedule(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.reporting_schedulerecipient
    ADD CONSTRAINT reporting_schedulere_user_id_4c11e446_fk_accounts_ FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.reporting_schedulerecipient
    ADD CONSTRAINT reporting_schedulerecipient_schedule_id_same_organization FOREIGN KEY (organization_id, schedule_id) REFERENCES public.reporting_reportschedule(organization_id, id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.reporting_vendorreview
    ADD CONSTRAINT reporting_vendorreview_brought_by_id_same_organization FOREIGN KEY (organization_id, brought_by_id) REFERENCES public.reporting_reviewimport(organization_id, id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.reporting_vendorweek
    ADD CONSTRAINT reporting_vendorweek_frozen_by_id_160c6a51_fk_accounts_user_id FOREIGN KEY (frozen_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.reporting_vendorweek
    ADD CONSTRAINT reporting_vendorweek_organization_id_ccd4e512_fk_accounts_ FOREIGN KEY (organization_id) REFERENCES public.accounts_organization(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.reporting_vendorweek
    ADD CONSTRAINT reporting_vendorweek_signed_by_id_47b2561f_fk_accounts_user_id FOREIGN KEY (signed_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.reporting_vendorweek
    ADD CONSTRAINT reporting_vendorweek_vendor_signed_by_id_731d3083_fk_accounts_ FOREIGN KEY (vendor_signed_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.usersessions_usersession
    ADD CONSTRAINT usersessions_usersession_user_id_af5e0a6d_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE public.accounts_idempotencyrecord ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.audit_accessrecord ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.audit_event ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.audit_outboxmessage ENABLE ROW LEVEL SECURITY;

CREATE POLICY compartments ON public.audit_event AS RESTRICTIVE TO wf_web USING (((compartments = '{}'::character varying[]) OR ((compartments)::text[] <@ ( SELECT public.app_compartments() AS app_compartments)))) WITH CHECK (true);

CREATE POLICY compartments ON public.escalations_case AS RESTRICTIVE TO wf_web USING (((compartments = '{}'::character varying[]) OR ((compartments)::text[] <@ ( SELECT public.app_compartments() AS app_compartments)))) WITH CHECK (true);

CREATE POLICY compartments ON public.notifications_notification AS RESTRICTIVE TO wf_web USING (((compartments = '{}'::character varying[]) OR ((compartments)::text[] <@ ( SELECT public.app_compartments() AS app_compartments)))) WITH CHECK (true);

CREATE POLICY compartments ON public.reporting_casefact AS RESTRICTIVE TO wf_web USING (((compartments = '{}'::character varying[]) OR ((compartments)::text[] <@ ( SELECT public.app_compartments() AS app_compartments)))) WITH CHECK (true);

CREATE POLICY compartments ON public.reporting_rollup AS RESTRICTIVE TO wf_web USING (((compartments = '{}'::character varying[]) OR ((compartments)::text[] <@ ( SELECT public.app_compartments() AS app_compartments)))) WITH CHECK (true);

CREATE POLICY engine_all ON public.accounts_idempotencyrecord TO wf_engine USING (true) WITH CHECK (true);

CREATE POLICY engine_all ON public.audit_accessrecord TO wf_engine USING (true) WITH CHECK (true);

CREATE POLICY engine_all ON public.audit_event TO wf_engine USING (true) WITH CHECK (true);

CREATE POLICY engine_all ON public.audit_outboxmessage TO wf_engine USING (true) WITH CHECK (true);

CREATE POLICY engine_all ON public.escalations_appeal TO wf_engine USING (true) WITH CHECK (true);

CREATE POLICY engine_all ON public.escalations_appealmessage TO wf_engine USING (true) WITH CHECK (true);

CREATE POLICY engine_all ON public.escalations_approval TO wf_engine USING (true) WITH CHECK (true);

CREATE POLICY engine_all ON public.escalations_askversion TO wf_engine USING (true) WITH CHECK (true);

CREATE POLICY engine_all ON public.escalations_batchrow TO wf_engine USING (true) WITH CHECK (true);

CREATE POLICY engine_all ON public.escalations_bulkact TO wf_engine USING (true) WITH CHECK (true);

CREATE POLICY engine_all ON public.escalations_bulkrow TO wf_engine USING (true) WITH CHECK (true);

CREATE POLICY engine_all ON public.escalations_case TO wf_engine USING (true) WITH CHECK (true);

CREATE POLICY engine_all ON public.escalations_caseentity TO wf_engine USING (true) WITH CHECK (true);

CREATE POLICY engine_all ON public.escalations_casehold TO wf_engine USING (true) WITH CHECK (true);

CREATE POLICY engine_all ON public.escalations_casetag TO wf_engine USING (true) WITH CHECK (true);

CREATE POLICY engine_all ON public.escalations_clustermove TO wf_engine USING (true) WITH CHECK (true);

CREATE POLICY engine_all ON public.escalations_comment TO wf_engine USING (true) WITH CHECK (true);

CREATE POLICY engine_all ON public.escalations_decision TO wf_engine USING (true) WITH CHECK (true);

CREATE POLICY engine_all ON public.escalations_dispute TO wf_engine USING (true) WITH CHECK (true);

CREATE POLICY engine_all ON public.escalations_draft TO wf_engine USING (true) WITH CHECK (true);

CREATE POLICY engine_all ON public.escalations_enforcementaction TO wf_engine USING (true) WITH CHECK (true);

CREATE POLICY engine_all ON public.escalations_entity TO wf_engine USING (true) WITH CHECK (true);

CREATE POLICY engine_all ON public.escalations_evidence TO wf_engine USING (true) WITH CHECK (true);

CREATE POLICY engine_all ON public.escalations_handletime TO wf_engine USING (true) WITH CHECK (true);

CREATE POLICY engine_all ON public.escalations_inboundmail TO wf_engine USING (true) WITH CHECK (true);

CREATE POLICY engine_all ON public.escalations_leadingcase TO wf_engine USING (true) WITH CHECK (true);

CREATE POLICY engine_all ON public.escalations_link TO wf_engine USING (true) WITH CHECK (true);

CREATE POLICY engine_all ON public.escalations_mention TO wf_engine USING (true) WITH CHECK (true);

CREATE POLICY engine_all ON public.escalations_notice TO wf_engine USING (true) WITH CHECK (true);

CREATE POLICY engine_all ON public.escalations_noticedelivery TO wf_engine USING (true) WITH CHECK (true);

CREATE POLICY engine_all ON public.escalations_secondlook TO wf_engine USING (true) WITH CHECK (true);

CREATE POLICY engine_all ON public.escalations_slaclock TO wf_engine USING (true) WITH CHECK (true);

CREATE POLICY engine_all ON public.escalations_slaclockevent TO wf_engine USING (true) WITH CHECK (true);

CREATE POLICY engine_all ON public.escalations_slatimer TO wf_engine USING (true) WITH CHECK (true);

CREATE POLICY engine_all ON public.escalations_spread TO wf_engine USING (true) WITH CHECK (true);

CREATE POLICY engine_all ON public.escalations_spreadrow TO wf_engine USING (true) WITH CHECK (true);

CREATE POLICY engine_all ON public.escalations_strike TO wf_engine USING (true) WITH CHECK (true);

CREATE POLICY engine_all ON public.escalations_submission TO wf_engine USING (true) WITH CHECK (true);

CREATE POLICY engine_all ON public.escalations_submissionbatch TO wf_engine USING (true) WITH CHECK (true);

CREATE POLICY engine_all ON public.escalations_upload TO wf_engine USING (true) WITH CHECK (true);

CREATE POLICY engine_all ON public.escalations_watch TO wf_engine USING (true) WITH CHECK (true);

CREATE POLICY engine_all ON public.notifications_chatroute TO wf_engine USING (true) WITH CHECK (true);

CREATE POLICY engine_all ON public.notifications_delivery TO wf_engine USING (true) WITH CHECK (true);

CREATE POLICY engine_all ON public.notifications_deliveryitem TO wf_engine USING (true) WITH CHECK (true);

CREATE POLICY engine_all ON public.notifications_dutymember TO wf_engine USING (true) WITH CHECK (true);

CREATE POLICY engine_all ON public.notifications_mute TO wf_engine USING (true) WITH CHECK (true);

CREATE POLICY engine_all ON public.notifications_notification TO wf_engine USING (true) WITH CHECK (true);

CREATE POLICY engine_all ON public.notifications_phone TO wf_engine USING (true) WITH CHECK (true);

CREATE POLICY engine_all ON public.notifications_preference TO wf_engine USING (true) WITH CHECK (true);

CREATE POLICY engine_all ON public.notifications_pushdevice TO wf_engine USING (true) WITH CHECK (true);

CREATE POLICY engine_all ON public.notifications_timing TO wf_engine USING (true) WITH CHECK (true);

CREATE POLICY engine_all ON public.notifications_webhookattempt TO wf_engine USING (true) WITH CHECK (true);

CREATE POLICY engine_all ON public.notifications_webhookendpoint TO wf_engine USING (true) WITH CHECK (true);

CREATE POLICY engine_all ON public.notifications_webhooksecret TO wf_engine USING (true) WITH CHECK (true);

CREATE POLICY engine_all ON public.reporting_annotation TO wf_engine USING (true) WITH CHECK (true);

CREATE POLICY engine_all ON public.reporting_brief TO wf_engine USING (true) WITH CHECK (true);

CREATE POLICY engine_all ON public.reporting_briefsubscription TO wf_engine USING (true) WITH CHECK (true);

CREATE POLICY engine_all ON public.reporting_briefversion TO wf_engine USING (true) WITH CHECK (true);

CREATE POLICY engine_all ON public.reporting_casefact TO wf_engine USING (true) WITH CHECK (true);

CREATE POLICY engine_all ON public.reporting_clockfact TO wf_engine USING (true) WITH CHECK (true);

CREATE POLICY engine_all ON public.reporting_closingfact TO wf_engine USING (true) WITH CHECK (true);

CREATE POLICY engine_all ON public.reporting_coachingset TO wf_engine USING (true) WITH CHECK (true);

CREATE POLICY engine_all ON public.reporting_commitment TO wf_engine USING (true) WITH CHECK (true);

CREATE POLICY engine_all ON public.reporting_contracttarget TO wf_engine USING (true) WITH CHECK (true);

CREATE POLICY engine_all ON public.reporting_decisionfact TO wf_engine USING (true) WITH CHECK (true);

CREATE POLICY engine_all ON public.reporting_export TO wf_engine USING (true) WITH CHECK (true);

CREATE POLICY engine_all ON public.reporting_mailing TO wf_engine USING (true) WITH CHECK (true);

CREATE POLICY engine_all ON public.reporting_reportschedule TO wf_engine USING (true) WITH CHECK (true);

CREATE POLICY engine_all ON public.reporting_reviewimport TO wf_engine USING (true) WITH CHECK (true);

CREATE POLICY engine_all ON public.reporting_rollup TO wf_engine USING (true) WITH CHECK (true);

CREATE POLICY engine_all ON public.reporting_savedreport TO wf_engine USING (true) WITH CHECK (true);

CREATE POLICY engine_all ON public.reporting_schedulerecipient TO wf_engine USING (true) WITH CHECK (true);

CREATE POLICY engine_all ON public.reporting_vendorreview TO wf_engine USING (true) WITH CHECK (true);

CREATE POLICY engine_all ON public.reporting_vendorweek TO wf_engine USING (true) WITH CHECK (true);

ALTER TABLE public.escalations_appeal ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.escalations_appealmessage ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.escalations_approval ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.escalations_askversion ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.escalations_batchrow ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.escalations_bulkact ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.escalations_bulkrow ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.escalations_case ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.escalations_caseentity ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.escalations_casehold ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.escalations_casetag ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.escalations_clustermove ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.escalations_comment ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.escalations_decision ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.escalations_dispute ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.escalations_draft ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.escalations_enforcementaction ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.escalations_entity ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.escalations_evidence ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.escalations_handletime ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.escalations_inboundmail ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.escalations_leadingcase ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.escalations_link ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.escalations_mention ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.escalations_notice ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.escalations_noticedelivery ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.escalations_secondlook ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.escalations_slaclock ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.escalations_slaclockevent ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.escalations_slatimer ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.escalations_spread ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.escalations_spreadrow ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.escalations_strike ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.escalations_submission ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.escalations_submissionbatch ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.escalations_upload ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.escalations_watch ENABLE ROW LEVEL SECURITY;

CREATE POLICY internal_only ON public.escalations_entity TO wf_web USING ((( SELECT public.app_kind() AS app_kind) = 'internal'::text)) WITH CHECK ((( SELECT public.app_kind() AS app_kind) = 'internal'::text));

ALTER TABLE public.notifications_chatroute ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.notifications_delivery ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.notifications_deliveryitem ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.notifications_dutymember ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.notifications_mute ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.notifications_notification ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.notifications_phone ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.notifications_preference ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.notifications_pushdevice ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.notifications_timing ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.notifications_webhookattempt ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.notifications_webhookendpoint ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.notifications_webhooksecret ENABLE ROW LEVEL SECURITY;

CREATE POLICY owner_all ON public.accounts_idempotencyrecord TO wf_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON public.audit_accessrecord TO wf_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON public.audit_event TO wf_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON public.audit_outboxmessage TO wf_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON public.escalations_appeal TO wf_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON public.escalations_appealmessage TO wf_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON public.escalations_approval TO wf_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON public.escalations_askversion TO wf_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON public.escalations_batchrow TO wf_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON public.escalations_bulkact TO wf_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON public.escalations_bulkrow TO wf_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON public.escalations_case TO wf_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON public.escalations_caseentity TO wf_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON public.escalations_casehold TO wf_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON public.escalations_casetag TO wf_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON public.escalations_clustermove TO wf_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON public.escalations_comment TO wf_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON public.escalations_decision TO wf_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON public.escalations_dispute TO wf_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON public.escalations_draft TO wf_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON public.escalations_enforcementaction TO wf_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON public.escalations_entity TO wf_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON public.escalations_evidence TO wf_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON public.escalations_handletime TO wf_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON public.escalations_inboundmail TO wf_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON public.escalations_leadingcase TO wf_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON public.escalations_link TO wf_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON public.escalations_mention TO wf_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON public.escalations_notice TO wf_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON public.escalations_noticedelivery TO wf_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON public.escalations_secondlook TO wf_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON public.escalations_slaclock TO wf_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON public.escalations_slaclockevent TO wf_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON public.escalations_slatimer TO wf_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON public.escalations_spread TO wf_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON public.escalations_spreadrow TO wf_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON public.escalations_strike TO wf_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON public.escalations_submission TO wf_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON public.escalations_submissionbatch TO wf_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON public.escalations_upload TO wf_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON public.escalations_watch TO wf_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON public.notifications_chatroute TO wf_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON public.notifications_delivery TO wf_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON public.notifications_deliveryitem TO wf_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON public.notifications_dutymember TO wf_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON public.notifications_mute TO wf_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON public.notifications_notification TO wf_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON public.notifications_phone TO wf_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON public.notifications_preference TO wf_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON public.notifications_pushdevice TO wf_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON public.notifications_timing TO wf_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON public.notifications_webhookattempt TO wf_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON public.notifications_webhookendpoint TO wf_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON public.notifications_webhooksecret TO wf_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON public.reporting_annotation TO wf_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON public.reporting_brief TO wf_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON public.reporting_briefsubscription TO wf_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON public.reporting_briefversion TO wf_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON public.reporting_casefact TO wf_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON public.reporting_clockfact TO wf_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON public.reporting_closingfact TO wf_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON public.reporting_coachingset TO wf_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON public.reporting_commitment TO wf_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON public.reporting_contracttarget TO wf_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON public.reporting_decisionfact TO wf_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON public.reporting_export TO wf_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON public.reporting_mailing TO wf_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON public.reporting_reportschedule TO wf_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON public.reporting_reviewimport TO wf_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON public.reporting_rollup TO wf_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON public.reporting_savedreport TO wf_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON public.reporting_schedulerecipient TO wf_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON public.reporting_vendorreview TO wf_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON public.reporting_vendorweek TO wf_owner USING (true) WITH CHECK (true);

CREATE POLICY readers_all ON public.accounts_idempotencyrecord FOR SELECT TO wf_audit, wf_report USING (true);

CREATE POLICY readers_all ON public.audit_accessrecord FOR SELECT TO wf_audit, wf_report USING (true);

CREATE POLICY readers_all ON public.audit_event FOR SELECT TO wf_audit, wf_report USING (true);

CREATE POLICY readers_all ON public.audit_outboxmessage FOR SELECT TO wf_audit, wf_report USING (true);

CREATE POLICY readers_all ON public.escalations_appeal FOR SELECT TO wf_audit, wf_report USING (true);

CREATE POLICY readers_all ON public.escalations_appealmessage FOR SELECT TO wf_audit, wf_report USING (true);

CREATE POLICY readers_all ON public.escalations_approval FOR SELECT TO wf_audit, wf_report USING (true);

CREATE POLICY readers_all ON public.escalations_askversion FOR SELECT TO wf_audit, wf_report USING (true);

CREATE POLICY readers_all ON public.escalations_batchrow FOR SELECT TO wf_audit, wf_report USING (true);

CREATE POLICY readers_all ON public.escalations_bulkact FOR SELECT TO wf_audit, wf_report USING (true);

CREATE POLICY readers_all ON public.escalations_bulkrow FOR SELECT TO wf_audit, wf_report USING (true);

CREATE POLICY readers_all ON public.escalations_case FOR SELECT TO wf_audit, wf_report USING (true);

CREATE POLICY readers_all ON public.escalations_caseentity FOR SELECT TO wf_audit, wf_report USING (true);

CREATE POLICY readers_all ON public.escalations_casehold FOR SELECT TO wf_audit, wf_report USING (true);

CREATE POLICY readers_all ON public.escalations_casetag FOR SELECT TO wf_audit, wf_report USING (true);

CREATE POLICY readers_all ON public.escalations_clustermove FOR SELECT TO wf_audit, wf_report USING (true);

CREATE POLICY readers_all ON public.escalations_comment FOR SELECT TO wf_audit, wf_report USING (true);

CREATE POLICY readers_all ON public.escalations_decision FOR SELECT TO wf_audit, wf_report USING (true);

CREATE POLICY readers_all ON public.escalations_dispute FOR SELECT TO wf_audit, wf_report USING (true);

CREATE POLICY readers_all ON public.escalations_draft FOR SELECT TO wf_audit, wf_report USING (true);

CREATE POLICY readers_all ON public.escalations_enforcementaction FOR SELECT TO wf_audit, wf_report USING (true);

CREATE POLICY readers_all ON public.escalations_entity FOR SELECT TO wf_audit, wf_report USING (true);

CREATE POLICY readers_all ON public.escalations_evidence FOR SELECT TO wf_audit, wf_report USING (true);

CREATE POLICY readers_all ON public.escalations_handletime FOR SELECT TO wf_audit, wf_report USING (true);

CREATE POLICY readers_all ON public.escalations_inboundmail FOR SELECT TO wf_audit, wf_report USING (true);

CREATE POLICY readers_all ON public.escalations_leadingcase FOR SELECT TO wf_audit, wf_report USING (true);

CREATE POLICY readers_all ON public.escalations_link FOR SELECT TO wf_audit, wf_report USING (true);

CREATE POLICY readers_all ON public.escalations_mention FOR SELECT TO wf_audit, wf_report USING (true);

CREATE POLICY readers_all ON public.escalations_notice FOR SELECT TO wf_audit, wf_report USING (true);

CREATE POLICY readers_all ON public.escalations_noticedelivery FOR SELECT TO wf_audit, wf_report USING (true);

CREATE POLICY readers_all ON public.escalations_secondlook FOR SELECT TO wf_audit, wf_report USING (true);

CREATE POLICY readers_all ON public.escalations_slaclock FOR SELECT TO wf_audit, wf_report USING (true);

CREATE POLICY readers_all ON public.escalations_slaclockevent FOR SELECT TO wf_audit, wf_report USING (true);

CREATE POLICY readers_all ON public.escalations_slatimer FOR SELECT TO wf_audit, wf_report USING (true);

CREATE POLICY readers_all ON public.escalations_spread FOR SELECT TO wf_audit, wf_report USING (true);

CREATE POLICY readers_all ON public.escalations_spreadrow FOR SELECT TO wf_audit, wf_report USING (true);

CREATE POLICY readers_all ON public.escalations_strike FOR SELECT TO wf_audit, wf_report USING (true);

CREATE POLICY readers_all ON public.escalations_submission FOR SELECT TO wf_audit, wf_report USING (true);

CREATE POLICY readers_all ON public.escalations_submissionbatch FOR SELECT TO wf_audit, wf_report USING (true);

CREATE POLICY readers_all ON public.escalations_upload FOR SELECT TO wf_audit, wf_report USING (true);

CREATE POLICY readers_all ON public.escalations_watch FOR SELECT TO wf_audit, wf_report USING (true);

CREATE POLICY readers_all ON public.notifications_chatroute FOR SELECT TO wf_audit, wf_report USING (true);

CREATE POLICY readers_all ON public.notifications_delivery FOR SELECT TO wf_audit, wf_report USING (true);

CREATE POLICY readers_all ON public.notifications_deliveryitem FOR SELECT TO wf_audit, wf_report USING (true);

CREATE POLICY readers_all ON public.notifications_dutymember FOR SELECT TO wf_audit, wf_report USING (true);

CREATE POLICY readers_all ON public.notifications_mute FOR SELECT TO wf_audit, wf_report USING (true);

CREATE POLICY readers_all ON public.notifications_notification FOR SELECT TO wf_audit, wf_report USING (true);

CREATE POLICY readers_all ON public.notifications_phone FOR SELECT TO wf_audit, wf_report USING (true);

CREATE POLICY readers_all ON public.notifications_preference FOR SELECT TO wf_audit, wf_report USING (true);

CREATE POLICY readers_all ON public.notifications_pushdevice FOR SELECT TO wf_audit, wf_report USING (true);

CREATE POLICY readers_all ON public.notifications_timing FOR SELECT TO wf_audit, wf_report USING (true);

CREATE POLICY readers_all ON public.notifications_webhookattempt FOR SELECT TO wf_audit, wf_report USING (true);

CREATE POLICY readers_all ON public.notifications_webhookendpoint FOR SELECT TO wf_audit, wf_report USING (true);

CREATE POLICY readers_all ON public.notifications_webhooksecret FOR SELECT TO wf_audit, wf_report USING (true);

CREATE POLICY readers_all ON public.reporting_annotation FOR SELECT TO wf_audit, wf_report USING (true);

CREATE POLICY readers_all ON public.reporting_brief FOR SELECT TO wf_audit, wf_report USING (true);

CREATE POLICY readers_all ON public.reporting_briefsubscription FOR SELECT TO wf_audit, wf_report USING (true);

CREATE POLICY readers_all ON public.reporting_briefversion FOR SELECT TO wf_audit, wf_report USING (true);

CREATE POLICY readers_all ON public.reporting_casefact FOR SELECT TO wf_audit, wf_report USING (true);

CREATE POLICY readers_all ON public.reporting_clockfact FOR SELECT TO wf_audit, wf_report USING (true);

CREATE POLICY readers_all ON public.reporting_closingfact FOR SELECT TO wf_audit, wf_report USING (true);

CREATE POLICY readers_all ON public.reporting_coachingset FOR SELECT TO wf_audit, wf_report USING (true);

CREATE POLICY readers_all ON public.reporting_commitment FOR SELECT TO wf_audit, wf_report USING (true);

CREATE POLICY readers_all ON public.reporting_contracttarget FOR SELECT TO wf_audit, wf_report USING (true);

CREATE POLICY readers_all ON public.reporting_decisionfact FOR SELECT TO wf_audit, wf_report USING (true);

CREATE POLICY readers_all ON public.reporting_export FOR SELECT TO wf_audit, wf_report USING (true);

CREATE POLICY readers_all ON public.reporting_mailing FOR SELECT TO wf_audit, wf_report USING (true);

CREATE POLICY readers_all ON public.reporting_reportschedule FOR SELECT TO wf_audit, wf_report USING (true);

CREATE POLICY readers_all ON public.reporting_reviewimport FOR SELECT TO wf_audit, wf_report USING (true);

CREATE POLICY readers_all ON public.reporting_rollup FOR SELECT TO wf_audit, wf_report USING (true);

CREATE POLICY readers_all ON public.reporting_savedreport FOR SELECT TO wf_audit, wf_report USING (true);

CREATE POLICY readers_all ON public.reporting_schedulerecipient FOR SELECT TO wf_audit, wf_report USING (true);

CREATE POLICY readers_all ON public.reporting_vendorreview FOR SELECT TO wf_audit, wf_report USING (true);

CREATE POLICY readers_all ON public.reporting_vendorweek FOR SELECT TO wf_audit, wf_report USING (true);

ALTER TABLE public.reporting_annotation ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.reporting_brief ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.reporting_briefsubscription ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.reporting_briefversion ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.reporting_casefact ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.reporting_clockfact ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.reporting_closingfact ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.reporting_coachingset ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.reporting_commitment ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.reporting_contracttarget ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.reporting_decisionfact ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.reporting_export ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.reporting_mailing ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.reporting_reportschedule ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.reporting_reviewimport ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.reporting_rollup ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.reporting_savedreport ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.reporting_schedulerecipient ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.reporting_vendorreview ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.reporting_vendorweek ENABLE ROW LEVEL SECURITY;

CREATE POLICY tenant ON public.accounts_idempotencyrecord TO wf_web USING (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org)))) WITH CHECK (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org))));

CREATE POLICY tenant ON public.audit_accessrecord TO wf_web USING (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org)))) WITH CHECK (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org))));

CREATE POLICY tenant ON public.audit_event TO wf_web USING (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org)))) WITH CHECK (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org))));

CREATE POLICY tenant ON public.audit_outboxmessage TO wf_web USING (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org)))) WITH CHECK (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org))));

CREATE POLICY tenant ON public.escalations_appeal TO wf_web USING (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org)))) WITH CHECK (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org))));

CREATE POLICY tenant ON public.escalations_appealmessage TO wf_web USING (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org)))) WITH CHECK (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org))));

CREATE POLICY tenant ON public.escalations_approval TO wf_web USING (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org)))) WITH CHECK (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org))));

CREATE POLICY tenant ON public.escalations_askversion TO wf_web USING (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org)))) WITH CHECK (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org))));

CREATE POLICY tenant ON public.escalations_batchrow TO wf_web USING (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org)))) WITH CHECK (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org))));

CREATE POLICY tenant ON public.escalations_bulkact TO wf_web USING (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org)))) WITH CHECK (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org))));

CREATE POLICY tenant ON public.escalations_bulkrow TO wf_web USING (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org)))) WITH CHECK (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org))));

CREATE POLICY tenant ON public.escalations_case TO wf_web USING (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org)))) WITH CHECK (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org))));

CREATE POLICY tenant ON public.escalations_caseentity TO wf_web USING (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org)))) WITH CHECK (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org))));

CREATE POLICY tenant ON public.escalations_casehold TO wf_web USING (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org)))) WITH CHECK (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org))));

CREATE POLICY tenant ON public.escalations_casetag TO wf_web USING (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org)))) WITH CHECK (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org))));

CREATE POLICY tenant ON public.escalations_clustermove TO wf_web USING (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org)))) WITH CHECK (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org))));

CREATE POLICY tenant ON public.escalations_comment TO wf_web USING (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org)))) WITH CHECK (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org))));

CREATE POLICY tenant ON public.escalations_decision TO wf_web USING (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org)))) WITH CHECK (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org))));

CREATE POLICY tenant ON public.escalations_dispute TO wf_web USING (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org)))) WITH CHECK (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org))));

CREATE POLICY tenant ON public.escalations_draft TO wf_web USING (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org)))) WITH CHECK (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org))));

CREATE POLICY tenant ON public.escalations_enforcementaction TO wf_web USING (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org)))) WITH CHECK (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org))));

CREATE POLICY tenant ON public.escalations_evidence TO wf_web USING (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org)))) WITH CHECK (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org))));

CREATE POLICY tenant ON public.escalations_handletime TO wf_web USING (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org)))) WITH CHECK (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org))));

CREATE POLICY tenant ON public.escalations_inboundmail TO wf_web USING (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org)))) WITH CHECK (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org))));

CREATE POLICY tenant ON public.escalations_leadingcase TO wf_web USING (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org)))) WITH CHECK (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org))));

CREATE POLICY tenant ON public.escalations_link TO wf_web USING (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org)))) WITH CHECK (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org))));

CREATE POLICY tenant ON public.escalations_mention TO wf_web USING (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org)))) WITH CHECK (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org))));

CREATE POLICY tenant ON public.escalations_notice TO wf_web USING (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org)))) WITH CHECK (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org))));

CREATE POLICY tenant ON public.escalations_noticedelivery TO wf_web USING (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org)))) WITH CHECK (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org))));

CREATE POLICY tenant ON public.escalations_secondlook TO wf_web USING (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org)))) WITH CHECK (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org))));

CREATE POLICY tenant ON public.escalations_slaclock TO wf_web USING (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org)))) WITH CHECK (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org))));

CREATE POLICY tenant ON public.escalations_slaclockevent TO wf_web USING (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org)))) WITH CHECK (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org))));

CREATE POLICY tenant ON public.escalations_slatimer TO wf_web USING (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org)))) WITH CHECK (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org))));

CREATE POLICY tenant ON public.escalations_spread TO wf_web USING (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org)))) WITH CHECK (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org))));

CREATE POLICY tenant ON public.escalations_spreadrow TO wf_web USING (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org)))) WITH CHECK (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org))));

CREATE POLICY tenant ON public.escalations_strike TO wf_web USING (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org)))) WITH CHECK (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org))));

CREATE POLICY tenant ON public.escalations_submission TO wf_web USING (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org)))) WITH CHECK (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org))));

CREATE POLICY tenant ON public.escalations_submissionbatch TO wf_web USING (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org)))) WITH CHECK (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org))));

CREATE POLICY tenant ON public.escalations_upload TO wf_web USING (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org)))) WITH CHECK (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org))));

CREATE POLICY tenant ON public.escalations_watch TO wf_web USING (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org)))) WITH CHECK (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org))));

CREATE POLICY tenant ON public.notifications_chatroute TO wf_web USING (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org)))) WITH CHECK (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org))));

CREATE POLICY tenant ON public.notifications_delivery TO wf_web USING (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org)))) WITH CHECK (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org))));

CREATE POLICY tenant ON public.notifications_deliveryitem TO wf_web USING (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org)))) WITH CHECK (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org))));

CREATE POLICY tenant ON public.notifications_dutymember TO wf_web USING (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org)))) WITH CHECK (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org))));

CREATE POLICY tenant ON public.notifications_mute TO wf_web USING (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org)))) WITH CHECK (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org))));

CREATE POLICY tenant ON public.notifications_notification TO wf_web USING (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org)))) WITH CHECK (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org))));

CREATE POLICY tenant ON public.notifications_phone TO wf_web USING (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org)))) WITH CHECK (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org))));

CREATE POLICY tenant ON public.notifications_preference TO wf_web USING (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org)))) WITH CHECK (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org))));

CREATE POLICY tenant ON public.notifications_pushdevice TO wf_web USING (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org)))) WITH CHECK (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org))));

CREATE POLICY tenant ON public.notifications_timing TO wf_web USING (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org)))) WITH CHECK (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org))));

CREATE POLICY tenant ON public.notifications_webhookattempt TO wf_web USING (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org)))) WITH CHECK (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org))));

CREATE POLICY tenant ON public.notifications_webhookendpoint TO wf_web USING (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org)))) WITH CHECK (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org))));

CREATE POLICY tenant ON public.notifications_webhooksecret TO wf_web USING (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org)))) WITH CHECK (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org))));

CREATE POLICY tenant ON public.reporting_annotation TO wf_web USING (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org)))) WITH CHECK (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org))));

CREATE POLICY tenant ON public.reporting_brief TO wf_web USING (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org)))) WITH CHECK (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org))));

CREATE POLICY tenant ON public.reporting_briefsubscription TO wf_web USING (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org)))) WITH CHECK (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org))));

CREATE POLICY tenant ON public.reporting_briefversion TO wf_web USING (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org)))) WITH CHECK (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org))));

CREATE POLICY tenant ON public.reporting_casefact TO wf_web USING (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org)))) WITH CHECK (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org))));

CREATE POLICY tenant ON public.reporting_clockfact TO wf_web USING (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org)))) WITH CHECK (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org))));

CREATE POLICY tenant ON public.reporting_closingfact TO wf_web USING (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org)))) WITH CHECK (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org))));

CREATE POLICY tenant ON public.reporting_coachingset TO wf_web USING (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org)))) WITH CHECK (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org))));

CREATE POLICY tenant ON public.reporting_commitment TO wf_web USING (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org)))) WITH CHECK (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org))));

CREATE POLICY tenant ON public.reporting_contracttarget TO wf_web USING (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org)))) WITH CHECK (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org))));

CREATE POLICY tenant ON public.reporting_decisionfact TO wf_web USING (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org)))) WITH CHECK (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org))));

CREATE POLICY tenant ON public.reporting_export TO wf_web USING (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org)))) WITH CHECK (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org))));

CREATE POLICY tenant ON public.reporting_mailing TO wf_web USING (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org)))) WITH CHECK (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org))));

CREATE POLICY tenant ON public.reporting_reportschedule TO wf_web USING (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org)))) WITH CHECK (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org))));

CREATE POLICY tenant ON public.reporting_reviewimport TO wf_web USING (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org)))) WITH CHECK (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org))));

CREATE POLICY tenant ON public.reporting_rollup TO wf_web USING (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org)))) WITH CHECK (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org))));

CREATE POLICY tenant ON public.reporting_savedreport TO wf_web USING (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org)))) WITH CHECK (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org))));

CREATE POLICY tenant ON public.reporting_schedulerecipient TO wf_web USING (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org)))) WITH CHECK (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org))));

CREATE POLICY tenant ON public.reporting_vendorreview TO wf_web USING (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org)))) WITH CHECK (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org))));

CREATE POLICY tenant ON public.reporting_vendorweek TO wf_web USING (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org)))) WITH CHECK (((( SELECT public.app_kind() AS app_kind) = 'internal'::text) OR (organization_id = ( SELECT public.app_org() AS app_org))));

GRANT USAGE ON SCHEMA explore TO wf_sql;

GRANT USAGE ON SCHEMA public TO wf_owner;
GRANT USAGE ON SCHEMA public TO wf_web;
GRANT USAGE ON SCHEMA public TO wf_engine;
GRANT USAGE ON SCHEMA public TO wf_audit;
GRANT USAGE ON SCHEMA public TO wf_report;
GRANT USAGE ON SCHEMA public TO wf_sql;

REVOKE ALL ON FUNCTION explore.scope() FROM PUBLIC;
GRANT ALL ON FUNCTION explore.scope() TO wf_sql;

REVOKE ALL ON FUNCTION public.app_entity_ids(platforms text[], kinds text[], keys text[], urls text[], labels text[], seen timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.app_entity_ids(platforms text[], kinds text[], keys text[], urls text[], labels text[], seen timestamp with time zone) TO wf_web;
GRANT ALL ON FUNCTION public.app_entity_ids(platforms text[], kinds text[], keys text[], urls text[], labels text[], seen timestamp with time zone) TO wf_engine;

REVOKE ALL ON FUNCTION public.app_own_cases_about(organization bigint, keys text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION public.app_own_cases_about(organization bigint, keys text[]) TO wf_web;
GRANT ALL ON FUNCTION public.app_own_cases_about(organization bigint, keys text[]) TO wf_engine;

REVOKE ALL ON FUNCTION public.case_ids_with_text(wanted text, with_notes boolean, only_open boolean, most integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.case_ids_with_text(wanted text, with_notes boolean, only_open boolean, most integer) TO wf_web;
GRANT ALL ON FUNCTION public.case_ids_with_text(wanted text, with_notes boolean, only_open boolean, most integer) TO wf_engine;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.accounts_organization TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.accounts_organization TO wf_engine;
GRANT SELECT ON TABLE public.accounts_organization TO wf_audit;
GRANT SELECT ON TABLE public.accounts_organization TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.escalations_appeal TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.escalations_appeal TO wf_engine;
GRANT SELECT ON TABLE public.escalations_appeal TO wf_audit;
GRANT SELECT ON TABLE public.escalations_appeal TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.escalations_case TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.escalations_case TO wf_engine;
GRANT SELECT ON TABLE public.escalations_case TO wf_audit;
GRANT SELECT ON TABLE public.escalations_case TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.escalations_decision TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.escalations_decision TO wf_engine;
GRANT SELECT ON TABLE public.escalations_decision TO wf_audit;
GRANT SELECT ON TABLE public.escalations_decision TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.escalations_queue TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.escalations_queue TO wf_engine;
GRANT SELECT ON TABLE public.escalations_queue TO wf_audit;
GRANT SELECT ON TABLE public.escalations_queue TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.policies_policy TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.policies_policy TO wf_engine;
GRANT SELECT ON TABLE public.policies_policy TO wf_audit;
GRANT SELECT ON TABLE public.policies_policy TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.policies_policyversion TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.policies_policyversion TO wf_engine;
GRANT SELECT ON TABLE public.policies_policyversion TO wf_audit;
GRANT SELECT ON TABLE public.policies_policyversion TO wf_report;

GRANT SELECT ON TABLE explore.v_appeal TO wf_sql;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.accounts_team TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.accounts_team TO wf_engine;
GRANT SELECT ON TABLE public.accounts_team TO wf_audit;
GRANT SELECT ON TABLE public.accounts_team TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.escalations_slaclock TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.escalations_slaclock TO wf_engine;
GRANT SELECT ON TABLE public.escalations_slaclock TO wf_audit;
GRANT SELECT ON TABLE public.escalations_slaclock TO wf_report;

GRANT SELECT ON TABLE explore.v_case TO wf_sql;

GRANT SELECT ON TABLE explore.v_clock TO wf_sql;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.escalations_approval TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.escalations_approval TO wf_engine;
GRANT SELECT ON TABLE public.escalations_approval TO wf_audit;
GRANT SELECT ON TABLE public.escalations_approval TO wf_report;

GRANT SELECT ON TABLE explore.v_decision TO wf_sql;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.escalations_submission TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.escalations_submission TO wf_engine;
GRANT SELECT ON TABLE public.escalations_submission TO wf_audit;
GRANT SELECT ON TABLE public.escalations_submission TO wf_report;

GRANT SELECT ON TABLE explore.v_vendor_submission TO wf_sql;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.account_emailaddress TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.account_emailaddress TO wf_engine;
GRANT SELECT ON TABLE public.account_emailaddress TO wf_audit;
GRANT SELECT ON TABLE public.account_emailaddress TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.account_emailaddress_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.account_emailaddress_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.account_emailaddress_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.account_emailaddress_id_seq TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.account_emailconfirmation TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.account_emailconfirmation TO wf_engine;
GRANT SELECT ON TABLE public.account_emailconfirmation TO wf_audit;
GRANT SELECT ON TABLE public.account_emailconfirmation TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.account_emailconfirmation_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.account_emailconfirmation_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.account_emailconfirmation_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.account_emailconfirmation_id_seq TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.accounts_clearance TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.accounts_clearance TO wf_engine;
GRANT SELECT ON TABLE public.accounts_clearance TO wf_audit;
GRANT SELECT ON TABLE public.accounts_clearance TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.accounts_clearance_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.accounts_clearance_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.accounts_clearance_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.accounts_clearance_id_seq TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.accounts_idempotencyrecord TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.accounts_idempotencyrecord TO wf_engine;
GRANT SELECT ON TABLE public.accounts_idempotencyrecord TO wf_audit;
GRANT SELECT ON TABLE public.accounts_idempotencyrecord TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.accounts_idempotencyrecord_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.accounts_idempotencyrecord_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.accounts_idempotencyrecord_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.accounts_idempotencyrecord_id_seq TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.accounts_membership TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.accounts_membership TO wf_engine;
GRANT SELECT ON TABLE public.accounts_membership TO wf_audit;
GRANT SELECT ON TABLE public.accounts_membership TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.accounts_membership_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.accounts_membership_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.accounts_membership_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.accounts_membership_id_seq TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.accounts_organization_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.accounts_organization_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.accounts_organization_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.accounts_organization_id_seq TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.accounts_ratewindow TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.accounts_ratewindow TO wf_engine;
GRANT SELECT ON TABLE public.accounts_ratewindow TO wf_audit;
GRANT SELECT ON TABLE public.accounts_ratewindow TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.accounts_ratewindow_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.accounts_ratewindow_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.accounts_ratewindow_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.accounts_ratewindow_id_seq TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.accounts_rolegrant TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.accounts_rolegrant TO wf_engine;
GRANT SELECT ON TABLE public.accounts_rolegrant TO wf_audit;
GRANT SELECT ON TABLE public.accounts_rolegrant TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.accounts_rolegrant_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.accounts_rolegrant_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.accounts_rolegrant_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.accounts_rolegrant_id_seq TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.accounts_servicekey TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.accounts_servicekey TO wf_engine;
GRANT SELECT ON TABLE public.accounts_servicekey TO wf_audit;
GRANT SELECT ON TABLE public.accounts_servicekey TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.accounts_servicekey_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.accounts_servicekey_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.accounts_servicekey_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.accounts_servicekey_id_seq TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.accounts_skill TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.accounts_skill TO wf_engine;
GRANT SELECT ON TABLE public.accounts_skill TO wf_audit;
GRANT SELECT ON TABLE public.accounts_skill TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.accounts_skill_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.accounts_skill_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.accounts_skill_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.accounts_skill_id_seq TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.accounts_team_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.accounts_team_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.accounts_team_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.accounts_team_id_seq TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.accounts_user TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.accounts_user TO wf_engine;
GRANT SELECT ON TABLE public.accounts_user TO wf_audit;
GRANT SELECT ON TABLE public.accounts_user TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.accounts_user_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.accounts_user_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.accounts_user_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.accounts_user_id_seq TO wf_report;

GRANT SELECT,INSERT ON TABLE public.audit_accessrecord TO wf_web;
GRANT SELECT,INSERT ON TABLE public.audit_accessrecord TO wf_engine;
GRANT SELECT ON TABLE public.audit_accessrecord TO wf_audit;
GRANT SELECT ON TABLE public.audit_accessrecord TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.audit_accessrecord_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.audit_accessrecord_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.audit_accessrecord_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.audit_accessrecord_id_seq TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.audit_canaryrun TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.audit_canaryrun TO wf_engine;
GRANT SELECT ON TABLE public.audit_canaryrun TO wf_audit;
GRANT SELECT ON TABLE public.audit_canaryrun TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.audit_canaryrun_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.audit_canaryrun_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.audit_canaryrun_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.audit_canaryrun_id_seq TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.audit_clockguard TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.audit_clockguard TO wf_engine;
GRANT SELECT ON TABLE public.audit_clockguard TO wf_audit;
GRANT SELECT ON TABLE public.audit_clockguard TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.audit_clockguard_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.audit_clockguard_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.audit_clockguard_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.audit_clockguard_id_seq TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.audit_enginebeat TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.audit_enginebeat TO wf_engine;
GRANT SELECT,INSERT,UPDATE ON TABLE public.audit_enginebeat TO wf_audit;
GRANT SELECT ON TABLE public.audit_enginebeat TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.audit_enginebeat_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.audit_enginebeat_id_seq TO wf_engine;
GRANT SELECT,USAGE ON SEQUENCE public.audit_enginebeat_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.audit_enginebeat_id_seq TO wf_report;

GRANT SELECT,INSERT ON TABLE public.audit_event TO wf_web;
GRANT SELECT,INSERT ON TABLE public.audit_event TO wf_engine;
GRANT SELECT ON TABLE public.audit_event TO wf_audit;
GRANT SELECT ON TABLE public.audit_event TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.audit_event_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.audit_event_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.audit_event_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.audit_event_id_seq TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.audit_incident TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.audit_incident TO wf_engine;
GRANT SELECT,INSERT,UPDATE ON TABLE public.audit_incident TO wf_audit;
GRANT SELECT ON TABLE public.audit_incident TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.audit_incident_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.audit_incident_id_seq TO wf_engine;
GRANT SELECT,USAGE ON SEQUENCE public.audit_incident_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.audit_incident_id_seq TO wf_report;

GRANT SELECT ON TABLE public.audit_logblock TO wf_web;
GRANT SELECT,INSERT ON TABLE public.audit_logblock TO wf_engine;
GRANT SELECT ON TABLE public.audit_logblock TO wf_audit;
GRANT SELECT ON TABLE public.audit_logblock TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.audit_logblock_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.audit_logblock_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.audit_logblock_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.audit_logblock_id_seq TO wf_report;

GRANT SELECT ON TABLE public.audit_logcopy TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.audit_logcopy TO wf_engine;
GRANT SELECT ON TABLE public.audit_logcopy TO wf_audit;
GRANT SELECT ON TABLE public.audit_logcopy TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.audit_logcopy_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.audit_logcopy_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.audit_logcopy_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.audit_logcopy_id_seq TO wf_report;

GRANT SELECT ON TABLE public.audit_loghead TO wf_web;
GRANT SELECT,INSERT ON TABLE public.audit_loghead TO wf_engine;
GRANT SELECT ON TABLE public.audit_loghead TO wf_audit;
GRANT SELECT ON TABLE public.audit_loghead TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.audit_loghead_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.audit_loghead_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.audit_loghead_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.audit_loghead_id_seq TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.audit_maintenance TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.audit_maintenance TO wf_engine;
GRANT SELECT ON TABLE public.audit_maintenance TO wf_audit;
GRANT SELECT ON TABLE public.audit_maintenance TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.audit_maintenance_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.audit_maintenance_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.audit_maintenance_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.audit_maintenance_id_seq TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.audit_outboxmessage TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.audit_outboxmessage TO wf_engine;
GRANT SELECT ON TABLE public.audit_outboxmessage TO wf_audit;
GRANT SELECT ON TABLE public.audit_outboxmessage TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.audit_outboxmessage_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.audit_outboxmessage_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.audit_outboxmessage_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.audit_outboxmessage_id_seq TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.audit_schedule TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.audit_schedule TO wf_engine;
GRANT SELECT ON TABLE public.audit_schedule TO wf_audit;
GRANT SELECT ON TABLE public.audit_schedule TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.audit_schedule_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.audit_schedule_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.audit_schedule_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.audit_schedule_id_seq TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.audit_schedulerun TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.audit_schedulerun TO wf_engine;
GRANT SELECT ON TABLE public.audit_schedulerun TO wf_audit;
GRANT SELECT ON TABLE public.audit_schedulerun TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.audit_schedulerun_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.audit_schedulerun_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.audit_schedulerun_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.audit_schedulerun_id_seq TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.auth_group TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.auth_group TO wf_engine;
GRANT SELECT ON TABLE public.auth_group TO wf_audit;
GRANT SELECT ON TABLE public.auth_group TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.auth_group_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.auth_group_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.auth_group_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.auth_group_id_seq TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.auth_group_permissions TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.auth_group_permissions TO wf_engine;
GRANT SELECT ON TABLE public.auth_group_permissions TO wf_audit;
GRANT SELECT ON TABLE public.auth_group_permissions TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.auth_group_permissions_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.auth_group_permissions_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.auth_group_permissions_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.auth_group_permissions_id_seq TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.auth_permission TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.auth_permission TO wf_engine;
GRANT SELECT ON TABLE public.auth_permission TO wf_audit;
GRANT SELECT ON TABLE public.auth_permission TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.auth_permission_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.auth_permission_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.auth_permission_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.auth_permission_id_seq TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.axes_accessattempt TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.axes_accessattempt TO wf_engine;
GRANT SELECT ON TABLE public.axes_accessattempt TO wf_audit;
GRANT SELECT ON TABLE public.axes_accessattempt TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.axes_accessattempt_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.axes_accessattempt_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.axes_accessattempt_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.axes_accessattempt_id_seq TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.axes_accessattemptexpiration TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.axes_accessattemptexpiration TO wf_engine;
GRANT SELECT ON TABLE public.axes_accessattemptexpiration TO wf_audit;
GRANT SELECT ON TABLE public.axes_accessattemptexpiration TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.axes_accessfailurelog TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.axes_accessfailurelog TO wf_engine;
GRANT SELECT ON TABLE public.axes_accessfailurelog TO wf_audit;
GRANT SELECT ON TABLE public.axes_accessfailurelog TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.axes_accessfailurelog_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.axes_accessfailurelog_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.axes_accessfailurelog_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.axes_accessfailurelog_id_seq TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.axes_accesslog TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.axes_accesslog TO wf_engine;
GRANT SELECT ON TABLE public.axes_accesslog TO wf_audit;
GRANT SELECT ON TABLE public.axes_accesslog TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.axes_accesslog_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.axes_accesslog_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.axes_accesslog_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.axes_accesslog_id_seq TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.cache_entry TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.cache_entry TO wf_engine;
GRANT SELECT ON TABLE public.cache_entry TO wf_audit;
GRANT SELECT ON TABLE public.cache_entry TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.django_content_type TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.django_content_type TO wf_engine;
GRANT SELECT ON TABLE public.django_content_type TO wf_audit;
GRANT SELECT ON TABLE public.django_content_type TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.django_content_type_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.django_content_type_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.django_content_type_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.django_content_type_id_seq TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.django_migrations TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.django_migrations TO wf_engine;
GRANT SELECT ON TABLE public.django_migrations TO wf_audit;
GRANT SELECT ON TABLE public.django_migrations TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.django_migrations_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.django_migrations_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.django_migrations_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.django_migrations_id_seq TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.django_session TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.django_session TO wf_engine;
GRANT SELECT ON TABLE public.django_session TO wf_audit;
GRANT SELECT ON TABLE public.django_session TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.escalations_appeal_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.escalations_appeal_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.escalations_appeal_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.escalations_appeal_id_seq TO wf_report;

GRANT SELECT,INSERT ON TABLE public.escalations_appealmessage TO wf_web;
GRANT SELECT,INSERT ON TABLE public.escalations_appealmessage TO wf_engine;
GRANT SELECT ON TABLE public.escalations_appealmessage TO wf_audit;
GRANT SELECT ON TABLE public.escalations_appealmessage TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.escalations_appealmessage_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.escalations_appealmessage_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.escalations_appealmessage_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.escalations_appealmessage_id_seq TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.escalations_approval_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.escalations_approval_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.escalations_approval_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.escalations_approval_id_seq TO wf_report;

GRANT SELECT,INSERT ON TABLE public.escalations_approvalrule TO wf_web;
GRANT SELECT,INSERT ON TABLE public.escalations_approvalrule TO wf_engine;
GRANT SELECT ON TABLE public.escalations_approvalrule TO wf_audit;
GRANT SELECT ON TABLE public.escalations_approvalrule TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.escalations_approvalrule_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.escalations_approvalrule_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.escalations_approvalrule_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.escalations_approvalrule_id_seq TO wf_report;

GRANT SELECT,INSERT ON TABLE public.escalations_approvalrulesversion TO wf_web;
GRANT SELECT,INSERT ON TABLE public.escalations_approvalrulesversion TO wf_engine;
GRANT SELECT ON TABLE public.escalations_approvalrulesversion TO wf_audit;
GRANT SELECT ON TABLE public.escalations_approvalrulesversion TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.escalations_approvalrulesversion_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.escalations_approvalrulesversion_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.escalations_approvalrulesversion_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.escalations_approvalrulesversion_id_seq TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.escalations_askversion TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.escalations_askversion TO wf_engine;
GRANT SELECT ON TABLE public.escalations_askversion TO wf_audit;
GRANT SELECT ON TABLE public.escalations_askversion TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.escalations_askversion_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.escalations_askversion_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.escalations_askversion_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.escalations_askversion_id_seq TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.escalations_batchrow TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.escalations_batchrow TO wf_engine;
GRANT SELECT ON TABLE public.escalations_batchrow TO wf_audit;
GRANT SELECT ON TABLE public.escalations_batchrow TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.escalations_batchrow_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.escalations_batchrow_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.escalations_batchrow_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.escalations_batchrow_id_seq TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.escalations_blob TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.escalations_blob TO wf_engine;
GRANT SELECT ON TABLE public.escalations_blob TO wf_audit;
GRANT SELECT ON TABLE public.escalations_blob TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.escalations_blob_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.escalations_blob_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.escalations_blob_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.escalations_blob_id_seq TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.escalations_bulkact TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.escalations_bulkact TO wf_engine;
GRANT SELECT ON TABLE public.escalations_bulkact TO wf_audit;
GRANT SELECT ON TABLE public.escalations_bulkact TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.escalations_bulkact_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.escalations_bulkact_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.escalations_bulkact_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.escalations_bulkact_id_seq TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.escalations_bulkrow TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.escalations_bulkrow TO wf_engine;
GRANT SELECT ON TABLE public.escalations_bulkrow TO wf_audit;
GRANT SELECT ON TABLE public.escalations_bulkrow TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.escalations_bulkrow_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.escalations_bulkrow_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.escalations_bulkrow_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.escalations_bulkrow_id_seq TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.escalations_case_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.escalations_case_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.escalations_case_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.escalations_case_id_seq TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.escalations_caseentity TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.escalations_caseentity TO wf_engine;
GRANT SELECT ON TABLE public.escalations_caseentity TO wf_audit;
GRANT SELECT ON TABLE public.escalations_caseentity TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.escalations_caseentity_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.escalations_caseentity_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.escalations_caseentity_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.escalations_caseentity_id_seq TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.escalations_casehold TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.escalations_casehold TO wf_engine;
GRANT SELECT ON TABLE public.escalations_casehold TO wf_audit;
GRANT SELECT ON TABLE public.escalations_casehold TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.escalations_casehold_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.escalations_casehold_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.escalations_casehold_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.escalations_casehold_id_seq TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.escalations_casetag TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.escalations_casetag TO wf_engine;
GRANT SELECT ON TABLE public.escalations_casetag TO wf_audit;
GRANT SELECT ON TABLE public.escalations_casetag TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.escalations_casetag_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.escalations_casetag_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.escalations_casetag_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.escalations_casetag_id_seq TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.escalations_clustermove TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.escalations_clustermove TO wf_engine;
GRANT SELECT ON TABLE public.escalations_clustermove TO wf_audit;
GRANT SELECT ON TABLE public.escalations_clustermove TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.escalations_clustermove_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.escalations_clustermove_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.escalations_clustermove_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.escalations_clustermove_id_seq TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.escalations_comment TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.escalations_comment TO wf_engine;
GRANT SELECT ON TABLE public.escalations_comment TO wf_audit;
GRANT SELECT ON TABLE public.escalations_comment TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.escalations_comment_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.escalations_comment_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.escalations_comment_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.escalations_comment_id_seq TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.escalations_contestedclause TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.escalations_contestedclause TO wf_engine;
GRANT SELECT ON TABLE public.escalations_contestedclause TO wf_audit;
GRANT SELECT ON TABLE public.escalations_contestedclause TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.escalations_contestedclause_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.escalations_contestedclause_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.escalations_contestedclause_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.escalations_contestedclause_id_seq TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.escalations_decision_cites TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.escalations_decision_cites TO wf_engine;
GRANT SELECT ON TABLE public.escalations_decision_cites TO wf_audit;
GRANT SELECT ON TABLE public.escalations_decision_cites TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.escalations_decision_cites_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.escalations_decision_cites_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.escalations_decision_cites_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.escalations_decision_cites_id_seq TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.escalations_decision_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.escalations_decision_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.escalations_decision_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.escalations_decision_id_seq TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.escalations_decision_secondary_clauses TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.escalations_decision_secondary_clauses TO wf_engine;
GRANT SELECT ON TABLE public.escalations_decision_secondary_clauses TO wf_audit;
GRANT SELECT ON TABLE public.escalations_decision_secondary_clauses TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.escalations_decision_secondary_clauses_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.escalations_decision_secondary_clauses_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.escalations_decision_secondary_clauses_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.escalations_decision_secondary_clauses_id_seq TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.escalations_dispute TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.escalations_dispute TO wf_engine;
GRANT SELECT ON TABLE public.escalations_dispute TO wf_audit;
GRANT SELECT ON TABLE public.escalations_dispute TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.escalations_dispute_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.escalations_dispute_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.escalations_dispute_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.escalations_dispute_id_seq TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.escalations_draft TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.escalations_draft TO wf_engine;
GRANT SELECT ON TABLE public.escalations_draft TO wf_audit;
GRANT SELECT ON TABLE public.escalations_draft TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.escalations_draft_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.escalations_draft_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.escalations_draft_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.escalations_draft_id_seq TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.escalations_enforcementaction TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.escalations_enforcementaction TO wf_engine;
GRANT SELECT ON TABLE public.escalations_enforcementaction TO wf_audit;
GRANT SELECT ON TABLE public.escalations_enforcementaction TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.escalations_enforcementaction_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.escalations_enforcementaction_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.escalations_enforcementaction_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.escalations_enforcementaction_id_seq TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.escalations_entity TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.escalations_entity TO wf_engine;
GRANT SELECT ON TABLE public.escalations_entity TO wf_audit;
GRANT SELECT ON TABLE public.escalations_entity TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.escalations_entity_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.escalations_entity_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.escalations_entity_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.escalations_entity_id_seq TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.escalations_evidence TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.escalations_evidence TO wf_engine;
GRANT SELECT ON TABLE public.escalations_evidence TO wf_audit;
GRANT SELECT ON TABLE public.escalations_evidence TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.escalations_evidence_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.escalations_evidence_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.escalations_evidence_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.escalations_evidence_id_seq TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.escalations_handletime TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.escalations_handletime TO wf_engine;
GRANT SELECT ON TABLE public.escalations_handletime TO wf_audit;
GRANT SELECT ON TABLE public.escalations_handletime TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.escalations_handletime_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.escalations_handletime_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.escalations_handletime_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.escalations_handletime_id_seq TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.escalations_inboundmail TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.escalations_inboundmail TO wf_engine;
GRANT SELECT ON TABLE public.escalations_inboundmail TO wf_audit;
GRANT SELECT ON TABLE public.escalations_inboundmail TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.escalations_inboundmail_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.escalations_inboundmail_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.escalations_inboundmail_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.escalations_inboundmail_id_seq TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.escalations_leadingcase TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.escalations_leadingcase TO wf_engine;
GRANT SELECT ON TABLE public.escalations_leadingcase TO wf_audit;
GRANT SELECT ON TABLE public.escalations_leadingcase TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.escalations_leadingcase_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.escalations_leadingcase_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.escalations_leadingcase_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.escalations_leadingcase_id_seq TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.escalations_link TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.escalations_link TO wf_engine;
GRANT SELECT ON TABLE public.escalations_link TO wf_audit;
GRANT SELECT ON TABLE public.escalations_link TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.escalations_link_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.escalations_link_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.escalations_link_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.escalations_link_id_seq TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.escalations_mention TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.escalations_mention TO wf_engine;
GRANT SELECT ON TABLE public.escalations_mention TO wf_audit;
GRANT SELECT ON TABLE public.escalations_mention TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.escalations_mention_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.escalations_mention_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.escalations_mention_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.escalations_mention_id_seq TO wf_report;

GRANT SELECT,INSERT ON TABLE public.escalations_notice TO wf_web;
GRANT SELECT,INSERT ON TABLE public.escalations_notice TO wf_engine;
GRANT SELECT ON TABLE public.escalations_notice TO wf_audit;
GRANT SELECT ON TABLE public.escalations_notice TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.escalations_notice_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.escalations_notice_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.escalations_notice_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.escalations_notice_id_seq TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.escalations_noticedelivery TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.escalations_noticedelivery TO wf_engine;
GRANT SELECT ON TABLE public.escalations_noticedelivery TO wf_audit;
GRANT SELECT ON TABLE public.escalations_noticedelivery TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.escalations_noticedelivery_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.escalations_noticedelivery_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.escalations_noticedelivery_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.escalations_noticedelivery_id_seq TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.escalations_queue_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.escalations_queue_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.escalations_queue_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.escalations_queue_id_seq TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.escalations_replytemplate TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.escalations_replytemplate TO wf_engine;
GRANT SELECT ON TABLE public.escalations_replytemplate TO wf_audit;
GRANT SELECT ON TABLE public.escalations_replytemplate TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.escalations_replytemplate_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.escalations_replytemplate_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.escalations_replytemplate_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.escalations_replytemplate_id_seq TO wf_report;

GRANT SELECT,INSERT ON TABLE public.escalations_replytemplateversion TO wf_web;
GRANT SELECT,INSERT ON TABLE public.escalations_replytemplateversion TO wf_engine;
GRANT SELECT ON TABLE public.escalations_replytemplateversion TO wf_audit;
GRANT SELECT ON TABLE public.escalations_replytemplateversion TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.escalations_replytemplateversion_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.escalations_replytemplateversion_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.escalations_replytemplateversion_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.escalations_replytemplateversion_id_seq TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.escalations_routingrule TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.escalations_routingrule TO wf_engine;
GRANT SELECT ON TABLE public.escalations_routingrule TO wf_audit;
GRANT SELECT ON TABLE public.escalations_routingrule TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.escalations_routingrule_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.escalations_routingrule_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.escalations_routingrule_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.escalations_routingrule_id_seq TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.escalations_routingversion TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.escalations_routingversion TO wf_engine;
GRANT SELECT ON TABLE public.escalations_routingversion TO wf_audit;
GRANT SELECT ON TABLE public.escalations_routingversion TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.escalations_routingversion_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.escalations_routingversion_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.escalations_routingversion_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.escalations_routingversion_id_seq TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.escalations_savedview TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.escalations_savedview TO wf_engine;
GRANT SELECT ON TABLE public.escalations_savedview TO wf_audit;
GRANT SELECT ON TABLE public.escalations_savedview TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.escalations_savedview_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.escalations_savedview_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.escalations_savedview_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.escalations_savedview_id_seq TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.escalations_secondlook TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.escalations_secondlook TO wf_engine;
GRANT SELECT ON TABLE public.escalations_secondlook TO wf_audit;
GRANT SELECT ON TABLE public.escalations_secondlook TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.escalations_secondlook_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.escalations_secondlook_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.escalations_secondlook_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.escalations_secondlook_id_seq TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.escalations_simulator TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.escalations_simulator TO wf_engine;
GRANT SELECT ON TABLE public.escalations_simulator TO wf_audit;
GRANT SELECT ON TABLE public.escalations_simulator TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.escalations_simulator_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.escalations_simulator_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.escalations_simulator_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.escalations_simulator_id_seq TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.escalations_slaclock_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.escalations_slaclock_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.escalations_slaclock_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.escalations_slaclock_id_seq TO wf_report;

GRANT SELECT,INSERT ON TABLE public.escalations_slaclockevent TO wf_web;
GRANT SELECT,INSERT ON TABLE public.escalations_slaclockevent TO wf_engine;
GRANT SELECT ON TABLE public.escalations_slaclockevent TO wf_audit;
GRANT SELECT ON TABLE public.escalations_slaclockevent TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.escalations_slaclockevent_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.escalations_slaclockevent_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.escalations_slaclockevent_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.escalations_slaclockevent_id_seq TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.escalations_slajob TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.escalations_slajob TO wf_engine;
GRANT SELECT ON TABLE public.escalations_slajob TO wf_audit;
GRANT SELECT ON TABLE public.escalations_slajob TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.escalations_slajob_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.escalations_slajob_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.escalations_slajob_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.escalations_slajob_id_seq TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.escalations_slaplan TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.escalations_slaplan TO wf_engine;
GRANT SELECT ON TABLE public.escalations_slaplan TO wf_audit;
GRANT SELECT ON TABLE public.escalations_slaplan TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.escalations_slaplan_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.escalations_slaplan_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.escalations_slaplan_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.escalations_slaplan_id_seq TO wf_report;

GRANT SELECT,INSERT ON TABLE public.escalations_slaplanversion TO wf_web;
GRANT SELECT,INSERT ON TABLE public.escalations_slaplanversion TO wf_engine;
GRANT SELECT ON TABLE public.escalations_slaplanversion TO wf_audit;
GRANT SELECT ON TABLE public.escalations_slaplanversion TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.escalations_slaplanversion_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.escalations_slaplanversion_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.escalations_slaplanversion_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.escalations_slaplanversion_id_seq TO wf_report;

GRANT SELECT,INSERT ON TABLE public.escalations_slatarget TO wf_web;
GRANT SELECT,INSERT ON TABLE public.escalations_slatarget TO wf_engine;
GRANT SELECT ON TABLE public.escalations_slatarget TO wf_audit;
GRANT SELECT ON TABLE public.escalations_slatarget TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.escalations_slatarget_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.escalations_slatarget_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.escalations_slatarget_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.escalations_slatarget_id_seq TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.escalations_slatimer TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.escalations_slatimer TO wf_engine;
GRANT SELECT ON TABLE public.escalations_slatimer TO wf_audit;
GRANT SELECT ON TABLE public.escalations_slatimer TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.escalations_slatimer_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.escalations_slatimer_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.escalations_slatimer_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.escalations_slatimer_id_seq TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.escalations_spread TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.escalations_spread TO wf_engine;
GRANT SELECT ON TABLE public.escalations_spread TO wf_audit;
GRANT SELECT ON TABLE public.escalations_spread TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.escalations_spread_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.escalations_spread_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.escalations_spread_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.escalations_spread_id_seq TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.escalations_spreadrow TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.escalations_spreadrow TO wf_engine;
GRANT SELECT ON TABLE public.escalations_spreadrow TO wf_audit;
GRANT SELECT ON TABLE public.escalations_spreadrow TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.escalations_spreadrow_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.escalations_spreadrow_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.escalations_spreadrow_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.escalations_spreadrow_id_seq TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.escalations_strike TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.escalations_strike TO wf_engine;
GRANT SELECT ON TABLE public.escalations_strike TO wf_audit;
GRANT SELECT ON TABLE public.escalations_strike TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.escalations_strike_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.escalations_strike_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.escalations_strike_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.escalations_strike_id_seq TO wf_report;

GRANT SELECT,INSERT ON TABLE public.escalations_strikeladder TO wf_web;
GRANT SELECT,INSERT ON TABLE public.escalations_strikeladder TO wf_engine;
GRANT SELECT ON TABLE public.escalations_strikeladder TO wf_audit;
GRANT SELECT ON TABLE public.escalations_strikeladder TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.escalations_strikeladder_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.escalations_strikeladder_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.escalations_strikeladder_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.escalations_strikeladder_id_seq TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.escalations_submission_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.escalations_submission_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.escalations_submission_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.escalations_submission_id_seq TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.escalations_submissionbatch TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.escalations_submissionbatch TO wf_engine;
GRANT SELECT ON TABLE public.escalations_submissionbatch TO wf_audit;
GRANT SELECT ON TABLE public.escalations_submissionbatch TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.escalations_submissionbatch_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.escalations_submissionbatch_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.escalations_submissionbatch_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.escalations_submissionbatch_id_seq TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.escalations_tag TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.escalations_tag TO wf_engine;
GRANT SELECT ON TABLE public.escalations_tag TO wf_audit;
GRANT SELECT ON TABLE public.escalations_tag TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.escalations_tag_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.escalations_tag_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.escalations_tag_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.escalations_tag_id_seq TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.escalations_undoentry TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.escalations_undoentry TO wf_engine;
GRANT SELECT ON TABLE public.escalations_undoentry TO wf_audit;
GRANT SELECT ON TABLE public.escalations_undoentry TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.escalations_undoentry_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.escalations_undoentry_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.escalations_undoentry_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.escalations_undoentry_id_seq TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.escalations_upload TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.escalations_upload TO wf_engine;
GRANT SELECT ON TABLE public.escalations_upload TO wf_audit;
GRANT SELECT ON TABLE public.escalations_upload TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.escalations_upload_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.escalations_upload_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.escalations_upload_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.escalations_upload_id_seq TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.escalations_viewalert TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.escalations_viewalert TO wf_engine;
GRANT SELECT ON TABLE public.escalations_viewalert TO wf_audit;
GRANT SELECT ON TABLE public.escalations_viewalert TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.escalations_viewalert_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.escalations_viewalert_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.escalations_viewalert_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.escalations_viewalert_id_seq TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.escalations_watch TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.escalations_watch TO wf_engine;
GRANT SELECT ON TABLE public.escalations_watch TO wf_audit;
GRANT SELECT ON TABLE public.escalations_watch TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.escalations_watch_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.escalations_watch_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.escalations_watch_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.escalations_watch_id_seq TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.mfa_authenticator TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.mfa_authenticator TO wf_engine;
GRANT SELECT ON TABLE public.mfa_authenticator TO wf_audit;
GRANT SELECT ON TABLE public.mfa_authenticator TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.mfa_authenticator_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.mfa_authenticator_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.mfa_authenticator_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.mfa_authenticator_id_seq TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.notifications_chatroute TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.notifications_chatroute TO wf_engine;
GRANT SELECT ON TABLE public.notifications_chatroute TO wf_audit;
GRANT SELECT ON TABLE public.notifications_chatroute TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.notifications_chatroute_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.notifications_chatroute_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.notifications_chatroute_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.notifications_chatroute_id_seq TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.notifications_delivery TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.notifications_delivery TO wf_engine;
GRANT SELECT ON TABLE public.notifications_delivery TO wf_audit;
GRANT SELECT ON TABLE public.notifications_delivery TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.notifications_delivery_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.notifications_delivery_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.notifications_delivery_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.notifications_delivery_id_seq TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.notifications_deliveryitem TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.notifications_deliveryitem TO wf_engine;
GRANT SELECT ON TABLE public.notifications_deliveryitem TO wf_audit;
GRANT SELECT ON TABLE public.notifications_deliveryitem TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.notifications_deliveryitem_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.notifications_deliveryitem_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.notifications_deliveryitem_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.notifications_deliveryitem_id_seq TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.notifications_dutymember TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.notifications_dutymember TO wf_engine;
GRANT SELECT ON TABLE public.notifications_dutymember TO wf_audit;
GRANT SELECT ON TABLE public.notifications_dutymember TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.notifications_dutymember_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.notifications_dutymember_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.notifications_dutymember_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.notifications_dutymember_id_seq TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.notifications_mute TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.notifications_mute TO wf_engine;
GRANT SELECT ON TABLE public.notifications_mute TO wf_audit;
GRANT SELECT ON TABLE public.notifications_mute TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.notifications_mute_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.notifications_mute_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.notifications_mute_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.notifications_mute_id_seq TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.notifications_notification TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.notifications_notification TO wf_engine;
GRANT SELECT ON TABLE public.notifications_notification TO wf_audit;
GRANT SELECT ON TABLE public.notifications_notification TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.notifications_notification_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.notifications_notification_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.notifications_notification_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.notifications_notification_id_seq TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.notifications_phone TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.notifications_phone TO wf_engine;
GRANT SELECT ON TABLE public.notifications_phone TO wf_audit;
GRANT SELECT ON TABLE public.notifications_phone TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.notifications_phone_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.notifications_phone_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.notifications_phone_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.notifications_phone_id_seq TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.notifications_preference TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.notifications_preference TO wf_engine;
GRANT SELECT ON TABLE public.notifications_preference TO wf_audit;
GRANT SELECT ON TABLE public.notifications_preference TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.notifications_preference_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.notifications_preference_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.notifications_preference_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.notifications_preference_id_seq TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.notifications_pushdevice TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.notifications_pushdevice TO wf_engine;
GRANT SELECT ON TABLE public.notifications_pushdevice TO wf_audit;
GRANT SELECT ON TABLE public.notifications_pushdevice TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.notifications_pushdevice_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.notifications_pushdevice_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.notifications_pushdevice_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.notifications_pushdevice_id_seq TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.notifications_servicenotice TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.notifications_servicenotice TO wf_engine;
GRANT SELECT ON TABLE public.notifications_servicenotice TO wf_audit;
GRANT SELECT ON TABLE public.notifications_servicenotice TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.notifications_servicenotice_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.notifications_servicenotice_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.notifications_servicenotice_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.notifications_servicenotice_id_seq TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.notifications_timing TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.notifications_timing TO wf_engine;
GRANT SELECT ON TABLE public.notifications_timing TO wf_audit;
GRANT SELECT ON TABLE public.notifications_timing TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.notifications_timing_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.notifications_timing_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.notifications_timing_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.notifications_timing_id_seq TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.notifications_webhookattempt TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.notifications_webhookattempt TO wf_engine;
GRANT SELECT ON TABLE public.notifications_webhookattempt TO wf_audit;
GRANT SELECT ON TABLE public.notifications_webhookattempt TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.notifications_webhookattempt_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.notifications_webhookattempt_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.notifications_webhookattempt_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.notifications_webhookattempt_id_seq TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.notifications_webhookendpoint TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.notifications_webhookendpoint TO wf_engine;
GRANT SELECT ON TABLE public.notifications_webhookendpoint TO wf_audit;
GRANT SELECT ON TABLE public.notifications_webhookendpoint TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.notifications_webhookendpoint_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.notifications_webhookendpoint_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.notifications_webhookendpoint_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.notifications_webhookendpoint_id_seq TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.notifications_webhooksecret TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.notifications_webhooksecret TO wf_engine;
GRANT SELECT ON TABLE public.notifications_webhooksecret TO wf_audit;
GRANT SELECT ON TABLE public.notifications_webhooksecret TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.notifications_webhooksecret_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.notifications_webhooksecret_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.notifications_webhooksecret_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.notifications_webhooksecret_id_seq TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.oncall_calendar TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.oncall_calendar TO wf_engine;
GRANT SELECT ON TABLE public.oncall_calendar TO wf_audit;
GRANT SELECT ON TABLE public.oncall_calendar TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.oncall_calendar_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.oncall_calendar_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.oncall_calendar_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.oncall_calendar_id_seq TO wf_report;

GRANT SELECT,INSERT ON TABLE public.oncall_calendarversion TO wf_web;
GRANT SELECT,INSERT ON TABLE public.oncall_calendarversion TO wf_engine;
GRANT SELECT ON TABLE public.oncall_calendarversion TO wf_audit;
GRANT SELECT ON TABLE public.oncall_calendarversion TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.oncall_calendarversion_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.oncall_calendarversion_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.oncall_calendarversion_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.oncall_calendarversion_id_seq TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.oncall_holidayentry TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.oncall_holidayentry TO wf_engine;
GRANT SELECT ON TABLE public.oncall_holidayentry TO wf_audit;
GRANT SELECT ON TABLE public.oncall_holidayentry TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.oncall_holidayentry_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.oncall_holidayentry_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.oncall_holidayentry_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.oncall_holidayentry_id_seq TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.oncall_holidayfeed TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.oncall_holidayfeed TO wf_engine;
GRANT SELECT ON TABLE public.oncall_holidayfeed TO wf_audit;
GRANT SELECT ON TABLE public.oncall_holidayfeed TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.oncall_holidayfeed_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.oncall_holidayfeed_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.oncall_holidayfeed_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.oncall_holidayfeed_id_seq TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.oncall_holidayreading TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.oncall_holidayreading TO wf_engine;
GRANT SELECT ON TABLE public.oncall_holidayreading TO wf_audit;
GRANT SELECT ON TABLE public.oncall_holidayreading TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.oncall_holidayreading_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.oncall_holidayreading_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.oncall_holidayreading_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.oncall_holidayreading_id_seq TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.oncall_holidayset TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.oncall_holidayset TO wf_engine;
GRANT SELECT ON TABLE public.oncall_holidayset TO wf_audit;
GRANT SELECT ON TABLE public.oncall_holidayset TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.oncall_holidayset_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.oncall_holidayset_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.oncall_holidayset_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.oncall_holidayset_id_seq TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.policies_gap TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.policies_gap TO wf_engine;
GRANT SELECT ON TABLE public.policies_gap TO wf_audit;
GRANT SELECT ON TABLE public.policies_gap TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.policies_gap_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.policies_gap_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.policies_gap_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.policies_gap_id_seq TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.policies_guidance TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.policies_guidance TO wf_engine;
GRANT SELECT ON TABLE public.policies_guidance TO wf_audit;
GRANT SELECT ON TABLE public.policies_guidance TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.policies_guidance_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.policies_guidance_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.policies_guidance_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.policies_guidance_id_seq TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.policies_guidanceacknowledgement TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.policies_guidanceacknowledgement TO wf_engine;
GRANT SELECT ON TABLE public.policies_guidanceacknowledgement TO wf_audit;
GRANT SELECT ON TABLE public.policies_guidanceacknowledgement TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.policies_guidanceacknowledgement_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.policies_guidanceacknowledgement_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.policies_guidanceacknowledgement_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.policies_guidanceacknowledgement_id_seq TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.policies_policy_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.policies_policy_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.policies_policy_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.policies_policy_id_seq TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.policies_policytranslation TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.policies_policytranslation TO wf_engine;
GRANT SELECT ON TABLE public.policies_policytranslation TO wf_audit;
GRANT SELECT ON TABLE public.policies_policytranslation TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.policies_policytranslation_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.policies_policytranslation_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.policies_policytranslation_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.policies_policytranslation_id_seq TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.policies_policyversion_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.policies_policyversion_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.policies_policyversion_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.policies_policyversion_id_seq TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.policies_versionacknowledgement TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.policies_versionacknowledgement TO wf_engine;
GRANT SELECT ON TABLE public.policies_versionacknowledgement TO wf_audit;
GRANT SELECT ON TABLE public.policies_versionacknowledgement TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.policies_versionacknowledgement_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.policies_versionacknowledgement_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.policies_versionacknowledgement_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.policies_versionacknowledgement_id_seq TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.policies_versioncomment TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.policies_versioncomment TO wf_engine;
GRANT SELECT ON TABLE public.policies_versioncomment TO wf_audit;
GRANT SELECT ON TABLE public.policies_versioncomment TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.policies_versioncomment_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.policies_versioncomment_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.policies_versioncomment_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.policies_versioncomment_id_seq TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.reporting_annotation TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.reporting_annotation TO wf_engine;
GRANT SELECT ON TABLE public.reporting_annotation TO wf_audit;
GRANT SELECT ON TABLE public.reporting_annotation TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.reporting_annotation_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.reporting_annotation_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.reporting_annotation_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.reporting_annotation_id_seq TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.reporting_brief TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.reporting_brief TO wf_engine;
GRANT SELECT ON TABLE public.reporting_brief TO wf_audit;
GRANT SELECT ON TABLE public.reporting_brief TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.reporting_brief_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.reporting_brief_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.reporting_brief_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.reporting_brief_id_seq TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.reporting_briefsubscription TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.reporting_briefsubscription TO wf_engine;
GRANT SELECT ON TABLE public.reporting_briefsubscription TO wf_audit;
GRANT SELECT ON TABLE public.reporting_briefsubscription TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.reporting_briefsubscription_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.reporting_briefsubscription_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.reporting_briefsubscription_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.reporting_briefsubscription_id_seq TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.reporting_briefversion TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.reporting_briefversion TO wf_engine;
GRANT SELECT ON TABLE public.reporting_briefversion TO wf_audit;
GRANT SELECT ON TABLE public.reporting_briefversion TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.reporting_briefversion_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.reporting_briefversion_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.reporting_briefversion_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.reporting_briefversion_id_seq TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.reporting_casefact TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.reporting_casefact TO wf_engine;
GRANT SELECT ON TABLE public.reporting_casefact TO wf_audit;
GRANT SELECT ON TABLE public.reporting_casefact TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.reporting_clockfact TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.reporting_clockfact TO wf_engine;
GRANT SELECT ON TABLE public.reporting_clockfact TO wf_audit;
GRANT SELECT ON TABLE public.reporting_clockfact TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.reporting_closingfact TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.reporting_closingfact TO wf_engine;
GRANT SELECT ON TABLE public.reporting_closingfact TO wf_audit;
GRANT SELECT ON TABLE public.reporting_closingfact TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.reporting_closingfact_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.reporting_closingfact_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.reporting_closingfact_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.reporting_closingfact_id_seq TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.reporting_coachingset TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.reporting_coachingset TO wf_engine;
GRANT SELECT ON TABLE public.reporting_coachingset TO wf_audit;
GRANT SELECT ON TABLE public.reporting_coachingset TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.reporting_coachingset_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.reporting_coachingset_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.reporting_coachingset_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.reporting_coachingset_id_seq TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.reporting_commitment TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.reporting_commitment TO wf_engine;
GRANT SELECT ON TABLE public.reporting_commitment TO wf_audit;
GRANT SELECT ON TABLE public.reporting_commitment TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.reporting_commitment_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.reporting_commitment_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.reporting_commitment_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.reporting_commitment_id_seq TO wf_report;

GRANT SELECT,INSERT ON TABLE public.reporting_contracttarget TO wf_web;
GRANT SELECT,INSERT ON TABLE public.reporting_contracttarget TO wf_engine;
GRANT SELECT ON TABLE public.reporting_contracttarget TO wf_audit;
GRANT SELECT ON TABLE public.reporting_contracttarget TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.reporting_contracttarget_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.reporting_contracttarget_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.reporting_contracttarget_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.reporting_contracttarget_id_seq TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.reporting_decisionfact TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.reporting_decisionfact TO wf_engine;
GRANT SELECT ON TABLE public.reporting_decisionfact TO wf_audit;
GRANT SELECT ON TABLE public.reporting_decisionfact TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.reporting_export TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.reporting_export TO wf_engine;
GRANT SELECT ON TABLE public.reporting_export TO wf_audit;
GRANT SELECT ON TABLE public.reporting_export TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.reporting_export_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.reporting_export_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.reporting_export_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.reporting_export_id_seq TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.reporting_factsstate TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.reporting_factsstate TO wf_engine;
GRANT SELECT ON TABLE public.reporting_factsstate TO wf_audit;
GRANT SELECT ON TABLE public.reporting_factsstate TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.reporting_factsstate_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.reporting_factsstate_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.reporting_factsstate_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.reporting_factsstate_id_seq TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.reporting_mailing TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.reporting_mailing TO wf_engine;
GRANT SELECT ON TABLE public.reporting_mailing TO wf_audit;
GRANT SELECT ON TABLE public.reporting_mailing TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.reporting_mailing_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.reporting_mailing_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.reporting_mailing_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.reporting_mailing_id_seq TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.reporting_reportschedule TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.reporting_reportschedule TO wf_engine;
GRANT SELECT ON TABLE public.reporting_reportschedule TO wf_audit;
GRANT SELECT ON TABLE public.reporting_reportschedule TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.reporting_reportschedule_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.reporting_reportschedule_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.reporting_reportschedule_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.reporting_reportschedule_id_seq TO wf_report;

GRANT SELECT,INSERT ON TABLE public.reporting_reviewimport TO wf_web;
GRANT SELECT,INSERT ON TABLE public.reporting_reviewimport TO wf_engine;
GRANT SELECT ON TABLE public.reporting_reviewimport TO wf_audit;
GRANT SELECT ON TABLE public.reporting_reviewimport TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.reporting_reviewimport_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.reporting_reviewimport_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.reporting_reviewimport_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.reporting_reviewimport_id_seq TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.reporting_rollup TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.reporting_rollup TO wf_engine;
GRANT SELECT ON TABLE public.reporting_rollup TO wf_audit;
GRANT SELECT ON TABLE public.reporting_rollup TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.reporting_rollup_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.reporting_rollup_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.reporting_rollup_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.reporting_rollup_id_seq TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.reporting_rollupday TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.reporting_rollupday TO wf_engine;
GRANT SELECT ON TABLE public.reporting_rollupday TO wf_audit;
GRANT SELECT ON TABLE public.reporting_rollupday TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.reporting_savedreport TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.reporting_savedreport TO wf_engine;
GRANT SELECT ON TABLE public.reporting_savedreport TO wf_audit;
GRANT SELECT ON TABLE public.reporting_savedreport TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.reporting_savedreport_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.reporting_savedreport_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.reporting_savedreport_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.reporting_savedreport_id_seq TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.reporting_schedulerecipient TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.reporting_schedulerecipient TO wf_engine;
GRANT SELECT ON TABLE public.reporting_schedulerecipient TO wf_audit;
GRANT SELECT ON TABLE public.reporting_schedulerecipient TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.reporting_schedulerecipient_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.reporting_schedulerecipient_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.reporting_schedulerecipient_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.reporting_schedulerecipient_id_seq TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.reporting_sqlscope TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.reporting_sqlscope TO wf_engine;
GRANT SELECT ON TABLE public.reporting_sqlscope TO wf_audit;
GRANT SELECT ON TABLE public.reporting_sqlscope TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.reporting_vendorreview TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.reporting_vendorreview TO wf_engine;
GRANT SELECT ON TABLE public.reporting_vendorreview TO wf_audit;
GRANT SELECT ON TABLE public.reporting_vendorreview TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.reporting_vendorreview_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.reporting_vendorreview_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.reporting_vendorreview_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.reporting_vendorreview_id_seq TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.reporting_vendorweek TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.reporting_vendorweek TO wf_engine;
GRANT SELECT ON TABLE public.reporting_vendorweek TO wf_audit;
GRANT SELECT ON TABLE public.reporting_vendorweek TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.reporting_vendorweek_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.reporting_vendorweek_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.reporting_vendorweek_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.reporting_vendorweek_id_seq TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.usersessions_usersession TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.usersessions_usersession TO wf_engine;
GRANT SELECT ON TABLE public.usersessions_usersession TO wf_audit;
GRANT SELECT ON TABLE public.usersessions_usersession TO wf_report;

GRANT SELECT,USAGE ON SEQUENCE public.usersessions_usersession_id_seq TO wf_web;
GRANT SELECT,USAGE ON SEQUENCE public.usersessions_usersession_id_seq TO wf_engine;
GRANT SELECT ON SEQUENCE public.usersessions_usersession_id_seq TO wf_audit;
GRANT SELECT ON SEQUENCE public.usersessions_usersession_id_seq TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.v_appeal TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.v_appeal TO wf_engine;
GRANT SELECT ON TABLE public.v_appeal TO wf_audit;
GRANT SELECT ON TABLE public.v_appeal TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.v_case TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.v_case TO wf_engine;
GRANT SELECT ON TABLE public.v_case TO wf_audit;
GRANT SELECT ON TABLE public.v_case TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.v_clock TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.v_clock TO wf_engine;
GRANT SELECT ON TABLE public.v_clock TO wf_audit;
GRANT SELECT ON TABLE public.v_clock TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.v_decision TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.v_decision TO wf_engine;
GRANT SELECT ON TABLE public.v_decision TO wf_audit;
GRANT SELECT ON TABLE public.v_decision TO wf_report;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.v_vendor_submission TO wf_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.v_vendor_submission TO wf_engine;
GRANT SELECT ON TABLE public.v_vendor_submission TO wf_audit;
GRANT SELECT ON TABLE public.v_vendor_submission TO wf_report;

ALTER DEFAULT PRIVILEGES FOR ROLE wf_owner IN SCHEMA public GRANT SELECT,USAGE ON SEQUENCES TO wf_web;
ALTER DEFAULT PRIVILEGES FOR ROLE wf_owner IN SCHEMA public GRANT SELECT,USAGE ON SEQUENCES TO wf_engine;
ALTER DEFAULT PRIVILEGES FOR ROLE wf_owner IN SCHEMA public GRANT SELECT ON SEQUENCES TO wf_audit;
ALTER DEFAULT PRIVILEGES FOR ROLE wf_owner IN SCHEMA public GRANT SELECT ON SEQUENCES TO wf_report;

ALTER DEFAULT PRIVILEGES FOR ROLE wf_owner IN SCHEMA public GRANT SELECT,INSERT,DELETE,UPDATE ON TABLES TO wf_web;
ALTER DEFAULT PRIVILEGES FOR ROLE wf_owner IN SCHEMA public GRANT SELECT,INSERT,DELETE,UPDATE ON TABLES TO wf_engine;
ALTER DEFAULT PRIVILEGES FOR ROLE wf_owner IN SCHEMA public GRANT SELECT ON TABLES TO wf_audit;
ALTER DEFAULT PRIVILEGES FOR ROLE wf_owner IN SCHEMA public GRANT SELECT ON TABLES TO wf_report;
