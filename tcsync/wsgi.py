"""The node as a WSGI application."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tcsync.settings")
application = get_wsgi_application()

from tcsync.access.checks import refuse_open_node  # noqa: E402 - needs the settings

refuse_open_node()

# Django imports the pages with the first request, a third of a second that somebody would wait.
from django.urls import get_resolver  # noqa: E402 - needs the settings

_PAGES = get_resolver().url_patterns
