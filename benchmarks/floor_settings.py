"""Settings of `benchmarks.floor`: the product's database, nothing of its middleware."""

from config.settings import *  # noqa: F403

ROOT_URLCONF = "benchmarks.floor"
MIDDLEWARE: list[str] = []
INSTALLED_APPS = [
    "core",
    "audit",
    "accounts",
    "oncall",
    "policies",
    "escalations",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.postgres",
]
