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
_BEAT_S = 5.0


@app.on_after_finalize.connect
def _ring_every_claim(sender: Celery, **_: Any) -> None:
    """Let beat ring for every claim that has a queue: comfort for a place whose engines are all away."""
    from core import engine  # its claims are registered by the apps, which import this module by way of the settings

    sender.conf.beat_schedule = {
        f"ring-{claim.name}": {
            "task": "audit.tasks.run_claim",
            "schedule": max(_BEAT_S, claim.every_s),
            "kwargs": {"name": claim.name},
            "options": {"queue": claim.queue},
        }
        for claim in engine.CLAIMS.values()
        if claim.queue
    }


@worker_init.connect
def _refuse_unsafe_database(**_: Any) -> None:
    from config.checks import refuse_unsafe_database  # reads the settings, which import this module

    refuse_unsafe_database()
