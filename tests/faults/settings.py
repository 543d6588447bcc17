"""The tests' settings with one more app: a listener and a sender whose receiver is outside, as the oracle."""

from tests.settings import *  # noqa: F403
from tests.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.faults.pages"]
