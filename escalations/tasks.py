"""Celery entry points. Each makes one call; the engine makes the same calls without Celery."""

from __future__ import annotations

from celery import shared_task

from escalations.operations import timers


@shared_task(queue="sla")
def fire_due_timers(**_: object) -> int:
    """Fire timers whose time has come by the database's clock; safe on several workers at once."""
    return timers.fire_due_timers(limit=500)
