"""Settings as a Django project has them; the environment gives the database, the log and the one secret."""

import os

SECRET_KEY = os.environ.get("QUAY_SECRET", "")
DEBUG = False
ALLOWED_HOSTS = ["127.0.0.1"]
INSTALLED_APPS = ["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions", "quay"]
MIDDLEWARE = [
    "quay.middleware.Traced",
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]
ROOT_URLCONF = "quay.urls"
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True, "OPTIONS": {}}]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "HOST": "127.0.0.1",
        "PORT": os.environ.get("QUAY_PORT", ""),
        "NAME": "quay",
        "USER": os.environ.get("QUAY_ROLE", ""),
        "PASSWORD": os.environ.get("QUAY_PASSWORD", ""),
    }
}
AUTH_USER_MODEL = "quay.Sailor"
LOGIN_URL = "/sign-in"
LOGIN_REDIRECT_URL = "/me"
LOGOUT_REDIRECT_URL = "/"
SESSION_COOKIE_NAME = "__Host-sessionid"
SESSION_COOKIE_SECURE = True
SESSION_COOKIE_AGE = 8 * 3600
CSRF_COOKIE_NAME = "__Host-csrftoken"
CSRF_COOKIE_SECURE = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
ACCESS_LOG = os.environ.get("QUAY_LOG", os.devnull)
