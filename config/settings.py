"""Every setting, each from the environment with a default that runs without any service."""

import os
import secrets
from contextlib import suppress
from pathlib import Path
from tempfile import mkstemp

import environ
from csp.constants import NONE, SELF

from config.broker import socket_path
from config.schedule import BEAT_SCHEDULE

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()


def _kept_secret(path: Path) -> str:
    """The secret of this installation: made once, readable by its owner only, whole for whoever reads it."""
    if not path.exists():
        handle, made = mkstemp(dir=path.parent)  # readable by its owner only
        with open(handle, "w") as file:
            file.write(secrets.token_urlsafe(50))
        with suppress(FileExistsError):  # another process was first
            os.link(made, path)
        os.unlink(made)
    return path.read_text()


# --- Where state lives -------------------------------------------------------------------------
DATA_DIR = Path(env("DATA_DIR", default=str(BASE_DIR / "var"))).resolve()
DATA_DIR.mkdir(parents=True, exist_ok=True)
SECRET_KEY = env("SECRET_KEY", default="") or _kept_secret(DATA_DIR / "secret_key")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
# Encrypt the secrets of other systems, the first one what is new. Not SECRET_KEY: that may change at any time.
SECRETS_KEYS = env.list("SECRETS_KEYS", default=[]) or [_kept_secret(DATA_DIR / "secrets_key")]
# Certificates that collectors believe besides those this machine believes: of an authority of the organisation's own.
COLLECTORS_CA_FILE = env("COLLECTORS_CA_FILE", default="")
DEBUG = env.bool("DEBUG", default=False)
DEMO = env.bool("DEMO", default=False)  # shows the demo sign-ins and the mail folder at /mail/
PORT = env("PORT", default="8000")  # where `manage.py up` listens
BASE_URL = env("BASE_URL", default=f"http://127.0.0.1:{PORT}")  # how links in mails begin
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
ORGANISATION = env("ORGANISATION", default="")
CURRENCY = env("CURRENCY", default="EUR")  # of money where nobody says another; ISO 4217

# --- What is installed -------------------------------------------------------------------------
INSTALLED_APPS = [
    "config",
    "pilots",
    "metrics",
    "gates",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_htmx",
    "csp",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "config.middleware.RequestContext",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
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
                "config.navigation.shell",
            ],
            "builtins": ["pilots.templatetags.ui"],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# --- Data --------------------------------------------------------------------------------------
_SQLITE_OPTIONS = {
    # Read-then-write transactions of web and worker fail with "locked" unless they begin as writers.
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;"
        "PRAGMA cache_size=-16000; PRAGMA mmap_size=134217728; PRAGMA journal_size_limit=67108864;"
    ),
}
DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{DATA_DIR / 'pilotage.sqlite3'}")}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = _SQLITE_OPTIONS
else:
    DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=60)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
MEDIA_ROOT = DATA_DIR / "files"  # evidence; served only through a view that checks who asks
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000  # who leaves may hold thousands of things, each a box to tick
EVIDENCE_MAX_BYTES = env.int("EVIDENCE_MAX_BYTES", default=25 * 1024 * 1024)
EVIDENCE_PILOT_MAX_BYTES = env.int("EVIDENCE_PILOT_MAX_BYTES", default=1024 * 1024 * 1024)

# --- People ------------------------------------------------------------------------------------
AUTH_USER_MODEL = "pilots.User"
AUTHENTICATION_BACKENDS = ["pilots.auth.SignIn"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "pilots.auth.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"  # accounts are made by administrators
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

# --- Safety ------------------------------------------------------------------------------------
HTTPS = env.bool("HTTPS", default=BASE_URL.startswith("https://"))
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [SELF],
        "frame-ancestors": [NONE],
        "manifest-src": [SELF],
    }
}

# --- Language and time -------------------------------------------------------------------------
LANGUAGE_CODE = "en-gb"
USE_I18N = True
USE_TZ = True
TIME_ZONE = env("TIME_ZONE", default="UTC")  # the organisation's: a gate is overdue from its midnight

# --- Mail --------------------------------------------------------------------------------------
MAIL_FOLDER = DATA_DIR / "mail"
EMAIL_CONFIG = env.email("EMAIL_URL", default=f"filemail://{MAIL_FOLDER}")
vars().update(EMAIL_CONFIG)
if EMAIL_CONFIG["EMAIL_BACKEND"] == "django.core.mail.backends.filebased.EmailBackend":
    EMAIL_FILE_PATH = str(MAIL_FOLDER)
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default="Pilotage <pilotage@localhost>")

# --- Background work ---------------------------------------------------------------------------
EVENT_REACTIONS = "config.reactions.REACTIONS"
WORK_LEFT = "gates.handover.queries.work_left"  # what is asked before somebody is deactivated
REDIS_URL = env("REDIS_URL", default="")
CELERY_BROKER_URL = env("BROKER_URL", default=REDIS_URL or f"redis+socket://{socket_path(DATA_DIR)}")
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 3600,  # must exceed the longest task, or it runs twice
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "global_keyprefix": "pilotage:",
    "health_check_interval": 25,
    "socket_keepalive": True,
    # A page hardly waits for a broker that is down: one more try at once, two seconds to connect.
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.1,
    "socket_connect_timeout": 2,
    "socket_timeout": 5,  # a broker that hangs is as good as one that is down
}
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_TIME_LIMIT = 300
CELERY_TASK_SOFT_TIME_LIMIT = 240
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 3  # seconds a stopping worker gives its tasks before it puts them back
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULE = BEAT_SCHEDULE
CELERY_REDBEAT_REDIS_URL = REDIS_URL or None
CELERY_REDBEAT_LOCK_TIMEOUT = 15
CELERY_BEAT_MAX_LOOP_INTERVAL = 3

# --- The API -----------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "pilots.auth.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_VERSIONING_CLASS": None,
    "EXCEPTION_HANDLER": "config.api.explain",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Pilotage",
    "DESCRIPTION": "Read the portfolio, fill in gates, push KPI measurements.",
    "VERSION": "1",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "config.api.describe",
    ],
    "ENUM_NAME_OVERRIDES": {
        "Area": "pilots.choices.Area",
        "PilotState": "pilots.choices.PilotState",
        "LessonKind": "pilots.choices.LessonKind",
        "Priority": "pilots.choices.Priority",
        "RiskState": "pilots.choices.RiskState",
        "IntegrationDirection": "pilots.choices.Direction",
        "ProcedureKind": "pilots.choices.ProcedureKind",
        "ProcedureState": "pilots.choices.ProcedureState",
        "ChangeKind": "pilots.choices.ChangeKind",
        "IntegrationState": "pilots.choices.IntegrationState",
        "Role": "pilots.choices.Role",
        "KpiKind": "metrics.choices.KpiKind",
        "KpiState": "metrics.choices.KpiState",
        "BenefitUnit": "metrics.choices.BenefitUnit",
        "BudgetKind": "metrics.choices.BudgetKind",
        "AssessmentState": "gates.choices.AssessmentState",
        "CriterionKind": "gates.choices.CriterionKind",
        "AskStatus": "gates.choices.AskStatus",
        "AmendedField": "gates.choices.AmendedField",
        "AmendmentDirection": "gates.choices.Direction",
        "DirectionEnum": "metrics.choices.Direction",
        "JobState": "pilots.choices.JobState",
        "SourceKind": "metrics.sources.choices.SourceKind",
        "SignInKind": "metrics.sources.choices.SignInKind",
        "FailureKind": "metrics.sources.choices.FailureKind",
        "MeetingState": "gates.choices.MeetingState",
        "EvidenceKind": "gates.choices.EvidenceKind",
        "TextEvidenceKind": "gates.choices.TEXT_EVIDENCE",
        "GateStatus": "gates.choices.GateStatus",
        "VersionStatus": "gates.choices.VersionStatus",
    },
}

# --- Logs --------------------------------------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s [%(request_id)s] %(message)s"}},
    "filters": {"request_id": {"()": "config.middleware.RequestId"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["request_id"]},
    },
    "root": {"handlers": ["console"], "level": env("LOG_LEVEL", default="INFO")},
    "loggers": {
        "django.request": {"level": "ERROR"},  # a form with a mistake is no warning to the operator
        "django.security.DisallowedHost": {"level": "CRITICAL"},
        "fontTools": {"level": "WARNING"},  # tells of every table of a font that a PDF takes along
    },
}
