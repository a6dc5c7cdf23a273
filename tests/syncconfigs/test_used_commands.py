"""Used projects on the command line: the closure, what comes along, raising a version."""

import json

import pytest
from django.core.management import CommandError

from syncconfigs.models import SyncConfig
from tcsync.repository.models import Revision
from tests.repository.histories import History
from tests.syncconfigs.test_commands import run


@pytest.fixture
def using(source, server):
    """Rover uses Probe, and a project that the source does not show."""
    source.use("rover", "probe", "ghost")
    return server


def test_the_closure_of_what_is_picked_is_printed(using):
    code, said = run("used_projects", "--server", using.name, "--resource", "rover")
    assert code == 2
    assert "Name probe (probe), version 2, used by Name rover: could come along" in said
    assert "ghost (ghost), version 2, used by Name rover: missing at the source" in said


def test_it_can_be_read_by_programs(using):
    _code, said = run("used_projects", "--server", using.name, "--resource", "rover", "--json")
    marks = {one["resource"]: one["mark"] for one in json.loads(said)["projects"]}
    assert marks == {"probe": "can_come", "ghost": "missing"}


def test_where_everything_comes_the_code_is_0(using, source, space):
    source.use("rover", "probe")
    assert run("used_projects", "--server", using.name, "--category", space)[0] == 0


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        (["99"], "There is no configuration 99"),
        (["--server", "Nobody"], "There is no server called Nobody"),
        ([], "Name a configuration"),
    ],
)
def test_what_is_not_there_is_said(using, words, answer):
    with pytest.raises(CommandError, match=answer):
        run("used_projects", *words)


def test_a_configuration_can_be_made_with_what_it_uses(using, capsys):
    words = ["--resource", "rover", "--trigger", "manual", "--include-used-projects"]
    _code, said = run("add_configuration", using.name, *words)
    assert set(SyncConfig.objects.values_list("source_id", flat=True)) == {"rover", "probe"}
    assert said.count("Configuration ") == 2
    assert "does not come along: ghost" in capsys.readouterr().err


def test_what_can_is_included_later(using):
    run("add_configuration", using.name, "--resource", "rover", "--trigger", "manual")
    number = SyncConfig.objects.get().pk
    code, said = run("used_projects", str(number), "--include")
    assert (code, SyncConfig.objects.count()) == (2, 2)
    assert "comes already" in said


def test_a_synchronization_brings_what_has_come_to_be_used(using, source):
    source.use("rover")
    words = ["--resource", "rover", "--trigger", "manual", "--include-used-projects"]
    run("add_configuration", using.name, *words)
    source.use("rover", "probe")
    _code, said = run("sync", str(SyncConfig.objects.get().pk))
    assert "Comes along, because it is used" in said
    assert SyncConfig.objects.filter(source_id="probe").exists()


@pytest.mark.parametrize("named", ["pump", "resource:pump"])
def test_a_version_is_raised(transactional_db, named):
    pump = History("pump")
    pump.commit(1, None)
    pump.commit(3, 1)
    History("station").commit(1, None, used_projects=[{"resource": "pump", "version": "1"}])
    _code, said = run("raise_version", "station", named)
    assert "revision 2 uses the newer version" in said
    assert Revision.objects.get(resource="station", number=2).used_projects[0]["version"] == "3"
    with pytest.raises(CommandError, match="uses revision 3 of Name pump already"):
        run("raise_version", "station", named)
