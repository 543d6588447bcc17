"""Texts and calls to numbers that their owners confirmed. A gateway may carry one twice, so each names its try: `#ESC-1042·2`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from cryptography.fernet import InvalidToken
from django.conf import settings
from django.utils.translation import gettext as _

from core.clock import db_now
from notifications.channels import Outcome, gateways, not_needed, permanent, short
from notifications.channels.webhook import fernet
from notifications.lifecycle import SMS, Lane
from notifications.models import Delivery, Phone
from notifications.operations.delivering import minutes

LONGEST = 90  # characters of what happened: the whole stays within three parts of a text


@dataclass(frozen=True)
class Words:
    """What goes to a number."""

    to: str
    text: str
    key: str


class PhoneChannel:
    """Texts (`sms`) or calls (`voice`). `payload` holds `code` (encrypted) for a number to be confirmed, `test` for a try."""

    is_personal, repeats_safely = True, False  # providers differ; none promises to collapse two
    lane = Lane.NOTIFY
    delays: tuple[timedelta, ...] = minutes(0.1, 0.5, 2, 5, 15, 30)  # under an hour: later it is no call

    def __init__(self, name: str, label: Any) -> None:
        self.name, self.label = name, label
        self.place = f"gateway:{name}"

    def prepare(self, delivery: Delivery) -> Words | Outcome:
        """The words in the person's language; nothing where the number is not confirmed, or wants to hear nothing."""
        phone = (
            Phone.objects.select_related("user__organization")
            .filter(user__deliveries=delivery, user__is_active=True)
            .first()
        )
        if phone is None:
            return not_needed("No number is set.")
        try:
            number = fernet().decrypt(phone.encrypted.encode()).decode()
            if "code" in delivery.payload:
                return self._code(delivery, phone, number)
        except InvalidToken:  # its key of WATCHFLOOR_FIELD_KEYS is gone
            return permanent("The number can no longer be read: give it again.")
        if phone.verified_at is None or phone.stopped_at is not None:
            return not_needed("The number is not confirmed, or its owner wants to hear nothing.")
        with short.speaking_as(phone.user):
            said = short.of_test() if "test" in delivery.payload else short.of_delivery(delivery, phone.user)
            if isinstance(said, Outcome):
                return said
            return Words(number, self._words(said, delivery.attempts), delivery.dedup_key)

    def _code(self, delivery: Delivery, phone: Phone, number: str) -> Words | Outcome:
        if phone.code_expires_at is None or phone.code_expires_at <= db_now():
            return not_needed("The code is used or no longer valid.")
        code = fernet().decrypt(delivery.payload["code"].encode()).decode()
        with short.speaking_as(phone.user):
            words = _("%(code)s confirms your number for %(product)s. Give it to nobody.")
            text = words % {"code": code, "product": settings.PRODUCT_NAME}
        return Words(number, text, delivery.dedup_key)

    def _words(self, said: short.Short, tries: int) -> str:
        what = said.what if len(said.what) <= LONGEST else said.what[: LONGEST - 1] + "…"
        rank = f"S{said.severity}" if said.severity is not None else ""
        if self.name == SMS:
            name = f"#{said.ref or settings.PRODUCT_NAME}·{tries}"
            return " ".join(part for part in (name, rank, what, said.url) if part)
        return ". ".join(part for part in (settings.PRODUCT_NAME, said.ref, rank, what) if part) + "."

    def send(self, message: Words, *, timeout_s: float) -> Outcome:
        """Hand it to the gateway."""
        return gateways.current(self.name).send(
            self.name, to=message.to, text=message.text, key=message.key, timeout_s=timeout_s
        )
