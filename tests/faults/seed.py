"""What a fault's database starts with: a vendor with a key, a queue, one case that others are copied from. Prints it as JSON."""

from __future__ import annotations

import json
import sys

import django
from django.db import transaction


def main() -> None:
    django.setup()

    from core.clock import db_now
    from core.tenancy import ActorKind, bind
    from escalations.lifecycle import Severity
    from tests.factories.cases import make_queue
    from tests.factories.clocks import make_case_with_clocks
    from tests.factories.people import make_key, make_user, make_vendor

    with transaction.atomic():
        bind(ActorKind.SYSTEM, organization_id=0)
        make_user()
        vendor, queue = make_vendor(), make_queue(is_default=True)
        _, token = make_key(organization=vendor)
        case = make_case_with_clocks(at=db_now(), severity=Severity.S3, organization=vendor, queue=queue)
    sys.stdout.write(json.dumps({"token": token, "case": case.pk}))


if __name__ == "__main__":
    main()
