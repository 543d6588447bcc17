from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "audit"

    def ready(self) -> None:
        from audit import beats, relay, schedules, sealing, stuck, watch, witnesses
        from core import engine

        engine.register("outbox", lane="outbox", work=relay.drain_common, queue="outbox")
        engine.register("schedules", lane="jobs", work=schedules.run_due, every_s=1.0)
        engine.register("seal", lane="sealing", work=sealing.seal)
        engine.register("witness", lane="witness", work=witnesses.deliver, every_s=5.0)
        engine.register("incidents", lane="watch", work=watch.tell_incidents, every_s=2.0)
        engine.register("mend", lane="watch", work=watch.mend, every_s=5.0)
        engine.register("deadman", lane="deadman", work=watch.ping, every_s=watch.PING_EVERY_S)
        stuck.register(stuck.OUTBOX)
        engine.on_start(schedules.ensure_rows)
        engine.on_beat(beats.beat)
        schedules.register("forget_old_beats", every_s=3600, work=beats.forget_old)
        schedules.register("forget_old_slots", every_s=3600, work=schedules.forget_runs)
        schedules.register("sign_log_heads", every_s=60, work=sealing.sign_heads)
