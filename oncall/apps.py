from django.apps import AppConfig


class OncallConfig(AppConfig):
    name = "oncall"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as _

        from accounts.roles import Action
        from core import admin_pages, engine, first_run
        from core.admin_pages import AdminPage
        from oncall.operations import calendars, feeds

        engine.register("holiday_feeds", lane="feeds", work=feeds.fetch_due, every_s=30)
        first_run.register("calendars", calendars.ensure_defaults)
        admin_pages.register(
            AdminPage(
                "oncall:calendars",
                _("Calendars"),
                _("When time counts: hours, holidays, their versions."),
                Action.CONFIG_READ,
            )
        )
