"""The commands: what they print, and with which code they end."""

from __future__ import annotations

import io
import json

import pytest
from django.core.management import CommandError, call_command

from syncconfigs.models import RemoteServer, SyncConfig
from tcsync.repository.models import Category, Revision
from tests.repository.histories import History


def run(*words: str) -> tuple[int, str]:
    """Return the exit code and the output of a command."""
    out = io.StringIO()
    try:
        call_command(*words, stdout=out)
    except SystemExit as stop:
        return int(stop.code or 0), out.getvalue()
    return 0, out.getvalue()


def test_sync_works_without_a_queue_and_says_what_came(config):
    code, said = run("sync", str(config.pk))
    assert code == 0
    assert "succeeded, 2 resources, 5 revisions" in said
    assert Revision.objects.count() == 5


def test_a_dry_run_writes_nothing_and_ends_with_2(config):
    code, said = run("sync", "--all", "--dry-run")
    assert (code, Revision.objects.count()) == (2, 0)
    assert "Name rover: new" in said or "Name rover" in said


def test_a_dry_run_of_what_is_equal_ends_with_0(config):
    run("sync", str(config.pk))
    code, said = run("sync", str(config.pk), "--dry-run")
    assert code == 0
    assert "Nothing to do." in said


def test_a_dry_run_can_be_read_by_programs(config):
    _code, said = run("sync", str(config.pk), "--dry-run", "--format", "json")
    assert json.loads(said)["totals"]["revisions"] == 5


def test_a_refusal_ends_with_1_and_its_reason(config):
    History("mine", name="Name rover").commit(1, None, {"m": {"v": 1}})
    code, said = run("sync", str(config.pk))
    assert code == 1
    assert "Name rover was refused" in said


def test_a_configuration_that_does_not_exist_is_named_with_those_that_do(config):
    with pytest.raises(CommandError, match=rf"no configuration 999\. There are: {config.pk}"):
        run("sync", "999")


def test_verify_says_that_all_is_well(config):
    run("sync", str(config.pk))
    code, said = run("verify", str(config.pk))
    assert code == 0
    assert "2 resources verified" in said


def test_add_server_reads_the_token_from_a_file_and_tests_the_connection(server, tmp_path):
    RemoteServer.objects.all().delete()
    (tmp_path / "token").write_text("t0ken\n")
    code, said = run(
        "add_server", "Bodo", "http://bodo:8001", "--token-file", str(tmp_path / "token")
    )
    assert code == 0
    assert "permission  ok" in said
    assert RemoteServer.objects.get().secret == "t0ken"


def test_add_server_takes_an_address_without_its_scheme(server):
    RemoteServer.objects.all().delete()
    run("add_server", "Bodo", "bodo:8001")
    assert RemoteServer.objects.get().address == "https://bodo:8001"


def test_add_server_names_a_token_file_that_is_not_there(server, tmp_path):
    with pytest.raises(CommandError, match="token cannot be read"):
        run("add_server", "B", "http://b:1", "--token-file", str(tmp_path / "none"))


def test_add_configuration_follows_a_category_into_a_path(server, space):
    code, _said = run("add_configuration", server.name, "--category", space, "--into", "A/B")
    config = SyncConfig.objects.get()
    assert (code, config.source_name, config.kind) == (0, "Space", "category")
    assert config.target_category == Category.objects.get(name="B", parent__name="A")


def test_add_configuration_names_what_the_source_does_not_show(server):
    with pytest.raises(CommandError, match="shows no resource nowhere"):
        run("add_configuration", server.name, "--resource", "nowhere")


def test_add_configuration_takes_every_category_at_the_top(server):
    run("add_configuration", server.name, "--all-categories")
    assert SyncConfig.objects.filter(source_name="Space").exists()
