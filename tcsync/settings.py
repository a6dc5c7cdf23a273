"""Settings of a node, read from the environment only; docs/operations.md lists each one.

Everything that a node has lies under TCSYNC_DATA, its keys included.
"""

from __future__ import annotations

import base64
import os
import secrets
from pathlib import Path

import environ
from cryptography.fernet import Fernet
from csp.constants import NONCE, NONE, SELF

env = environ.Env()
BASE_DIR = Path(__file__).resolve().parent.parent
TCSYNC_DATA = Path(env.str("TCSYNC_DATA", default=str(BASE_DIR / "var"))).resolve()
TCSYNC_DATA.mkdir(mode=0o700, parents=True, exist_ok=True)


def _key(variable: str, file_name: str, fresh: str) -> str:
    """Return a secret from the environment, else from its file (made at first use, mode 0600)."""
    if value := os.environ.get(variable, ""):
        return value
    path = TCSYNC_DATA / file_name
    try:
        # Exclusive creation of a finished file: two processes that start at once agree on one key.
        scratch = path.with_name(f"{file_name}.{os.getpid()}")
        scratch.touch(mode=0o600)
        scratch.write_text(fresh)
        os.link(scratch, path)
    except FileExistsError:
        pass
    finally:
        scratch.unlink(missing_ok=True)
    return path.read_text().strip()


SECRET_KEY = _key("SECRET_KEY", "secret.key", secrets.token_urlsafe(50))
# Encrypts the secrets of remote servers; the first key encrypts, all of them decrypt.
TCSYNC_FIELD_KEYS = _key("TCSYNC_FIELD_KEYS", "field.keys", Fernet.generate_key().decode()).split(
    ","
)
# Signs reports (Ed25519; 32 bytes in Base64). Another key makes it another signer.
TCSYNC_SIGNING_KEY = _key(
    "TCSYNC_SIGNING_KEY", "signing.key", base64.b64encode(secrets.token_bytes(32)).decode()
)
DEBUG = env.bool("DEBUG", default=False)
TCSYNC_DEVELOPMENT = env.bool("TCSYNC_DEVELOPMENT", default=False)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
TCSYNC_TRUSTED_PROXIES = env.list("TCSYNC_TRUSTED_PROXIES", default=[])

TCSYNC_SYSLOG = env.str("TCSYNC_SYSLOG", default="")
TCSYNC_NODE_NAME = env.str("TCSYNC_NODE_NAME", default="tcsync")
TCSYNC_MAJOR_VERSION = env.str("TCSYNC_MAJOR_VERSION", default="")
TCSYNC_ALLOW_LOOPBACK = env.bool("TCSYNC_ALLOW_LOOPBACK", default=False)
TCSYNC_WORKERS = env.int("TCSYNC_WORKERS", default=2)
TCSYNC_LEASE_SECONDS = env.float("TCSYNC_LEASE_SECONDS", default=30.0)
TCSYNC_WATCH_SECONDS = env.float("TCSYNC_WATCH_SECONDS", default=0.5)
TCSYNC_TWC_WATCH_SECONDS = env.float("TCSYNC_TWC_WATCH_SECONDS", default=30.0)
TCSYNC_FULL_LOOK_SECONDS = env.float("TCSYNC_FULL_LOOK_SECONDS", default=300.0)
TCSYNC_WALK_SECONDS = env.float("TCSYNC_WALK_SECONDS", default=30.0)
TCSYNC_WALK_DAYS = env.float("TCSYNC_WALK_DAYS", default=7.0)
TCSYNC_SEGMENT_BYTES = env.int("TCSYNC_SEGMENT_BYTES", default=256 << 20)

INSTALLED_APPS = [
    "tcsync.audit.apps.AuditConfig",
    "tcsync.access.apps.AccessConfig",
    "tcsync.repository.apps.RepositoryConfig",
    "syncconfigs.apps.SyncconfigsConfig",
    "whitenoise.runserver_nostatic",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_q",
    "django_htmx",
    "crispy_forms",
    "crispy_bootstrap5",
    "bootstrap",
    "csp",
    "formtools",
    "django_filters",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
]
MIDDLEWARE = [
    "tcsync.access.callers.CallerAddress",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "tcsync.api.nul.NulRefused",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "syncconfigs.views.sitting.SessionLimits",
    "syncconfigs.views.sitting.SecondFactorAsked",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "syncconfigs.views.expired.SessionEnded",
]
ROOT_URLCONF = "tcsync.urls"
WSGI_APPLICATION = "tcsync.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

DATABASES = {
    "default": env.db_url("DATABASE_URL", default=f"sqlite:///{TCSYNC_DATA / 'db.sqlite3'}")
}
_database = DATABASES["default"]
_database["CONN_MAX_AGE"] = 600
if _database["ENGINE"].endswith("sqlite3"):
    _database["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;",
    }
else:
    _database["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "access.User"
AUTHENTICATION_BACKENDS = ["tcsync.access.backend.CountedBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
    )
]
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "dashboard"
LOGOUT_REDIRECT_URL = "sign-in"
# Cookies do not know ports: two nodes on one host would sign each other's people out.
_cookie_suffix = env.str("TCSYNC_COOKIE_SUFFIX", default="")
SESSION_COOKIE_NAME = f"tcsync_session{_cookie_suffix}"
CSRF_COOKIE_NAME = f"tcsync_csrf{_cookie_suffix}"
TCSYNC_DEVICE_COOKIE = f"tcsync_device{_cookie_suffix}"
TCSYNC_SESSION_IDLE_MINUTES = env.float("TCSYNC_SESSION_IDLE_MINUTES", default=60.0)
TCSYNC_SESSION_HOURS = env.float("TCSYNC_SESSION_HOURS", default=12.0)
TCSYNC_ADMINISTRATORS_NEED_TOTP = env.bool("TCSYNC_ADMINISTRATORS_NEED_TOTP", default=False)
# The row and the cookie outlive the session's own limits, which the portal's middleware keeps.
SESSION_COOKIE_AGE = int(TCSYNC_SESSION_HOURS * 3600) + 3600
TCSYNC_HTTPS = env.bool("TCSYNC_HTTPS", default=False)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = TCSYNC_HTTPS
# Only what a trusted proxy says is left of this header (tcsync.access.callers).
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# Without a proxy that tells of TLS every request would look plain, and be redirected for ever.
SECURE_SSL_REDIRECT = TCSYNC_HTTPS and bool(TCSYNC_TRUSTED_PROXIES)
SECURE_REDIRECT_EXEMPT = ["^healthz$"]
SECURE_HSTS_SECONDS = env.int("TCSYNC_HSTS_SECONDS", default=30 * 24 * 3600) if TCSYNC_HTTPS else 0
# W005 and W021 ask to speak for all subdomains and in browsers' lists: a node knows itself alone.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    },
}

LANGUAGE_CODE = "en"
TIME_ZONE = env.str("TZ", default="UTC")
USE_TZ = True
# A form with a field of 10 MB is still read, so that the field itself can say that it is too much.
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 << 20
# Each selected row is a field, and a selection may be a server's whole catalogue.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000
STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = TCSYNC_DATA / "static"
STATIC_ROOT.mkdir(exist_ok=True)  # whitenoise warns of a folder that is not there
WHITENOISE_USE_FINDERS = True
CRISPY_ALLOWED_TEMPLATE_PACKS = CRISPY_TEMPLATE_PACK = "bootstrap5"

# The JSON API: tokens only, JSON only, every error a problem (syncconfigs.api.problems).
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["syncconfigs.api.auth.TokenOnly"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_PARSER_CLASSES": ["syncconfigs.api.bodies.StrictJson"],
    "DEFAULT_RENDERER_CLASSES": ["syncconfigs.api.bodies.Json"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "syncconfigs.api.bodies.FirstRenderer",
    "DEFAULT_METADATA_CLASS": None,
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "syncconfigs.api.problems.handle",
    "NON_FIELD_ERRORS_KEY": "body",
    "URL_FORMAT_OVERRIDE": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "tcsync",
    "VERSION": "1",
    "DESCRIPTION": "Remote servers, configurations, runs and the repository of this node.",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "COMPONENT_SPLIT_PATCH": False,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "POSTPROCESSING_HOOKS": ["syncconfigs.api.schema.describe_parameters"],
}

# The broker is a doorbell, the run table is the truth: one attempt, always acknowledged, and
# `retry` longer than anything that can be running or waiting before it (dependencies: django-q2
# starts the clock of `retry` when a message is pulled). Retries are ours.
Q_TASK_SECONDS = 3600
Q_CLUSTER = {
    "name": "tcsync",
    "orm": "default",
    "workers": TCSYNC_WORKERS,
    "timeout": Q_TASK_SECONDS,
    "retry": Q_TASK_SECONDS * 4,
    "queue_limit": 1,
    "bulk": 1,
    "max_attempts": 1,
    "ack_failures": True,
    "catch_up": False,
    "save_limit": 50,
    "recycle": 500,
    "poll": 0.05,
    "label": "Queue",
    "scheduler": False,
    "ALT_CLUSTERS": {},
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "tcsync.audit.logs.LineFormatter",
            "format": "{asctime} {levelname} {name} {message}",
            "style": "{",
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env.str("TCSYNC_LOG_LEVEL", default="WARNING")},
    "loggers": {"tcsync": {"level": "INFO"}, "syncconfigs": {"level": "INFO"}},
}
