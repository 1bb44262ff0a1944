"""Settings for machines. What an operator decides stands in the strategy files instead.

Every setting can be given as an environment variable; the defaults run one process on a laptop.
"""

import os
import secrets
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.utils.csp import CSP

# Our matrices are small: a second thread of the linear algebra only waits for the first, and takes
# ten times the processor time for a fit of two parameters. Read when NumPy is first imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
# Threads that grow trees sleep while they wait for each other: awake they take the core from whom
# they wait for, and a fit beside any other work takes twenty times as long.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

REPOSITORY = Path(__file__).resolve().parents[3]
TENURE_HOME = Path(os.environ.get("TENURE_HOME", REPOSITORY / ".tenure")).resolve()
TENURE_STRATEGIES = Path(os.environ.get("TENURE_STRATEGIES", REPOSITORY / "strategies")).resolve()
TENURE_ENGINE = os.environ.get("TENURE_ENGINE", "duckdb")
TENURE_ENV = os.environ.get("TENURE_ENV", "development")  # development | production
# Who the merchant is at each payment provider: docs/payments.md.
TENURE_PAYMENTS = Path(os.environ.get("TENURE_PAYMENTS", TENURE_HOME / "payments.toml"))
# Who we are at each provider of messages: docs/channels.md.
TENURE_CHANNELS = Path(os.environ.get("TENURE_CHANNELS", TENURE_HOME / "channels.toml"))
DEBUG = False


def _secret() -> str:
    """The signing key: given, or made once and kept readable by its owner alone."""
    given = os.environ.get("TENURE_SECRET_KEY")
    if given:
        return given
    path = TENURE_HOME / "secret-key"
    if not path.exists():
        TENURE_HOME.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as stream:
            stream.write(secrets.token_urlsafe(50))
    return path.read_text()


def _database(address: str) -> dict[str, object]:
    """SQLite in the home folder, or PostgreSQL by address."""
    if not address:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": TENURE_HOME / "records.sqlite3",
            # Closing SQLite after each request checkpoints the log: keep it open.
            "CONN_MAX_AGE": None,
            "OPTIONS": {
                "timeout": 30,
                "transaction_mode": "IMMEDIATE",
                "init_command": (
                    "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
                    " PRAGMA temp_store=MEMORY; PRAGMA cache_size=-64000;"
                ),
            },
        }
    parts = urlsplit(address)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": None,
    }


SECRET_KEY = _secret()
ALLOWED_HOSTS = os.environ.get("TENURE_HOSTS", "127.0.0.1,localhost,[::1],testserver").split(",")
DATABASES = {"default": _database(os.environ.get("TENURE_DATABASE", ""))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "tenure.records",
    "tenure.observe",
    "tenure.understand",
    "tenure.decide",
    "tenure.act",
    "tenure.prove",
    "tenure.surfaces.console",
    "tenure.project.apps.ProjectConfig",
]
# Where traces go (OTLP over HTTP); empty: nowhere, and nothing is measured.
TENURE_OTLP_ENDPOINT = os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT", "")
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "tenure.project.middleware.NamedRequests",
    "tenure.project.tracing.Tracing",
    "tenure.project.middleware.CarefulHeaders",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "tenure.surfaces.api.edges.ApiEdges",
    "tenure.project.middleware.ToldFailures",
]
SURFACES = Path(__file__).resolve().parents[1] / "surfaces"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [SURFACES / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "tenure.surfaces.console.context.appearance",
                "tenure.surfaces.console.context.permissions",
            ],
        },
    },
]
ROOT_URLCONF = "tenure.project.urls"
WSGI_APPLICATION = "tenure.project.wsgi.application"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LOCALE_PATHS = [SURFACES / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATICFILES_DIRS = [SURFACES / "static"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_MANIFEST_STRICT = False

LOGIN_URL = "/login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/login"
AUTHENTICATION_BACKENDS = ["tenure.surfaces.console.access.RoleBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

# The notices of the reference design are good, warn, bad and info.
MESSAGE_TAGS = {20: "info", 25: "good", 30: "warn", 40: "bad"}

IN_PRODUCTION = TENURE_ENV == "production"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_COOKIE_SECURE = IN_PRODUCTION
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = IN_PRODUCTION
# In production a proxy that ends TLS stands in front, and says how it was called.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if IN_PRODUCTION else None
SECURE_HSTS_SECONDS = 31_536_000 if IN_PRODUCTION else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
}

# Webhooks go to public addresses over https only, unless the receivers stand in an intranet.
TENURE_WEBHOOK_INTRANET = os.environ.get("TENURE_WEBHOOK_INTRANET", "") == "1"
# Off as it ships: a language model on this machine or in the intranet may point at an answer of the
# customers' guide where no word of the tree fits (…/v1 of OpenAI's interface).
TENURE_GUIDE_MODEL = os.environ.get("TENURE_GUIDE_MODEL", "")
TENURE_GUIDE_MODEL_NAME = os.environ.get("TENURE_GUIDE_MODEL_NAME", "local")
# Whoever writes a log, secrets are taken out first; structlog's lines are scrubbed likewise.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"scrubber": {"()": "tenure.project.logs.Scrubber"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "filters": ["scrubber"]}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}

# Without TENURE_SMTP_HOST nothing leaves the machine: messages wait in the outbox and say so.
TENURE_SMTP_HOST = os.environ.get("TENURE_SMTP_HOST", "")
# A private key in PEM signs every letter; its public half stands at SELECTOR._domainkey.DOMAIN.
TENURE_DKIM_KEY = os.environ.get("TENURE_DKIM_KEY", "")
TENURE_DKIM_SELECTOR = os.environ.get("TENURE_DKIM_SELECTOR", "tenure")
MAILERS = {
    "default": {
        "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "OPTIONS": {
            "host": TENURE_SMTP_HOST or "127.0.0.1",
            "port": int(os.environ.get("TENURE_SMTP_PORT", "25")),
            "username": os.environ.get("TENURE_SMTP_USER", ""),
            "password": os.environ.get("TENURE_SMTP_PASSWORD", ""),
            "use_tls": os.environ.get("TENURE_SMTP_TLS", "") == "1",
            "timeout": 15,
        },
    },
}
