from django.apps import AppConfig
from django.conf import settings
from django.http import HttpRequest


def waiting_hand_offs(request: HttpRequest) -> int:
    """How many hand-offs need somebody; 0 on pages that answer before a request has its time."""
    from escalations.selectors import enforcement

    at = getattr(request, "at", None)
    return 0 if at is None else enforcement.waiting(request.user, at=at)  # type: ignore[arg-type]


class EscalationsConfig(AppConfig):
    name = "escalations"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as _

        from accounts import sections
        from accounts.roles import Action
        from audit import events as audit_events
        from audit import relay, schedules, stuck, watch
        from core import admin_pages, engine, first_run, navigation
        from core.admin_pages import AdminPage
        from escalations import handlers
        from escalations.forms.wellness import WellnessForm
        from escalations.lifecycle import ApprovalAbout
        from escalations.models import Appeal, Case
        from escalations.operations import (
            appeals,
            approvals,
            batches,
            bulk,
            canary,
            cases,
            claims,
            clock_owners,
            clock_repairs,
            clocks,
            comments,
            decisions,
            enforcement,
            firing,
            handing_over,
            inbound_mail,
            ordering,
            queues,
            replies,
            sla_jobs,
            spreading,
            strikes,
            timers,
            undo,
            view_alerts,
        )
        from escalations.operations import uploads as waiting_uploads
        from escalations.permissions import claims_cases, decides_appeals, works_in_queues
        from escalations.selectors import appeals_asked, clause_figures, guidance, precedents
        from escalations.selectors import approvals as approvals_shown
        from escalations.selectors.admin_sla import calendar_impact
        from escalations.selectors.enforcement import reads_outbox
        from oncall.selectors import impact
        from policies import registry as clauses

        clauses.on_latest_citation(clause_figures.latest_citation)
        clauses.on_impact(clause_figures.impact_of)
        clauses.on_cited(precedents.cited_under)
        clauses.on_scope(guidance.scope_problems, guidance.scope_count)
        clauses.on_case_urls(guidance.case_urls)
        clauses.show_figure(
            clauses.Figure(
                "volume", _("30 days"), _("Decisions under the clause in the last 30 days."), clause_figures.volume, 10
            )
        )
        clauses.show_figure(
            clauses.Figure(
                "overturned",
                _("Overturned"),
                _("Of the last 90 days' decisions, the share that an appeal or a revision overturned."),
                clause_figures.overturned,
                20,
            )
        )
        clauses.show_figure(
            clauses.Figure(
                "granted",
                _("Appeals granted"),
                _("Of the appeals decided in the last 90 days, the share that succeeded, in whole or in part."),
                clause_figures.granted,
                30,
            )
        )
        first_run.register("default queue", queues.ensure_default)
        first_run.register("reply templates", replies.ensure_first)
        first_run.register("approval rules", approvals.ensure_first)
        first_run.register("strike ladders", strikes.ensure_first)
        stuck.register(
            stuck.Source("timer", _("Timers that could not fire"), timers.stuck_rows, timers.replay, timers.discard)
        )
        clock_owners.register(
            Case,
            moved=clocks.place_anew,
            without=("ask", "outward_text", "internal_text", "outward_vector", "internal_vector"),
        )
        clock_owners.register_free(canary.TYPE)
        timers.on_batch("warn", clocks.fire)
        timers.on_batch("breach", clocks.fire)
        timers.on_set("warn", firing.warn)
        timers.on_set("breach", firing.breach)
        timers.on_batch(clocks.PAUSE_WARN, clocks.fire_caps)
        timers.on_batch(clocks.PAUSE_CAP, clocks.fire_caps)
        timers.on_set(canary.KIND, canary.fire)
        relay.listen("canary", [audit_events.CANARY_FIRED], canary.arrive)
        schedules.register("canary", every_s=canary.EVERY_S, work=canary.arm)
        timers.on("boost", ordering.end_boost)
        timers.on(decisions.HOLD_TIMER, decisions.end_hold)
        timers.on(approvals.TIMER, approvals.expire)
        timers.on(claims.LEASE_TIMER, claims.end_lease)
        timers.on(cases.SNOOZE_TIMER, cases.end_snooze)
        timers.on(cases.WAIT_TIMER, cases.end_wait)
        timers.on(comments.TIMER, comments.release)
        clock_owners.register(Appeal, without=("text", "translation", "rationale", "answer"))
        approvals_shown.on(ApprovalAbout.APPEAL, appeals_asked.describe)
        timers.on(appeals.HOLD_TIMER, appeals.end_hold, of=Appeal)
        engine.register("timers", lane="timers", work=timers.fire_now, queue="sla", batch=timers.BATCH)
        engine.register("sla_jobs", lane="sla_jobs", work=sla_jobs.run_jobs, every_s=1.0)
        engine.register(enforcement.CLAIM, lane="enforcement", work=handing_over.hand_over_due, queue="deliver")
        engine.register("enforcement_ends", lane="enforcement", work=enforcement.end_now, every_s=5.0)
        engine.on_stop(handing_over.release_own)
        engine.register("batches", lane="batches", work=batches.run_now, every_s=1.0)
        engine.register("spread", lane="spread", work=spreading.run_now, every_s=1.0)
        engine.register("bulk", lane="spread", work=bulk.run_now, every_s=1.0)
        engine.register("mail", lane="mail", work=inbound_mail.file_waiting, every_s=1.0)
        watch.on_incident("clock_without_timer", clock_repairs.rearm)
        watch.on_incident("breach_untold", clock_repairs.tell_again)
        schedules.register("check_clocks", every_s=86400, work=clocks.check_sample)
        schedules.register("check_open_clocks", every_s=86400, work=clocks.check_open)
        engine.on_start(
            lambda: schedules.run_soon("check_open_clocks")
        )  # a release that counts otherwise shows at once
        schedules.register("forget_fired_timers", every_s=3600, work=timers.forget_fired)
        schedules.register("check_view_alerts", every_s=view_alerts.EVERY_S, work=view_alerts.check_due)
        schedules.register("forget_old_undo_entries", every_s=3600, work=undo.forget_old)
        impact.register(calendar_impact)
        relay.listen("live", handlers.HEARD, handlers.tell_screens, lane="live", many=handlers.tell_screens_of_many)
        relay.listen("wake", handlers.WAKING, handlers.wake, many=handlers.wake_many, only=firing.ASLEEP)
        admin_pages.register(
            AdminPage(
                "escalations:admin-queues",
                _("Queues"),
                _("Where cases wait, whose they are, what they need."),
                Action.ROUTING_READ,
            ),
            AdminPage(
                "escalations:admin-routing",
                _("Routing rules"),
                _("Which case goes where; try a change on the last days, paste a submission to see why."),
                Action.ROUTING_READ,
            ),
            AdminPage(
                "escalations:admin-mail",
                _("Mail that came in"),
                _("What was filed, what was set aside and why; file it anew or put it away."),
                Action.ROUTING_EDIT,
            ),
            AdminPage(
                "escalations:admin-replies",
                _("Reply templates"),
                _("Words that are sent often, by language; the case’s facts are filled in."),
                Action.ROUTING_READ,
            ),
            AdminPage(
                "escalations:admin-strikes",
                _("Strikes"),
                _("How long strikes count and what a number of them leads to, surface by surface."),
                Action.ROUTING_READ,
            ),
            AdminPage(
                "escalations:admin-approvals",
                _("Second person"),
                _("When a decision needs somebody else’s yes before it takes effect, and whose."),
                Action.ROUTING_READ,
            ),
            AdminPage(
                "escalations:admin-sla",
                _("SLA targets"),
                _("What is promised, by clock and severity; when a case would be due."),
                Action.CONFIG_READ,
            ),
        )
        sections.register(
            sections.Section("wellness", _("Shield and opt-outs"), WellnessForm, "escalations/settings/_wellness.html")
        )
        navigation.place(stream="escalations:stream", palette="escalations:palette")
        navigation.register(
            navigation.Entry(
                "queue", "escalations:queue", _("Queue"), "queue", key="g q", may=works_in_queues, order=10
            ),
            navigation.Entry(
                "outbox",
                "escalations:outbox",
                _("Outbox"),
                "outbox",
                key="g x",
                order=30,
                may=reads_outbox,
                count=waiting_hand_offs,
                live_on="outbox.changed",
                live_url_name="escalations:outbox-badge",
            ),
            navigation.Command("next", "escalations:next", _("Next"), "bolt", may=claims_cases, order=10),
            navigation.Entry(
                "appeals",
                "escalations:appeals",
                _("Appeals"),
                "again",
                key="g l",
                order=30,
                may=decides_appeals,
            ),
            navigation.Entry(
                "disputes",
                "escalations:disputes",
                _("Disputes"),
                "ask",
                key="g k",
                order=31,
                may=decides_appeals,
            ),
            navigation.Entry(
                "mine",
                "escalations:me",
                _("My work"),
                "mine",
                key="g m",
                order=20,
                may=lambda viewer: bool(viewer.is_authenticated) and viewer.is_internal,
            ),
        )
        schedules.register("forget_unsent_batches", every_s=3600, work=batches.forget_unsent)
        schedules.register("forget_stale_uploads", every_s=3600, work=waiting_uploads.forget_stale)
        if settings.DEMO:
            from escalations.demo import platform, simulator

            schedules.register("demo_tick", every_s=5, work=simulator.tick)
            schedules.register("demo_platform", every_s=platform.EVERY_S, work=platform.answer_waiting)
