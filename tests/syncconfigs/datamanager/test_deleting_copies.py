"""A synchronized copy that is deleted by itself (rule 16)."""

import pytest

from syncconfigs import datamanager
from syncconfigs.models import Exclusion, SyncConfig
from tcsync.audit.models import AuditEntry
from tcsync.errors import Clash
from tcsync.repository.models import Resource
from tests.syncconfigs.conftest import OPERATOR
from tests.syncconfigs.runs.working import synchronize

pytestmark = pytest.mark.both_databases


def chosen(id_):
    return datamanager.Chosen((Resource.objects.get(id=id_),))


def test_a_member_of_a_category_leaves_an_exclusion_and_the_others_go_on(config):
    synchronize(config)
    datamanager.delete(OPERATOR, chosen("rover"), detach=True)
    assert Exclusion.objects.get().config == config
    synchronize(config)
    assert Resource.objects.get(id="rover").removed_at is not None
    assert list(config.claims.values_list("resource", flat=True)) == ["probe"]


@pytest.fixture
def picked(config):
    """As `config`, but for one resource that was picked by itself."""
    SyncConfig.objects.update(kind="resource", source_id="rover")
    config.refresh_from_db()
    synchronize(config)
    return config


def test_one_that_was_picked_takes_its_configuration_along(picked):
    datamanager.delete(OPERATOR, chosen("rover"), reason="Wrong one.", detach=True)
    assert not SyncConfig.objects.exists()
    assert not Exclusion.objects.exists()
    (entry,) = AuditEntry.objects.filter(action="configuration.delete")
    assert entry.details["reason"] == "Wrong one."


def test_nothing_goes_while_a_run_is_under_way(picked):
    picked.runs.update(state="running")
    with pytest.raises(Clash, match="under way"):
        datamanager.delete(OPERATOR, chosen("rover"), detach=True)
    assert SyncConfig.objects.exists()
    assert Resource.objects.get(id="rover").removed_at is None
