"""Asks the person concerned several things about an appeal, as people do it: what is then handed to the platform are messages.

`python -m tests.faults.told 6` on a seeded database: one decided case, its appeal, six questions that wait to be handed over.
"""

from __future__ import annotations

import sys

import django
from django.db import transaction


def main() -> None:
    django.setup()

    from accounts.models import User
    from core.clock import db_now
    from core.tenancy import ActorKind, bind
    from escalations.appeal_life import Appellant
    from escalations.models import Case
    from escalations.operations import appeals
    from tests.factories.enforcement import decided_submission
    from tests.faults.seed import EMAIL

    with transaction.atomic():
        bind(ActorKind.SYSTEM, organization_id=0)
        at, lead = db_now(), User.objects.get(email=EMAIL)
        case = decided_submission(Case.objects.get().ref)
        asked = appeals.Request(text="It was satire.", entity_id=case.subjects.get().entity_id)
        appeal = appeals.file_appeal(case_id=case.pk, appellant=Appellant.SUBJECT, asked=asked, by=lead, at=at)
        appeals.claim_appeal(appeal_id=appeal.pk, by=lead, at=at)
        for number in range(1, int(sys.argv[1]) + 1):
            appeals.ask_appellant(appeal_id=appeal.pk, question=f"What did you mean, part {number}?", by=lead, at=at)


if __name__ == "__main__":
    main()
