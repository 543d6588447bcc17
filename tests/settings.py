"""The product's settings with the few values that tests need; the database and Redis come from tests/conftest.py."""

import os

os.environ.setdefault("WATCHFLOOR_ENV", "test")
os.environ.setdefault("DATABASE_URL", "postgresql://watchfloor@/watchfloor")
os.environ.setdefault("REDIS_URL", "redis://127.0.0.1:1/0")

from config.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
if not os.environ.get("WATCHFLOOR_SMTP_URL"):  # a process under test that is to reach a test's own mail server
    EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
# Tests set what their connection sees for a whole session, which nobody else may inherit; and they drop their databases.
DATABASE_CONNECTIONS_KEPT = 0
