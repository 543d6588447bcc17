from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "notifications"

    def ready(self) -> None:
        from audit import relay, schedules
        from core import engine
        from notifications import channels, rules
        from notifications.channels.webhook import Webhook
        from notifications.lifecycle import Lane
        from notifications.operations import delivering, fan_out, keeping, webhooks

        # A kind that no rule names wakes nobody, and costs no outbox row.
        relay.listen("notices", {*rules.RULES, *rules.ALSO_HEARD}, fan_out.fan_out, lane="notices")
        for lane in Lane:
            engine.register(f"deliver_{lane.value}", lane=lane.value, work=delivering.claim_of(lane), queue="deliver")
        channels.register(Webhook())
        channels.SETTLED[Webhook.name] = webhooks.settled
        relay.listen("webhooks", webhooks.KINDS, webhooks.hear)
        engine.set_threads(f"{Lane.WEBHOOK.value}", 4)
        engine.on_stop(delivering.release_own)
        schedules.register("forget_old_notices", every_s=3600, work=keeping.forget_old)
