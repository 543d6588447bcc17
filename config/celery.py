"""The Celery application. Beat only rings doorbells: what is due stands in Postgres (docs/adr/).

Imported at the end of the settings, so that every process of ours rings the same broker. It must not change the
environment: the web process, too, imports it, and must not become the engine's database role by that.
"""

from celery import Celery

app = Celery("watchfloor")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.beat_schedule = {
    "drain-outbox": {"task": "audit.tasks.drain_outbox", "schedule": 5.0},
    "fire-due-timers": {"task": "escalations.tasks.fire_due_timers", "schedule": 5.0},
}
