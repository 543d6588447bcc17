"""The Celery application. Beat only rings doorbells: what is due stands in Postgres (docs/adr/).

Imported at the end of the settings, so that every process of ours rings the same broker. It must not change the
environment: the web process, too, imports it, and must not become the engine's database role by that.
"""

from typing import Any

from celery import Celery
from celery.signals import worker_init

app = Celery("watchfloor")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.beat_schedule = {
    "drain-outbox": {"task": "audit.tasks.drain_outbox", "schedule": 5.0},
    "fire-due-timers": {"task": "escalations.tasks.fire_due_timers", "schedule": 5.0},
}


@worker_init.connect
def _refuse_unsafe_database(**_: Any) -> None:
    from config.checks import refuse_unsafe_database  # reads the settings, which import this module

    refuse_unsafe_database()
