"""What the journeys start from: the policy library, a specialist signed in, cases that wait."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext

from accounts.models import User
from core.clock import db_now
from policies.operations.library import load_library
from tests import browsers
from tests.factories.people import internal_organization, make_user


@pytest.fixture
def library(transactional_db: None) -> None:
    """The clauses that come with the product."""
    internal_organization()
    load_library(at=db_now(), by=None)


@pytest.fixture
def ana(library: None, browser_context: BrowserContext, live_url: str) -> User:
    """A specialist signed in to the browser."""
    user = make_user(name="Ana Bell")
    browsers.sign_in(browser_context, user, url=live_url)
    return user
