"""Words around notices: classes, reasons, channels, states. Pure data; which event tells whom stands in `rules.py`."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Tab(models.TextChoices):
    """The inbox's three tabs (ux.md INB-1): what waits for the person, what they follow, what is good to know."""

    NEEDS = "needs", _("Needs you")
    WATCHING = "watching", _("Watching")
    FYI = "fyi", _("For your information")


class EventClass(models.TextChoices):
    """What a person chooses channels for. A class holds event kinds that people want, or do not want, together."""

    ASSIGNMENT = "assignment", _("Work given to me or taken back")
    MENTION = "mention", _("Somebody mentions me")
    ANSWER = "answer", _("Messages and answers from submitters")
    CLOCK_WARNING = "clock_warning", _("A clock runs short")
    CLOCK_BREACH = "clock_breach", _("A clock was missed")
    CASE_CHANGE = "case_change", _("A case I follow changes")
    OUTCOME = "outcome", _("Decisions and closings")
    SAVED_VIEW = "saved_view", _("Alerts of saved views")
    POLICY = "policy", _("Policies and gaps")
    ACCOUNT = "account", _("My roles and access")
    REPORT = "report", _("Reports, briefs and exports")
    CONFIGURATION = "configuration", _("Queues, routing, calendars, keys")
    OPERATIONS = "operations", _("Trouble in the machinery")


class Reason(models.TextChoices):
    """Why somebody is told, the strongest first: of several only the first is kept."""

    SUBJECT = "subject", _("it is about you")
    MENTIONED = "mentioned", _("you were mentioned")
    GIVEN = "given", _("it was given to you")
    TAKEN = "taken", _("it was yours before")
    ASSIGNEE = "assignee", _("the case is yours")
    LEAD = "lead", _("you lead the team of its queue and are on shift")
    DUTY = "duty", _("you are on the duty list")
    NAMED = "named", _("the alert names you")
    WATCHER = "watcher", _("you watch the case")
    ROLE = "role", _("your role is told of it")


class Mode(models.TextChoices):
    """How a class reaches a person on one channel."""

    NOW = "now", _("At once")
    DIGEST = "digest", _("In the digest")
    OFF = "off", _("Never")


class Lane(models.TextChoices):
    """Deliveries of one lane share sending threads and cannot delay another's (reliability.md R14)."""

    PAGE = "page", _("Pages")
    NOTIFY = "notify", _("Notices")
    WEBHOOK = "webhook", _("Webhooks")
    BULK = "bulk", _("Digests and reports")


class DeliveryState(models.TextChoices):
    """Where a delivery stands. `ambiguous`: it may have arrived and may not; only a person sends it again."""

    PENDING = "pending", _("Waiting")
    LEASED = "leased", _("Being sent")
    ACCEPTED = "accepted", _("Sent")
    DELIVERED = "delivered", _("Arrived")
    AMBIGUOUS = "ambiguous", _("Unclear")
    DEAD = "dead", _("Failed")
    CANCELLED = "cancelled", _("Not needed")


# What a person may still decide about; everything else is on its way or over.
NEEDS_A_PERSON = (DeliveryState.AMBIGUOUS, DeliveryState.DEAD)

IN_APP, EMAIL, WEBHOOK = "in_app", "email", "webhook"
CHAT, SMS, VOICE, PUSH = "chat", "sms", "voice", "push"  # channel names; others register in `channels`
