"""The Celery application. Beat only rings doorbells: what is due stands in Postgres (docs/adr/)."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("WATCHFLOOR_DB_ROLE", "wf_engine")

app = Celery("watchfloor")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.beat_schedule = {
    "drain-outbox": {"task": "audit.tasks.drain_outbox", "schedule": 5.0},
    "fire-due-timers": {"task": "escalations.tasks.fire_due_timers", "schedule": 5.0},
}
