"""Django's administration of accounts, grants and tokens, and its view of the audit record.

`permissions.may` decides here as everywhere; each change is in our audit record, not in Django's.
"""

from django.conf import settings
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from tcsync.access.admin import accounts, entries

admin.site.site_header = settings.TCSYNC_NODE_NAME
admin.site.site_title = settings.TCSYNC_NODE_NAME
admin.site.site_url = None  # the page's head leads back to the portal
admin.site.enable_nav_sidebar = False
admin.site.index_title = _("Audit and accounts")

__all__ = ["accounts", "entries"]
