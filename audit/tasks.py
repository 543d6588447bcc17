"""Celery's way into the engine's claims: the same functions, run when a doorbell names one."""

from __future__ import annotations

from celery import shared_task

from core import engine


@shared_task
def run_claim(*, name: str = "", **_: object) -> int:
    """Do what is due of one claim, until nothing is; safe on several workers at once. Sent to the claim's own queue."""
    return engine.take(name)
