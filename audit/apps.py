from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "audit"

    def ready(self) -> None:
        from audit import beats, relay, schedules
        from core import engine

        engine.register("outbox", lane="outbox", work=relay.drain, queue="outbox")
        engine.register("schedules", lane="jobs", work=schedules.run_due, every_s=1.0)
        engine.on_start(schedules.ensure_rows)
        engine.on_beat(beats.beat)
        schedules.register("forget_old_beats", every_s=3600, work=beats.forget_old)
