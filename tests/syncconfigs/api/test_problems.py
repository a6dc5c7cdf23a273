"""Every error is a problem with a stable code, whatever went wrong and wherever."""

import pytest
from django.test import Client

from tcsync.access.models import User
from tcsync.errors import BadAnswer, PackDamaged, StorageFull, TlsRefused, Unreachable
from tests.syncconfigs.api.conftest import problem


@pytest.mark.parametrize("path", ["/api/", "/api/v1/", "/api/v1/nothing/", "/api/v2/me/"])
def test_an_unknown_address_is_a_problem(db, path):
    problem(Client().get(path), 404, "not_found")


def test_no_form_token_is_asked_for(administrator, world):
    administrator.handler.enforce_csrf_checks = True
    assert administrator.post(f"configurations/{world.config.pk}/pause/").status_code == 200
    problem(administrator.post("servers/true/test/"), 404, "not_found")


def test_an_address_without_its_last_slash_is_told_so(db):
    body = problem(Client().post("/api/v1/servers"), 404, "not_found")
    assert "end with a slash" in body["next_step"]


def test_without_a_token_the_answer_says_how_to_sign_in(db):
    answer = Client().get("/api/v1/me/")
    problem(answer, 401, "login_refused")
    assert answer["WWW-Authenticate"] == "Token"


@pytest.mark.parametrize("header", ["Token wrong", "Token ", "Bearer x", "Token é", "x" * 9000])
def test_a_header_that_is_no_token_signs_nobody_in(db, header):
    problem(Client(headers={"authorization": header}).get("/api/v1/me/"), 401, "login_refused")


def test_a_session_of_the_portal_signs_nobody_in(db):
    client = Client()
    client.force_login(User.objects.create_superuser("root"))
    problem(client.get("/api/v1/me/"), 401, "login_refused")


def test_a_method_that_is_not_there_names_those_that_are(administrator):
    answer = administrator.delete("servers/")
    problem(answer, 405, "method_not_allowed")
    assert answer["Allow"] == "GET, POST, HEAD"
    problem(administrator.ask("OPTIONS", "servers/"), 405, "method_not_allowed")


def test_only_json_is_read(administrator):
    answer = administrator.ask("POST", "servers/", b"name=x", content_type="text/plain")
    problem(answer, 415, "unsupported_media_type")
    form = "application/x-www-form-urlencoded"
    answer = administrator.ask("POST", "servers/", b"name=x", content_type=form)
    problem(answer, 415, "unsupported_media_type")


def test_a_body_above_the_limit_is_not_read(administrator, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    problem(administrator.post("servers/", {"name": "x" * 1000}), 413, "too_large")


def test_an_address_with_a_nul_is_refused(administrator):
    assert administrator.get("/api/v1/servers/%00/").status_code == 400


def test_a_wrong_host_is_told_in_json(administrator):
    answer = administrator.ask("GET", "me/", headers={"host": "evil.example.com"})
    problem(answer, 400, "bad_request")


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (Unreachable("x"), 504),
        (TlsRefused("x"), 502),
        (BadAnswer("x"), 502),
        (StorageFull("x"), 503),
        (PackDamaged("x"), 503),
    ],
)
def test_what_goes_wrong_elsewhere_has_its_status(administrator, monkeypatch, error, status):
    def fail(_user):
        raise error

    monkeypatch.setattr("syncconfigs.visible.runs", fail)
    body = problem(administrator.get("runs/"), status, error.code)
    assert body["detail"] == "x"
    assert body["next_step"]


def test_a_defect_is_told_without_its_trace(administrator, monkeypatch):
    def fail(_user):
        raise RuntimeError("canary")

    monkeypatch.setattr("syncconfigs.visible.runs", fail)
    administrator.raise_request_exception = False
    answer = administrator.get("runs/")
    problem(answer, 500, "error")
    assert "canary" not in answer.text


def test_a_page_keeps_its_own_errors(db):
    answer = Client(headers={"host": "evil.example.com"}).get("/sign-in/")
    assert answer.status_code == 400
    assert answer["Content-Type"].startswith("text/html")


def test_the_header_accept_does_not_change_the_answer(administrator):
    answer = administrator.ask("GET", "me/", headers={"accept": "text/html"})
    assert answer["Content-Type"] == "application/json"
