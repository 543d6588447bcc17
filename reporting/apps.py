from django.apps import AppConfig


class ReportingConfig(AppConfig):
    name = "reporting"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as _

        from core import navigation
        from reporting.permissions import can_read_briefs

        navigation.register(
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
            )
        )
