"""J9, the curl half: open the quickstart, copy, paste, 201 (ux.md §20): one paste, nothing edited, in the sandbox."""

from __future__ import annotations

import json
import shutil
import subprocess

import pytest
from playwright.sync_api import Page

from accounts.operations import keys
from accounts.roles import Role
from core.clock import db_now
from escalations.models import Case
from tests.browsers import sign_in
from tests.factories.cases import make_queue
from tests.factories.people import make_user, make_vendor

pytestmark = pytest.mark.browser


@pytest.mark.skipif(shutil.which("curl") is None, reason="no curl on this machine")
def test_the_first_curl_works_as_it_is_copied(page: Page, live_url: str) -> None:
    make_queue(is_default=True)
    vendor = make_vendor()
    keys.ensure_sandbox_key(organization=vendor, by=None, at=db_now())
    sign_in(page.context, make_user(roles=[Role.VENDOR_LEAD], organization=vendor), url=live_url)

    page.goto(f"{live_url}/developers/")
    copied = page.locator("pre, code").filter(has_text="curl -sS -X POST").first.inner_text()
    pasted = subprocess.run(["sh", "-c", copied], capture_output=True, text=True, timeout=30, check=True)

    answer = json.loads(pasted.stdout)
    case = Case.objects.get(ref=answer["ref"])
    assert case.is_sandbox
    assert case.organization == vendor
    assert answer["promised"]["resolve"]
