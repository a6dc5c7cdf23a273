"""Settings with which no node starts, and those with which `check --deploy` has nothing to say."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command

from tcsync.access.checks import check_settings, refuse_open_node
from tcsync.access.models import User
from tests.conftest import ROOT

OPEN = {
    "DEBUG": ("DEBUG", True),
    "every host": ("ALLOWED_HOSTS", ["*"]),
    "no host": ("ALLOWED_HOSTS", []),
    "every origin": ("CSRF_TRUSTED_ORIGINS", ["https://*"]),
    "short key": ("SECRET_KEY", "abcdefghijklmnop"),
    "dull key": ("SECRET_KEY", "ab" * 40),
    "key of Django's template": ("SECRET_KEY", "django-insecure-" + secrets.token_urlsafe(50)),
    "key of a text": ("SECRET_KEY", "changeme" + secrets.token_urlsafe(50)),
    "no field key": ("TCSYNC_FIELD_KEYS", ["nonsense"]),
    "dull field key": ("TCSYNC_FIELD_KEYS", ["A" * 43 + "="]),
    "everybody a proxy": ("TCSYNC_TRUSTED_PROXIES", ["0.0.0.0/0"]),
    "no receiver": ("TCSYNC_SYSLOG", "http://127.0.0.1"),
    "no proxy": ("TCSYNC_TRUSTED_PROXIES", ["the proxy"]),
}


def test_a_node_as_it_comes_may_start() -> None:
    assert check_settings() == []
    refuse_open_node()


@pytest.mark.parametrize("name", OPEN)
def test_an_open_node_does_not_start(name: str, settings) -> None:
    setattr(settings, *OPEN[name])
    (found,) = check_settings()
    assert found.is_serious()
    assert found.hint
    with pytest.raises(ImproperlyConfigured):
        refuse_open_node()


def test_in_development_it_is_a_warning_and_stays_on_this_machine(settings) -> None:
    settings.DEBUG = settings.TCSYNC_DEVELOPMENT = True
    assert [found.is_serious() for found in check_settings()] == [False]
    refuse_open_node()
    with pytest.raises(CommandError, match=r"nothing listens on 0\.0\.0\.0"):
        call_command("up", host="0.0.0.0", port=0)  # noqa: S104 (refused)


@pytest.mark.django_db
def test_nobody_has_an_account_before_somebody_makes_one() -> None:
    assert not User.objects.exists()


def manage(data: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command with nothing but these settings."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), *words],
        env={**kept, "TCSYNC_DATA": str(data), **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.slow
@pytest.mark.parametrize("setting", [{"DEBUG": "1"}, {"ALLOWED_HOSTS": "*"}, {"SECRET_KEY": "x"}])
def test_up_obeys(tmp_path: Path, setting: dict[str, str]) -> None:
    done = manage(tmp_path, "up", "--port", "0", **setting)
    assert done.returncode == 1
    assert "tcsync.E00" in done.stderr
    assert not (tmp_path / "db.sqlite3").exists()


@pytest.mark.slow
def test_the_documented_settings_leave_nothing_to_say(tmp_path: Path) -> None:
    text = (ROOT / "docs/operations.md").read_text()
    line = next(line for line in text.splitlines() if line.startswith("    TCSYNC_HTTPS=1 "))
    documented = dict(word.split("=") for word in line.split())
    done = manage(tmp_path, "check", "--deploy", "--fail-level", "WARNING", **documented)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.django_db
def test_behind_a_proxy_plain_requests_are_sent_to_tls(client, settings) -> None:
    settings.SECURE_SSL_REDIRECT = True
    settings.TCSYNC_TRUSTED_PROXIES = ["127.0.0.1"]
    plain, secure = ({"HTTP_X_FORWARDED_PROTO": word} for word in ("http", "https"))
    assert client.get("/sign-in/", **plain).url.startswith("https://")
    assert client.get("/sign-in/", **secure).status_code == 200
    assert client.get("/sign-in/", REMOTE_ADDR="10.9.9.9", **secure).status_code == 301
    # Whatever it says of the node's parts, none of which runs here: it is no redirect.
    assert client.get("/healthz", **plain).status_code in (200, 503)
