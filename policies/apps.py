from django.apps import AppConfig


class PoliciesConfig(AppConfig):
    name = "policies"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as _

        from audit import relay
        from core import engine, navigation
        from policies import handlers
        from policies.operations import guidance, publishing
        from policies.permissions import can_read_library

        engine.register("policy_versions", lane="policies", work=publishing.turn_due)
        engine.register("policy_guidance", lane="policies", work=guidance.turn_due)
        relay.listen("policies_live", handlers.HEARD, handlers.tell_screens, lane="live")

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
