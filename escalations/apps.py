from django.apps import AppConfig


class EscalationsConfig(AppConfig):
    name = "escalations"

    def ready(self) -> None:
        from audit import schedules
        from core import engine
        from escalations.operations import clocks, ordering, timers

        timers.on_batch("warn", clocks.fire)
        timers.on_batch("breach", clocks.fire)
        timers.on("boost", ordering.end_boost)
        engine.register("timers", lane="timers", work=timers.fire_now)
        schedules.register("forget_fired_timers", every_s=3600, work=timers.forget_fired)
