from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as _

        from accounts.operations import idempotency, rates
        from accounts.permissions import can
        from accounts.roles import Action
        from audit import schedules
        from core import admin_pages, navigation
        from core.admin_pages import AdminPage

        def may_administer(viewer: object) -> bool:
            return any(can(viewer, Action(page.action)) for page in admin_pages.PAGES)  # type: ignore[arg-type]

        admin_pages.register(
            AdminPage(
                "accounts:people", _("People"), _("Who is here, their roles, teams and skills."), Action.PEOPLE_EDIT
            ),
            AdminPage(
                "accounts:teams",
                _("Teams"),
                _("Hubs, members and who leads; whose queues are whose."),
                Action.PEOPLE_EDIT,
            ),
            AdminPage("accounts:skills", _("Skills"), _("What people can do, and who can do it."), Action.PEOPLE_EDIT),
            AdminPage(
                "accounts:organizations",
                _("Vendors and keys"),
                _("Organizations that submit, and the keys of their programs."),
                Action.KEYS_READ,
            ),
            AdminPage(
                "accounts:stuck",
                _("Stuck work"),
                _("What failed three times and waits for a person: try again or give up."),
                Action.CONFIG_READ,
            ),
            AdminPage("accounts:log", _("Log"), _("What happened, who did it, when."), Action.AUDIT_READ),
            AdminPage("accounts:access-log", _("Access log"), _("Who opened sensitive things."), Action.AUDIT_READ),
        )
        navigation.place(sign_in="account_login", sign_out="account_logout")
        navigation.register(
            navigation.Entry(
                "admin",
                "accounts:admin",
                _("Administration"),
                "sliders",
                group=navigation.FOOT,
                order=80,
                may=lambda viewer: bool(viewer.is_authenticated) and viewer.is_internal and may_administer(viewer),
                marks=(
                    "accounts:people",
                    "accounts:person",
                    "accounts:person-new",
                    "accounts:team",
                    "accounts:skills",
                    "escalations:admin-",
                    "oncall:",
                    "accounts:organizations",
                    "accounts:organization",
                    "accounts:organization-new",
                    "accounts:log",
                    "accounts:access-log",
                ),
            ),
            navigation.Entry(
                "settings",
                "accounts:settings",
                _("Settings"),
                "gear",
                key="g s",
                group=navigation.FOOT,
                order=90,
                marks=("accounts:settings-section",),
            ),
        )
        schedules.register("forget_old_idempotency_records", every_s=3600, work=idempotency.forget_old)
        schedules.register("forget_old_rate_windows", every_s=3600, work=rates.forget_old)
