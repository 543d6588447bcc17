"""What a fault's database starts with: vendors with keys and webhooks, a queue, a lead, one case that others are copied from.

Prints what the faults need of it as JSON.
"""

from __future__ import annotations

import json
import sys

import django
from django.db import transaction

EMAIL, PASSWORD = "lead@faults.example", "a lead who breaks things"
MAIL = b"From: somebody@elsewhere.example\r\nTo: seed@faults.example\r\nSubject: A case\r\n\r\nPlease look.\r\n"
DEAF, HEARING = 50, 5  # vendors whose webhooks will hang, and others


def main() -> None:
    django.setup()

    from accounts.roles import Role
    from core.clock import db_now
    from core.tenancy import ActorKind, bind
    from escalations.lifecycle import MailReason, MailState, Severity
    from escalations.models import InboundMail
    from escalations.operations import inbound_mail
    from notifications.models import DutyMember
    from notifications.operations import webhooks
    from tests.factories.cases import make_queue
    from tests.factories.clocks import make_case_with_clocks
    from tests.factories.people import make_key, make_user, make_vendor

    with transaction.atomic():
        bind(ActorKind.SYSTEM, organization_id=0)
        at = db_now()
        lead = make_user(roles=[Role.LEAD, Role.SPECIALIST, Role.ADMIN], name="Lead", email=EMAIL, password=PASSWORD)
        DutyMember.objects.create(user=lead, organization=lead.organization, added_at=at)
        vendor, queue = make_vendor(), make_queue(is_default=True)
        _, token = make_key(organization=vendor)
        case = make_case_with_clocks(at=at, severity=Severity.S3, organization=vendor, queue=queue)
        mail = inbound_mail.receive(
            raw=MAIL, recipient="seed@faults.example", at=at
        )  # the one that others are copied from
        InboundMail.objects.filter(pk=mail.pk).update(state=MailState.IGNORED, reason=MailReason.AUTOMATIC)
        hooks = []
        for number in range(DEAF + HEARING):
            owner = make_vendor()
            made = webhooks.make(organization=owner, url=f"https://hooks-{number}.example.com/", by=lead, at=at)
            hooks.append({"endpoint": made.endpoint.pk, "token": make_key(organization=owner)[1]})
    sys.stdout.write(json.dumps({"token": token, "case": case.pk, "hooks": hooks}))


if __name__ == "__main__":
    main()
