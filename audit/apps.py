from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "audit"

    def ready(self) -> None:
        from audit import relay
        from core import engine

        engine.register("outbox", lane="outbox", work=relay.drain)
