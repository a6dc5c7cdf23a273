"""Times on pages: each page says once, and the same way, in which zone they are."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from tcsync.access.models import User

TEMPLATES = Path(settings.BASE_DIR) / "templates"
PAGES = ["/", "/runs/", "/repository/", "/configurations/", "/admin/audit/auditentry/"]


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin"])
def test_a_page_says_once_in_which_zone_its_times_are(db, settings, path, zone):
    settings.TIME_ZONE = zone
    client = Client()
    client.force_login(User.objects.create_superuser("root"))
    assert client.get(path).text.count(f"Times are in {zone}.") == 1


def test_no_template_writes_a_zone_beside_a_time():
    beside = re.compile(r"[\"'][^\"']*H:i(:s)? [TeO][\"']")
    shown = {
        p.name: re.sub(r"title=\"[^\"]*\"", "", p.read_text()) for p in TEMPLATES.rglob("*.html")
    }
    assert [name for name, text in shown.items() if beside.search(text)] == []
