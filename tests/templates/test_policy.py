"""The policy that the browser gets with each page."""

import pytest
from django.test import Client

from tcsync.access.models import User


@pytest.mark.parametrize("path", ["/sign-in/", "/", "/nothing-here/", "/admin/", "/healthz"])
def test_every_answer_forbids_inline_scripts_and_foreign_hosts(db, path):
    client = Client()
    client.force_login(User.objects.create_superuser("root"))
    answer = client.get(path)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
