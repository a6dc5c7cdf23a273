"""Exclusions are seen and taken back by those who may; upgrades are told once a server."""

import pytest
from django.core.management import CommandError, call_command

from syncconfigs import configurations, connect
from syncconfigs.models import Exclusion, RemoteServer, SyncConfig
from tcsync.audit.models import AuditEntry
from tcsync.domain import Identity
from tests.syncconfigs.conftest import OPERATOR
from tests.syncconfigs.runs.working import synchronize

pytestmark = pytest.mark.both_databases


@pytest.fixture
def kept(config):
    synchronize(config)
    configurations.keep_copy(
        OPERATOR, config, "rover", configurations.Typed("Name rover", "Ours is right.")
    )
    return Exclusion.objects.get()


def test_an_exclusion_knows_its_configuration_and_its_reason(kept, config):
    assert (kept.config, kept.reason) == (config, "Ours is right.")


def test_what_is_taken_back_comes_again(kept, config):
    configurations.take_back(OPERATOR, kept)
    configurations.take_back(OPERATOR, kept)
    synchronize(config)
    assert config.claims.filter(resource="rover").exists()
    assert AuditEntry.objects.filter(action="exclusion.remove").count() == 1


def test_a_command_lists_them_and_lets_one_come(kept, capsys):
    call_command("exclusions")
    assert "Ours is right." in capsys.readouterr().out
    call_command("exclusions", take_back="rover")
    assert not Exclusion.objects.exists()
    with pytest.raises(CommandError, match="no exclusion of 'rover'"):
        call_command("exclusions", take_back="rover")


def answered(server, version):
    connect.note_answer(server, Identity("u", "e", "Site", version, "reader"))
    return RemoteServer.objects.get(pk=server.pk).upgraded_from


def test_an_upgrade_is_kept_until_somebody_has_seen_it(config):
    server = config.server
    assert [answered(server, v) for v in ("2024x", "2024x", "2026x", "2027x")] == [
        "",
        "",
        "2024x",
        "2024x",
    ]
    assert SyncConfig.objects.count() == 1
