from django.apps import AppConfig


class ReportingConfig(AppConfig):
    name = "reporting"

    def ready(self) -> None:
        from django.conf import settings
        from django.utils.translation import gettext_lazy as _

        from audit import relay, schedules
        from core import engine, navigation
        from escalations.filters.fields import CASES as CASE_FIELDS
        from notifications.channels import email
        from reporting import demo, exports, filter_fields, mail, pages, rights
        from reporting.operations import exports as export_jobs
        from reporting.operations import facts, mailings, report_mails, rollups
        from reporting.operations import schedules as report_schedules
        from reporting.pages import executive, now, people, policy, quality, sla, volume
        from reporting.permissions import can_read_briefs
        from reporting.sources import bulk, casework, kept, records
        from reporting.sources.cases import CASES
        from reporting.sources.explored import EXPLORED
        from reporting.sources.lists import APPEALS, GAPS
        from reporting.sources.pages import PAGES
        from reporting.sources.statements import STATEMENTS
        from reporting.sources.vendors import VENDORS

        exports.register(CASES)
        exports.register(EXPLORED)
        exports.register(PAGES)
        exports.register(APPEALS)
        exports.register(GAPS)
        exports.register(VENDORS)
        exports.register(STATEMENTS)
        for listing in (*records.ALL, *casework.ALL, *kept.ALL, bulk.BULK, bulk.SPREAD):
            exports.register(listing.source())
        engine.register("exports", lane="exports", work=export_jobs.run_now, every_s=1.0)
        schedules.register("expire_exports", every_s=600, work=export_jobs.expire)
        navigation.place(case_file="reporting:case-file")
        navigation.place_exports("reporting:export-new", may=exports.may_take)
        pages.register(pages.Link("explore", _("Explore"), "reporting:explore", order=90, may=rights.can_explore))
        pages.register(pages.Link("vendors", _("Vendors"), "reporting:vendors", order=60))
        pages.register(pages.Link("sql", _("SQL"), "reporting:sql", order=95, may=rights.can_query))

        pages.register(pages.Link("schedules", _("By e-mail"), "reporting:schedules", order=97))
        mailings.MAKERS["schedule"] = report_mails.make_report
        relay.listen("demo_briefs", demo.HEARD, demo.make_briefs)
        relay.listen("demo_reviews", demo.HEARD, demo.bring_reviews)
        relay.listen("demo_vendors", demo.HEARD, demo.agree_with_vendors)
        engine.register("report_slots", lane="documents", work=report_schedules.plan_due, every_s=5.0)
        engine.register("report_mail", lane="documents", work=mailings.run_due, every_s=2.0)
        schedules.register("forget_old_mailings", every_s=3600, work=mailings.forget_old)
        if settings.HAS_MAIL:
            email.OTHERS["mailing"] = mail.prepare

        CASE_FIELDS.extend(*filter_fields.FIELDS)
        pages.register(now.PAGE, sla.PAGE, volume.PAGE, quality.PAGE, policy.PAGE, people.PAGE, executive.PAGE)
        navigation.register(
            navigation.Entry(
                "reports",
                "reporting:reports",
                _("Reports"),
                "bars",
                key="g r",
                group=navigation.KNOW,
                order=50,
                may=pages.sees_reports,
                marks=(
                    "reporting:page",
                    "reporting:panel",
                    "reporting:annotation",
                    "reporting:metrics",
                    "reporting:sql",
                    "reporting:explore",
                    "reporting:dictionary",
                    "reporting:vendors",
                    "reporting:vendor",
                    "reporting:vendor-targets",
                    "reporting:vendor-reviews",
                    "reporting:vendor-review",
                    "reporting:vendor-reviewing",
                ),
            ),
            navigation.Entry(
                "briefs",
                "reporting:briefs",
                _("Briefs"),
                "page",
                key="g b",
                group=navigation.KNOW,
                order=40,
                may=lambda viewer: bool(viewer.is_authenticated) and can_read_briefs(viewer),
                marks=("reporting:brief",),
            ),
            navigation.Entry(
                "exports",
                "reporting:exports",
                _("Exports"),
                "download",
                group=navigation.RUN,
                order=60,
                may=lambda viewer: bool(viewer.is_authenticated) and rights.may_keep_exports(viewer),
            ),
        )
        engine.register("rollups", lane="facts", work=rollups.refresh, every_s=10.0)
        engine.register("facts", lane="facts", work=facts.follow, every_s=2.0)
