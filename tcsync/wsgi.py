"""The node as a WSGI application."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tcsync.settings")
application = get_wsgi_application()

# Django imports the pages with the first request, a third of a second that somebody would wait.
from django.urls import get_resolver  # noqa: E402 - needs the settings

_PAGES = get_resolver().url_patterns
