from django.apps import AppConfig


class PoliciesConfig(AppConfig):
    name = "policies"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as _

        from core import navigation
        from policies.permissions import can_read_library

        navigation.register(
            navigation.Entry(
                "policies",
                "policies:library",
                _("Policies"),
                "book",
                key="g p",
                group=navigation.KNOW,
                order=10,
                may=lambda viewer: bool(viewer.is_authenticated) and can_read_library(viewer),
                marks=("policies:clause", "policies:version"),
            )
        )
