"""Mail that came in, kept as it came, and what became of it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import Organization
from core.ids import new_id
from escalations.lifecycle import MailReason, MailState
from escalations.models.case import Case
from escalations.models.evidence import Blob


class InboundMail(models.Model):
    """One mail, taken from the mail server before anything is done with it; its raw bytes are the blob's.

    The organization is the sender's once the mail is filed, before that the internal one: what nobody vouches for is the team's
    alone. `sender` and `recipient` are addresses in lower case, `subject` one line, all of them claims.
    """

    public_id = models.UUIDField(default=new_id, unique=True)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="mails")
    recipient = models.CharField(max_length=320, blank=True)  # of the envelope; empty where the server did not say
    message_id = models.CharField(max_length=250, blank=True)
    sender = models.CharField(max_length=320, blank=True)
    subject = models.CharField(max_length=200, blank=True)
    received_at = models.DateTimeField()
    state = models.CharField(max_length=12, choices=MailState, default=MailState.RECEIVED)
    reason = models.CharField(max_length=16, choices=MailReason, blank=True)
    detail = models.CharField(max_length=500, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)  # begun, also by processes that ended meanwhile
    claimed_until = models.DateTimeField(null=True)  # nobody else begins before
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, null=True, related_name="+", db_constraint=False)

    class Meta:
        constraints = [
            # A server that lost our answer sends again.
            models.UniqueConstraint(fields=["blob", "recipient"], name="inbound_mail_once"),
            models.CheckConstraint(
                condition=~Q(state="filed") | Q(case__isnull=False, settled_at__isnull=False),
                name="inbound_mail_filed_on_a_case",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("ignored", "quarantined")) | ~Q(reason=""), name="inbound_mail_says_why"
            ),
        ]
        indexes = [
            # "What waits to be filed?"
            models.Index(fields=["id"], condition=Q(state="received"), name="inbound_mail_waiting"),
            # "What needs a person?", and the list of all.
            models.Index(fields=["state", "-received_at", "-id"], name="inbound_mail_by_state"),
            # "Did this mail come before, and on which case?"
            models.Index(fields=["message_id"], condition=~Q(message_id=""), name="inbound_mail_by_message"),
            # "How many of this sender on this case just now?"
            models.Index(fields=["case", "-received_at"], condition=Q(state="filed"), name="inbound_mail_of_case"),
        ]

    @property
    def ref(self) -> str:
        """What the log prints for it."""
        return str(self.public_id)[:8]
