"""The one settings file. Places differ by environment variables, never by settings modules.

Every variable is listed in `.env.example`; a wrong one stops the start with a line that says what to set.
"""

from __future__ import annotations

import json
from email.utils import parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import dj_database_url

from config.env import Environment
from core import logs
from core.standard_webhooks import read_secret

BASE_DIR = Path(__file__).resolve().parent.parent
env = Environment()

# -- What kind of place this is ----------------------------------------------------------------------------------------
PRODUCT_NAME = env.text("WATCHFLOOR_NAME", "Watchfloor")
ENVIRONMENT = env.one_of("WATCHFLOOR_ENV", ("production", "local", "test"), "production")
LOCAL = ENVIRONMENT in ("local", "test")
DEBUG = env.flag("WATCHFLOOR_DEBUG")
if DEBUG and not LOCAL:
    env.errors.append("WATCHFLOOR_DEBUG is on in production: unset it, or set WATCHFLOOR_ENV=local.")
MAY_WIPE = env.flag("WATCHFLOOR_MAY_WIPE")  # set by `make run` where it made the database, and may drop it when asked
DEMO = env.flag("WATCHFLOOR_DEMO")  # the role switcher, the simulator and the demo banner exist
if DEMO and not LOCAL:
    env.errors.append("WATCHFLOOR_DEMO is on in production: it lets anyone sign in; unset it.")

SECRET_KEY = env.text("WATCHFLOOR_SECRET_KEY", "only-for-local-use-" + "x" * 40 if LOCAL else "")
SECRET_KEY_FALLBACKS = env.items("WATCHFLOOR_SECRET_KEY_FALLBACKS")
if not LOCAL and (len(SECRET_KEY) < 50 or len(set(SECRET_KEY)) < 16):
    env.errors.append("WATCHFLOOR_SECRET_KEY is missing or weak: set 50 random characters or more.")
# Dated Fernet keys, newest first: what is kept encrypted (sandbox secrets, TOTP seeds) is read with any, written with the first.
FIELD_KEYS = env.items("WATCHFLOOR_FIELD_KEYS", "bG9jYWwtdXNlLW9ubHktbG9jYWwtdXNlLW9ubHktISE=" if LOCAL else "")
if not FIELD_KEYS:
    env.errors.append(
        "WATCHFLOOR_FIELD_KEYS is not set: give one Fernet key or more, newest first, separated by commas."
    )
# Case references are a permutation of a sequence under this key. It never changes once cases exist.
REFERENCE_KEY = env.text("WATCHFLOOR_REFERENCE_KEY", "local-reference-key" if LOCAL else "")
if not LOCAL and len(REFERENCE_KEY) < 32:
    env.errors.append(
        "WATCHFLOOR_REFERENCE_KEY is missing or short: set 32 random characters or more, once and for ever."
    )

ALLOWED_HOSTS = env.items("WATCHFLOOR_HOSTS", "localhost,127.0.0.1,[::1]" if LOCAL else "")
if not ALLOWED_HOSTS:
    env.errors.append("WATCHFLOOR_HOSTS is not set: give the host names the site answers to, separated by commas.")
CSRF_TRUSTED_ORIGINS = env.items("WATCHFLOOR_TRUSTED_ORIGINS")
SECURE_COOKIES = env.flag("WATCHFLOOR_HTTPS", default=not LOCAL)

# -- Applications ------------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "core",
    "audit",
    "accounts",
    "oncall",
    "policies",
    "escalations",
    "notifications",
    "reporting",
    "portal",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",  # allauth's lists of sessions and passkeys load its filters
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "axes",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_htmx",
    "django_structlog",
    "csp",
]

MIDDLEWARE = [
    "core.middleware.database_errors",
    "django.middleware.security.SecurityMiddleware",
    "core.files.StaticFiles",
    "csp.middleware.CSPMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "core.middleware.request_id",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.tenant",
    "django.middleware.locale.LocaleMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.middleware.refused_sign_ins",
    "accounts.middleware.second_factor",
    "accounts.middleware.time_zone",
    "portal.middleware.stay_at_home",
    "django_htmx.middleware.HtmxMiddleware",
    "core.middleware.domain_errors",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "core.context_processors.page",
            ],
            "builtins": ["core.templatetags.ui"],
            "libraries": {"i18n": "core.templatetags.said"},  # Django's, with the words of templates looked up once
        },
    }
]

# -- Database ----------------------------------------------------------------------------------------------------------
# A process works as one of our roles (docs/running.md). Where the URL signs in as somebody else (one login that may act
# as each), the connection takes the role at its start; PgBouncer refuses that, so behind it each role has its own URL.
DB_ROLE = env.one_of("WATCHFLOOR_DB_ROLE", ("wf_web", "wf_owner", "wf_engine", "wf_audit", "wf_report"), "wf_web")
DATABASE_URL = env.url("DATABASE_URL", ("postgres", "postgresql"))


def database(role: str) -> dict[str, Any]:
    """Django's settings for `DATABASE_URL`, acting as `role`."""
    if any(error.startswith("DATABASE_URL") for error in env.errors):
        return {}
    try:
        parsed: dict[str, Any] = dict(dj_database_url.parse(DATABASE_URL))
    except ValueError:
        env.errors.append("DATABASE_URL cannot be read: it looks like postgresql://user:password@host:5432/name.")
        return {}
    options: dict[str, Any] = parsed.setdefault("OPTIONS", {})
    options.setdefault("connect_timeout", 3)
    if parsed.get("USER") != role:
        options["options"] = f"{options.get('options', '')} -c role={role}".strip()
    parsed["ENGINE"] = "core.postgres"
    parsed["CONN_MAX_AGE"] = (
        0  # held by ASGI's threads, connections would multiply; `core.postgres` keeps a few instead
    )
    parsed["CONN_HEALTH_CHECKS"] = True
    parsed["DISABLE_SERVER_SIDE_CURSORS"] = True  # PgBouncer in transaction mode stays possible
    return parsed


# Where statements of the SQL tab go (docs/adr/sql-tab.md), signing in as wf_sql; empty: `DATABASE_URL`, as that role.
SQL_URL = env.text("WATCHFLOOR_SQL_URL")

# `independent` is the same database on a connection of its own: what is written there (denials, sign-in failures, access
# records) stays, although the request's transaction is rolled back.
DATABASES = {"default": database(DB_ROLE), "independent": database(DB_ROLE)}


def connections_kept(role: str) -> int:
    """Idle ones of a process, each some ten MB of the server's memory; a minute after a burst they close.

    An engine's lanes rest most of the time and share a few; one that works keeps its own until it rests.
    """
    return 4 if role == "wf_engine" else 16


DATABASE_CONNECTIONS_KEPT = connections_kept(DB_ROLE)
DATABASE_ROUTERS: list[str] = ["core.db.Router"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.url("REDIS_URL", ("redis", "rediss", "unix"))
if not LOCAL and REDIS_URL.startswith(("redis://", "rediss://")) and not urlsplit(REDIS_URL).password:
    env.errors.append("REDIS_URL has no password: set one in Redis and here, as redis://:password@host:6379/0.")
# Sign-in limits and used codes must survive a flush of Redis, so the default cache is a table; Redis is only `fast`.
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache_entry"},
    "fast": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL},
}

# -- Celery (doorbells; Postgres holds the truth, docs/adr/) -----------------------------------------------------------
# kombu spells a Unix socket its own way
_SAME_REDIS = REDIS_URL.replace("unix://", "redis+socket://", 1).replace("?db=", "?virtual_host=", 1)
CELERY_BROKER_URL = env.text("CELERY_BROKER_URL", _SAME_REDIS if REDIS_URL.startswith("unix://") else REDIS_URL)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = CELERY_RESULT_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_ACKS_LATE = CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 240  # seconds; below the visibility timeout, so that no task runs twice while it still works
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 300,
    "socket_timeout": 0.25,
    "socket_connect_timeout": 0.25,
    # A ring that finds no broker gives up at once; by default it would keep its request waiting for six seconds.
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0,
    "interval_max": 0,
}
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 20.0
CELERY_WORKER_MAX_TASKS_PER_CHILD = 500
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_DEFAULT_QUEUE = "outbox"
CELERY_TIMEZONE = "UTC"

# -- Watching the watchers (docs/alarms.md) ----------------------------------------------------------------------------
# Outside addresses that expect a sign of life each minute, and those the auditor posts alarms to by a way of its own.
DEADMAN_URLS = env.items("WATCHFLOOR_DEADMAN_URLS")
ALARM_URLS = env.items("WATCHFLOOR_ALARM_URLS")
for _name, _urls in (("WATCHFLOOR_DEADMAN_URLS", DEADMAN_URLS), ("WATCHFLOOR_ALARM_URLS", ALARM_URLS)):
    if any(not url.startswith(("https://", "http://")) for url in _urls):
        env.errors.append(f"{_name} holds something that is no web address: give https addresses, separated by commas.")

# -- People ------------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {"login": "accounts.sign_in.SignInForm"}
ACCOUNT_EMAIL_VERIFICATION = "none"  # accounts are made by an administrator, never by signing up
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
# A hundred people behind one office address sign in at a shift change; per account it stays 5 in 15 minutes.
ACCOUNT_RATE_LIMITS = {"login": "300/m/ip", "login_failed": "50/15m/ip,5/15m/key", "reset_password": "20/h/ip,3/h/key"}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = LOCAL
MFA_TOTP_ISSUER = PRODUCT_NAME
USERSESSIONS_TRACK_ACTIVITY = True
# Roles that may not work without a second factor, by code (permissions.md): "AD,LD"; empty where nothing is forced.
SECOND_FACTOR_ROLES = env.items("WATCHFLOOR_SECOND_FACTOR_ROLES", "" if LOCAL else "AD,AU,LG,LD,IC")
AXES_HANDLER = "axes.handlers.database.AxesDatabaseHandler"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username"]]
AXES_USERNAME_FORM_FIELD = "login"
AXES_LOCKOUT_TEMPLATE = "account/locked.html"
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 12 * 3600  # absolute; idle sessions end earlier (accounts.middleware)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_COOKIES
SESSION_COOKIE_NAME = "__Host-session" if SECURE_COOKIES else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if SECURE_COOKIES else "csrf"
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "core.views.csrf_failure"
CSRF_COOKIE_HTTPONLY = True

# -- HTTP --------------------------------------------------------------------------------------------------------------
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if SECURE_COOKIES else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.flag("WATCHFLOOR_BEHIND_PROXY") else None
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "font-src": ["'self'"],
        "img-src": ["'self'"],
        "connect-src": ["'self'"],
        "manifest-src": ["'self'"],
        "worker-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_048_576  # bytes of a form or JSON body; files have limits of their own
DATA_UPLOAD_MAX_NUMBER_FIELDS = 12_000  # a selection names each case: whoever chose 10,000 is told what to do
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]

STATIC_URL = "/static/"
STATIC_ROOT = None if LOCAL else BASE_DIR / "staticfiles"  # locally files are found where they stand
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if LOCAL
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = LOCAL
DATA_DIR = Path(env.text("WATCHFLOOR_DATA_DIR", str(BASE_DIR / ".data")))
EVIDENCE_DIR = Path(env.text("WATCHFLOOR_EVIDENCE_DIR", str(DATA_DIR / "evidence")))
EXPORTS_DIR = Path(env.text("WATCHFLOOR_EXPORTS_DIR", str(DATA_DIR / "exports")))
UPLOAD_MAX_BYTES = env.integer("WATCHFLOOR_UPLOAD_MAX_MB", 200, low=1, high=5000) * 1024 * 1024

# -- Requests to addresses that people configure (core.outward) --------------------------------------------------------
# Private places that configured addresses (webhooks, feeds) name all the same, as host:port; over http too.
OUTWARD_ALLOWED = frozenset(env.items("WATCHFLOOR_OUTWARD_ALLOWED"))

# -- The platform that enforces (docs/adr/hand-offs.md) ----------------------------------------------------------------
# Where enforcement actions are sent, signed; empty: the platform fetches and answers them over the API.
ENFORCEMENT_URL = env.text("WATCHFLOOR_ENFORCEMENT_URL")
ENFORCEMENT_SECRETS: list[bytes] = []  # newest first; each signs while a change of secret is under way
for _secret in env.items("WATCHFLOOR_ENFORCEMENT_SECRETS"):
    try:
        ENFORCEMENT_SECRETS.append(read_secret(_secret))
    except ValueError as _error:
        env.errors.append(f"WATCHFLOOR_ENFORCEMENT_SECRETS holds something wrong: {_error}.")
if ENFORCEMENT_URL and not ENFORCEMENT_SECRETS:
    env.errors.append("WATCHFLOOR_ENFORCEMENT_SECRETS is not set: what goes to WATCHFLOOR_ENFORCEMENT_URL is signed.")
# How long the platform may take to say what became of an action it took; then a person looks at it.
ENFORCEMENT_WORD_S = env.integer("WATCHFLOOR_ENFORCEMENT_WORD_S", 900, low=5, high=7 * 86400)

# -- The sealed log (docs/adr/log-sealing.md) --------------------------------------------------------------------------
LOG_KEY_FILE = env.text("WATCHFLOOR_LOG_KEY_FILE")  # read by the engine alone, when it signs
LOG_SITE = env.text("WATCHFLOOR_LOG_SITE", PRODUCT_NAME)  # what a witness of several installations tells them apart by
LOG_WITNESSES = env.items("WATCHFLOOR_LOG_WITNESSES")
env.errors += [
    f"WATCHFLOOR_LOG_WITNESSES holds {one!r}: each starts with file:/, mailto: or https://."
    for one in LOG_WITNESSES
    if not one.startswith(("file:/", "mailto:", "https://", "http://"))
]
if LOG_KEY_FILE and not LOCAL and len(set(LOG_WITNESSES)) < 2:
    env.errors.append(
        "WATCHFLOOR_LOG_WITNESSES names fewer than two places: a head that is kept here alone proves nothing. Name two outside."
    )

# -- API ---------------------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["accounts.api.authentication.ServiceKeyAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["accounts.api.authentication.HasScope"],
    "DEFAULT_RENDERER_CLASSES": ["core.api.renderers.OrjsonRenderer"],
    "DEFAULT_PARSER_CLASSES": ["core.api.parsers.StrictJsonParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "core.api.errors.handler",
    "UNAUTHENTICATED_USER": None,
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "rest_framework.negotiation.DefaultContentNegotiation",
}
SPECTACULAR_SETTINGS = {
    "TITLE": f"{PRODUCT_NAME} API",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "POSTPROCESSING_HOOKS": ["escalations.api.documentation.add_components"],
    "PREPROCESSING_HOOKS": [],
}
# What share of clocks should be met: the dashed line of attainment charts. A contract's own target stands with its vendor.
ATTAINMENT_TARGET = env.integer("WATCHFLOOR_ATTAINMENT_TARGET", 95, low=50, high=100) / 100

API_REQUESTS_PER_MINUTE = env.integer("WATCHFLOOR_API_PER_MINUTE", 600, low=1, high=1_000_000)

# -- Language and time -------------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("es", "Español")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_TZ = True
TIME_ZONE = "UTC"

# -- Logs --------------------------------------------------------------------------------------------------------------
LOG_LEVEL = env.one_of("WATCHFLOOR_LOG_LEVEL", ("DEBUG", "INFO", "WARNING", "ERROR"), "INFO")
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "core.logs.formatter", "local": LOCAL}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL if ENVIRONMENT != "test" else "ERROR"},
    "loggers": {
        "django.request": {"level": "ERROR"},
        "axes": {"level": "WARNING"},
        # A stream that its reader closes is no warning on a terminal that people watch.
        "django_structlog.middlewares.request": {"level": "ERROR" if LOCAL else "INFO"},
    },
}
DJANGO_STRUCTLOG_USER_ID_FIELD = "pk"

# -- Mail --------------------------------------------------------------------------------------------------------------
# Mail to this domain is ours: answers to notices, and mail to `cases@` or to a queue (docs/running.md). The server that hands it
# over says in Authentication-Results, under this name, whether the sender is who they say.
MAIL_DOMAIN = env.text("WATCHFLOOR_MAIL_DOMAIN")
MAIL_AUTHSERV = env.text("WATCHFLOOR_MAIL_AUTHSERV")
# smtp://user:password@host:25, smtp+tls:// for STARTTLS, smtps:// for TLS from the start. Without, a local run keeps messages as
# files below DATA_DIR, where administrators read them; elsewhere there is no e-mail channel and what Django sends is printed.
_SMTP = urlsplit(env.text("WATCHFLOOR_SMTP_URL"))
if _SMTP.scheme not in ("", "smtp", "smtp+tls", "smtps") or (_SMTP.scheme and not _SMTP.hostname):
    env.errors.append(
        "WATCHFLOOR_SMTP_URL cannot be read: it looks like smtp+tls://user:password@mail.example.org:587."
    )
MAIL_IS_KEPT = LOCAL and not _SMTP.scheme
HAS_MAIL = bool(_SMTP.scheme) or LOCAL
EMAIL_BACKEND = (
    "django.core.mail.backends.smtp.EmailBackend"
    if _SMTP.scheme
    else "core.mail_sink.EmailBackend"
    if LOCAL
    else "django.core.mail.backends.console.EmailBackend"
)
EMAIL_HOST, EMAIL_PORT = _SMTP.hostname or "localhost", _SMTP.port or (465 if _SMTP.scheme == "smtps" else 25)
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = unquote(_SMTP.username or ""), unquote(_SMTP.password or "")
EMAIL_USE_TLS, EMAIL_USE_SSL = _SMTP.scheme == "smtp+tls", _SMTP.scheme == "smtps"
EMAIL_TIMEOUT = 5
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.text("WATCHFLOOR_MAIL_FROM", f"{PRODUCT_NAME} <watchfloor@localhost>")
if "@" not in parseaddr(DEFAULT_FROM_EMAIL)[1]:
    env.errors.append("WATCHFLOOR_MAIL_FROM is no address: it looks like Watchfloor <watchfloor@example.org>.")
# -- Appeals -----------------------------------------------------------------------------------------------------------
# Whether whoever leads a team of a decision's decider is kept from deciding its appeal, as the decider always is.
APPEALS_EXCLUDE_LEADS = env.flag("WATCHFLOOR_APPEALS_EXCLUDE_LEADS")
# -- Texts and calls (notifications/channels/gateways.py) --------------------------------------------------------------
# A provider's HTTP API, described: {to}, {text} and {key} stand for the number, the words and what is the same at every try.
# Without, a local run keeps what would leave, where administrators read it; elsewhere there are no such channels.
SMS_URL = env.text("WATCHFLOOR_SMS_URL")
SMS_METHOD = env.one_of("WATCHFLOOR_SMS_METHOD", ("POST", "PUT", "GET"), "POST")
SMS_BODY = env.text("WATCHFLOOR_SMS_BODY", '{"to": "{to}", "text": "{text}", "key": "{key}"}')
SMS_ID = env.text("WATCHFLOOR_SMS_ID")  # where the provider's own id stands in its answer
VOICE_URL = env.text("WATCHFLOOR_SMS_VOICE_URL")
VOICE_BODY = env.text("WATCHFLOOR_SMS_VOICE_BODY", SMS_BODY)
TEXTS_ARE_KEPT = LOCAL and not SMS_URL


def gateway_headers(name: str) -> dict[str, str]:
    """The headers of a provider's requests: JSON on one line. What cannot be read is an error of the start."""
    try:
        found: dict[str, str] = json.loads(env.text(name, '{"Content-Type": "application/json"}'))
        if not all(isinstance(part, str) and part.isprintable() for pair in found.items() for part in pair):
            raise ValueError
    except (ValueError, AttributeError):
        env.errors.append(f'{name} cannot be read: it looks like {{"Authorization": "Bearer …"}}, JSON on one line.')
        return {}
    return found


SMS_HEADERS = gateway_headers("WATCHFLOOR_SMS_HEADERS")
for _name, _url, _words in (("", SMS_URL, SMS_BODY), ("VOICE_", VOICE_URL, VOICE_BODY)):
    if _url and not ("{to}" in _url + _words and "{text}" in _url + _words):
        env.errors.append(
            f"WATCHFLOOR_SMS_{_name}BODY lacks {{to}} or {{text}}: they stand for the number and the words."
        )
if VOICE_URL and not SMS_URL:
    env.errors.append("WATCHFLOOR_SMS_VOICE_URL is set without WATCHFLOOR_SMS_URL: numbers are confirmed by text.")
# A second provider, of another company and another network, which takes over at once what the first does not take (R43).
SMS2_URL = env.text("WATCHFLOOR_SMS2_URL")
SMS2_METHOD = env.one_of("WATCHFLOOR_SMS2_METHOD", ("POST", "PUT", "GET"), "POST")
SMS2_BODY = env.text("WATCHFLOOR_SMS2_BODY", '{"to": "{to}", "text": "{text}", "key": "{key}"}')
SMS2_ID = env.text("WATCHFLOOR_SMS2_ID")
VOICE2_URL = env.text("WATCHFLOOR_SMS2_VOICE_URL")
VOICE2_BODY = env.text("WATCHFLOOR_SMS2_VOICE_BODY", SMS2_BODY)
SMS2_HEADERS = gateway_headers("WATCHFLOOR_SMS2_HEADERS")
for _name, _url, _words in (("", SMS2_URL, SMS2_BODY), ("VOICE_", VOICE2_URL, VOICE2_BODY)):
    if _url and not ("{to}" in _url + _words and "{text}" in _url + _words):
        env.errors.append(
            f"WATCHFLOOR_SMS2_{_name}BODY lacks {{to}} or {{text}}: they stand for the number and the words."
        )
if VOICE2_URL and not SMS2_URL:
    env.errors.append(
        "WATCHFLOOR_SMS2_VOICE_URL is set without WATCHFLOOR_SMS2_URL: a provider of calls carries texts, too."
    )
if SMS2_URL and not SMS_URL:
    env.errors.append("WATCHFLOOR_SMS2_URL is set without WATCHFLOOR_SMS_URL: the first provider comes first.")
if SMS_URL and not SMS2_URL and not LOCAL:
    env.errors.append(
        "WATCHFLOOR_SMS2_URL is not set: texts and calls need a second provider of another company, for when the first is down."
    )
if SMS_URL and SMS2_URL and not LOCAL and urlsplit(SMS_URL).hostname == urlsplit(SMS2_URL).hostname:
    env.errors.append("WATCHFLOOR_SMS2_URL names the same provider twice: give one of another company.")

# Where people open the product: links in e-mails lead there.
SITE_URL = env.text(
    "WATCHFLOOR_URL",
    f"http://127.0.0.1:{env.text('WATCHFLOOR_PORT', '8000')}"
    if LOCAL
    else f"https://{ALLOWED_HOSTS[0] if ALLOWED_HOSTS else ''}",
).rstrip("/")
MIGRATION_MODULES: dict[str, str] = {}
SILENCED_SYSTEM_CHECKS = [
    "auth.W004",  # e-mail is unique whatever its case, by a constraint that the check cannot read
    "templates.W003",  # `i18n` is ours on purpose (TEMPLATES)
    "axes.W006",  # the lock is per account; addresses are limited by ACCOUNT_RATE_LIMITS
]

# Read by the supervisor and the tests rather than here.
ALSO_KNOWN = ("WATCHFLOOR_PORT", "WATCHFLOOR_PG_BIN", "WATCHFLOOR_CHROMIUM")
env.finish(also_known=ALSO_KNOWN)

logs.configure()

# Makes our Celery application the one that tasks are sent by, and registers the checks of the database.
from config import celery as _celery  # noqa: E402,F401
from config import checks as _checks  # noqa: E402,F401
