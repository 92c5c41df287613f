"""All settings in one file, read from the environment (see `config.env`)."""

from __future__ import annotations

from config import database, env
from config.setup.folders import ROOT, var

env.prepare()
MODE = env.mode()
_secrets = env.secrets()

SECRET_KEY = _secrets.secret_key
XINQIAO_KEYRING = env.LiveKeyring(_secrets)
XINQIAO_DEMO = MODE == "demo"
XINQIAO_IDLE_MINUTES = int(env.text("XINQIAO_IDLE_MINUTES", "30"))
XINQIAO_DRAFT_HOURS = int(env.text("XINQIAO_DRAFT_HOURS", "12"))
XINQIAO_IMPORT_LIMITS = {
    "file_bytes": int(env.text("XINQIAO_IMPORT_MB", "20")) * 1024 * 1024,
    "rows": int(env.text("XINQIAO_IMPORT_ROWS", "200000")),
}
XINQIAO_FONTS = var() / "assets" / "fonts"
XINQIAO_ATTACHMENT_BYTES = int(env.text("XINQIAO_ATTACHMENT_MB", "10")) * 1024 * 1024
XINQIAO_VISITS_OF = "config.visits.visits_of"
XINQIAO_ROLES = database.roles()
XINQIAO_NAVIGATION = "config.navigation.rooms_of"
XINQIAO_PANELS = "config.panels.gather"
XINQIAO_CAMPAIGN_LISTS = "config.campaign_lists.lists_for"
XINQIAO_BESIDE_TODAY = "config.home.beside_today"
#: Where somebody without an account is sent while nobody has one.
XINQIAO_FIRST_VISIT = "opening:begin"

DEBUG = env.flag("XINQIAO_DEBUG")
ALLOWED_HOSTS = env.listed("XINQIAO_HOSTS", ("127.0.0.1", "localhost", "testserver"))
CSRF_TRUSTED_ORIGINS = env.listed("XINQIAO_ORIGINS")
SERVED_BY_TLS = env.flag("XINQIAO_TLS", MODE == "production")

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "axes",
    "procrastinate.contrib.django",
    "xinqiao.policy",
    "xinqiao.web",
    "xinqiao.audit",
    "xinqiao.places",
    "xinqiao.accounts",
    "xinqiao.registry",
    "xinqiao.clocks",
    "xinqiao.consents",
    "xinqiao.duplicates",
    "xinqiao.reporting",
    "xinqiao.screening",
    "xinqiao.treatment",
    "xinqiao.followup",
    "xinqiao.tracing",
    "xinqiao.transfers",
    "xinqiao.indicators",
    "xinqiao.boundaries",
    "xinqiao.campaigns",
    "xinqiao.ownview",
    "xinqiao.rosters",
    "xinqiao.staff",
    "xinqiao.papers",
    "xinqiao.regulations",
    "xinqiao.interchange",
    "xinqiao.national",
    "xinqiao.opening",
    "xinqiao.synth",
    "config",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "xinqiao.web.notes.NotesMiddleware",
    "xinqiao.accounts.middleware.ActingMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "xinqiao.web.translated.Templates",
        "NAME": "jinja2",
        "APP_DIRS": True,
        "OPTIONS": {
            "environment": "xinqiao.web.jinja.environment",
            "context_processors": ["xinqiao.web.jinja.page"],
        },
    },
]

DATABASES = database.databases()
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Accounts: Argon2, lock-out by name, sessions that end with the day and with idleness.
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    *(["django.contrib.auth.hashers.MD5PasswordHasher"] if MODE == "test" else []),
]
if MODE == "test":
    PASSWORD_HASHERS.reverse()  # hundreds of test accounts; the real hasher has a test of its own
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = ["username"]
AXES_RESET_ON_SUCCESS = True
AXES_ENABLE_ACCESS_FAILURE_LOG = False
AXES_LOCKOUT_CALLABLE = "xinqiao.accounts.views.locked_out"
AXES_VERBOSE = False
# A whole hospital signs in from one address, so names are locked, not addresses.
SILENCED_SYSTEM_CHECKS = ["axes.W006"]
LOGIN_URL = "accounts:sign-in"

SESSION_ENGINE = "xinqiao.accounts.session_store"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_NAME = "xq_session"
CSRF_COOKIE_NAME = "xq_csrf"
CSRF_FAILURE_VIEW = "xinqiao.web.errors.csrf_failure"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SERVED_BY_TLS
SECURE_SSL_REDIRECT = env.flag("XINQIAO_TLS_REDIRECT")
SECURE_HSTS_SECONDS = 31_536_000 if SERVED_BY_TLS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.flag("XINQIAO_BEHIND_PROXY") else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
        "manifest-src": ["'self'"],
    }
}

# Language, dates, files.
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LANGUAGE_COOKIE_NAME = "xq_language"
LOCALE_PATHS = [ROOT / "xinqiao" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"
STATIC_URL = "/static/"
STATIC_ROOT = var() / "static"
STATIC_ROOT.mkdir(exist_ok=True)
STATICFILES_DIRS = [d for d in (var() / "assets",) if d.is_dir()]
# Tests serve the source files; everybody else serves what `collectstatic` gathered, compressed and named by content.
STATIC_FROM_SOURCE = env.flag("XINQIAO_STATIC_FROM_SOURCE", DEBUG or MODE == "test")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if STATIC_FROM_SOURCE
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = STATIC_FROM_SOURCE
WHITENOISE_AUTOREFRESH = False
WHITENOISE_MANIFEST_STRICT = False
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_000_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env.text("XINQIAO_LOG", "WARNING")},
}
