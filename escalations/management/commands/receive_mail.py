"""`manage.py receive_mail --to ADDRESS < message`: how a mail server hands over a mail (docs/running.md)."""

from __future__ import annotations

import os
import sys
from typing import Any

import structlog
from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError

from core.clock import db_now
from core.errors import DomainError
from escalations.operations import inbound_mail


class Command(BaseCommand):
    help = (
        "Keep the mail on standard input. Status 0: it is kept and will be filed. 75: not now, send it again (sysexits.h,"
        " EX_TEMPFAIL), which mail servers do. 65: it can never be kept."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--to", default="", help="the recipient of the envelope, as the server gives it")

    def handle(self, *args: Any, **options: Any) -> None:
        raw = sys.stdin.buffer.read(inbound_mail.LARGEST + 1)
        try:
            if not raw.strip():
                self._end(os.EX_DATAERR, "There is no mail on standard input.")
            inbound_mail.receive(raw=raw, recipient=options["to"], at=db_now())
        except inbound_mail.MailTooLarge as refusal:
            self._end(os.EX_DATAERR, refusal.detail)
        except (DatabaseError, OSError, DomainError) as error:
            structlog.get_logger(__name__).error("mail_not_kept", error=f"{type(error).__name__}: {error}")
            self._end(os.EX_TEMPFAIL, "The mail could not be kept just now.")

    def _end(self, status: int, words: str) -> None:
        self.stderr.write(words)
        sys.exit(status)
