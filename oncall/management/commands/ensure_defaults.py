"""`manage.py ensure_defaults`: what a fresh installation starts with beyond its tables. Safe to run again."""

from __future__ import annotations

from django.core.management.base import BaseCommand

from core.clock import db_now
from oncall.operations import calendars


class Command(BaseCommand):
    help = "Make the office calendars of the three hubs, unless they exist."

    def handle(self, **_: object) -> None:
        calendars.ensure_defaults(at=db_now())
