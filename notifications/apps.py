from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "notifications"

    def ready(self) -> None:
        from core import engine
        from notifications.lifecycle import Lane
        from notifications.operations import delivering

        for lane in Lane:
            engine.register(f"deliver_{lane.value}", lane=lane.value, work=delivering.claim_of(lane), queue="deliver")
        engine.on_stop(delivering.release_own)
