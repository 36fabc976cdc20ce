"""Django's settings. Everything that differs from place to place comes from the environment:

- ``ESAYLOV_DATA``: the data folder (keys, the embedded database, the published files); default: the user's data folder.
- ``DATABASE_URL``, ``DATABASE_ADMIN_URL``: libpq connection URLs of the application's role and of the schema's owner (same
  database). The command line sets both when it starts the embedded database.
- ``ESAYLOV_HOSTS``: host names under which the site is reached, parted by commas; default: this machine only.
- ``ESAYLOV_PUBLIC_URL``: the site's own address, such as ``https://results.example``; without it pages take theirs from
each request.
- ``ESAYLOV_EDITION``: the edition of the law for acts outside of elections; default: `uz-lc-2024`.
- ``ESAYLOV_EMAIL_URL``: the server that takes e-mails (`cabinet/mailserver.py`); without it none are sent.
- ``ESAYLOV_SECRET_KEY``: instead of the file ``secret-key`` in the data folder. ``ESAYLOV_SECRET_KEY_FALLBACKS``: secret
keys of before, parted by blanks, under which codes and factors that people hold still count.
- ``ESAYLOV_DEBUG=1``: Django's error pages.
"""

import os
from pathlib import Path

import django.conf.locale

from esaylov.cabinet.mailserver import django_settings as email_settings
from esaylov.registry.accounts.configuration import *  # noqa: F403 (settings of signing in)
from esaylov.registry.accounts.configuration import SIGN_IN_APPS, SIGN_IN_MIDDLEWARE
from esaylov.server.connection import django_database
from esaylov.server.folders import data_folder, read_secret_key

ESAYLOV_DATA = data_folder()
SECRET_KEY = os.environ.get("ESAYLOV_SECRET_KEY") or read_secret_key(ESAYLOV_DATA)
SECRET_KEY_FALLBACKS = os.environ.get("ESAYLOV_SECRET_KEY_FALLBACKS", "").split()
DEBUG = os.environ.get("ESAYLOV_DEBUG") == "1"
ALLOWED_HOSTS = [
    host.strip()
    for host in os.environ.get("ESAYLOV_HOSTS", "127.0.0.1,localhost,[::1]").split(",")
    if host.strip()
]
ESAYLOV_PUBLIC_URL = os.environ.get("ESAYLOV_PUBLIC_URL", "").strip().rstrip("/")

# The edition of the law that acts outside of elections follow; each election carries its own.
ESAYLOV_EDITION = os.environ.get("ESAYLOV_EDITION", "uz-lc-2024")

INSTALLED_APPS = [
    "esaylov.acts",
    "esaylov.registry",
    "esaylov.design",
    "esaylov.cabinet",
    "esaylov.formation",
    "esaylov.elections",
    "esaylov.proceedings",
    "esaylov.voters",
    "esaylov.polling",
    "esaylov.results",
    "esaylov.publication",
    *SIGN_IN_APPS,
    "pgtrigger",
]
# Sessions and signing in run under personal addresses only: a public page sets no cookie and reads none.
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "esaylov.design.headers.content_security",
    "esaylov.design.headers.reading_only",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    SIGN_IN_MIDDLEWARE,
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "esaylov.urls"
# A file is refused by the length that it announces, before it is read. None lies on a disk, not even for a moment: lists of
# members, of a hospital, of a prison come this way. (As much as `formation.uploads` allows.)
FILE_UPLOAD_HANDLERS = [
    "esaylov.formation.uploads.TooLarge",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
]
FILE_UPLOAD_MAX_MEMORY_SIZE = 65 << 20
WSGI_APPLICATION = "esaylov.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.i18n",
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
            ],
            "builtins": ["esaylov.design.templatetags.languages"],
        },
    }
]

# --- database: one, under two roles ---

DATABASES = {
    "default": django_database(os.environ.get("DATABASE_URL")),
    "admin": django_database(os.environ.get("DATABASE_ADMIN_URL") or os.environ.get("DATABASE_URL")),
}

# --- languages and time ---

django.conf.locale.LANG_INFO |= {
    "uz": {"bidi": False, "code": "uz", "name": "Uzbek", "name_local": "Oʻzbekcha"},
    "uz-cyrl": {"bidi": False, "code": "uz-cyrl", "name": "Uzbek (Cyrillic)", "name_local": "Ўзбекча"},
    "kaa": {"bidi": False, "code": "kaa", "name": "Karakalpak", "name_local": "Qaraqalpaqsha"},
}
LANGUAGE_CODE = "uz"
LANGUAGES = [
    ("uz", "Oʻzbekcha"),
    ("uz-cyrl", "Ўзбекча"),
    ("kaa", "Qaraqalpaqsha"),
    ("ru", "Русский"),
    ("en", "English"),
]
LOCALE_PATHS = [Path(__file__).parent / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"  # what is shown stands in the election's own zone

CSRF_FAILURE_VIEW = "esaylov.cabinet.views.stale_form"

# --- e-mail ---

globals().update(email_settings())

# --- headers ---

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
STATIC_URL = "/static/"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "esaylov.registry.accounts.logs.Line",
            "fmt": "%(asctime)s %(levelname)s %(name)s: %(message)s",
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": [], "propagate": True},
        "esaylov": {"level": os.environ.get("ESAYLOV_LOG", "INFO")},
    },
}
