"""The steps of the guide: in their order, stored, audited, and void when the source goes on."""

from __future__ import annotations

import pytest

from syncconfigs import configurations, offloading
from syncconfigs.models import Claim, FullReport, Offloading, OffloadingStep, SyncConfig
from syncconfigs.offloading import Voided
from tcsync.audit.models import AuditEntry
from tcsync.errors import Clash, NotAllowed
from tcsync.repository.models import Resource
from tests.repository.histories import element
from tests.syncconfigs.conftest import OPERATOR

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]


def places(begun: Offloading) -> list[str]:
    return [stage.place for stage in offloading.stages(Offloading.objects.get(pk=begun.pk))]


def commit_at(cloud) -> None:
    cloud.commit("rover", 3, 2, {"a": element("a", v=3)})


def test_one_that_is_under_way_is_gone_on_with(config, carol, rob):
    begun = offloading.begin(carol, config)
    assert offloading.begin(carol, config) == begun
    assert places(begun) == ["now", *["next"] * 6]
    with pytest.raises(NotAllowed):
        offloading.begin(rob, config)


def test_steps_are_taken_in_their_order(config, carol):
    begun = offloading.begin(carol, config)
    for deed in (offloading.compare, offloading.understand, offloading.remove):
        with pytest.raises(Clash, match="Synchronize once” is not done yet"):
            deed(carol, begun)
    assert not OffloadingStep.objects.exists()


def test_a_step_that_asks_for_a_run_is_done_when_the_run_is(config, carol, work):
    begun = offloading.begin(carol, config)
    offloading.synchronize(carol, begun)
    assert places(begun)[:2] == ["now", "next"]
    work()
    assert places(begun)[:2] == ["done", "now"]


def test_a_comparison_that_found_a_difference_is_not_done(told, cloud, work):
    begun = offloading.begin(OPERATOR, told)
    cloud.lie("rover", 1, {})
    offloading.synchronize(OPERATOR, begun)
    work()
    offloading.freeze(OPERATOR, begun, "Bodo")
    offloading.compare(OPERATOR, begun)
    work()
    assert FullReport.objects.get().is_equal is False
    assert places(begun)[2] == "now"


def test_the_whole_way_for_a_node(of_node, carol):
    offloading.understand(carol, of_node)
    line = offloading.delete_line(carol, of_node)
    assert line.text == "datamanager -dr probe rover"
    offloading.clear(carol, of_node, "the source was cleared")
    offloading.remove(carol, of_node)
    done = offloading.finish(carol, of_node, editable=True)
    assert [row.id for row in done] == ["probe", "rover"]
    assert not Resource.objects.filter(read_only=True).exists()
    assert (SyncConfig.objects.count(), Claim.objects.count()) == (0, 0)
    assert places(of_node) == ["done"] * 7
    acts = AuditEntry.objects.filter(action__startswith="offloading.").values_list("action")
    assert len(acts) == 9


def test_the_copies_may_stay_a_record(of_node):
    offloading.understand(OPERATOR, of_node)
    offloading.clear(OPERATOR, of_node, "the originals stay")
    offloading.remove(OPERATOR, of_node)
    assert offloading.finish(OPERATOR, of_node, editable=False) == ()
    assert Resource.objects.filter(read_only=True).count() == 2
    with pytest.raises(Clash, match="This guide has ended"):
        offloading.finish(OPERATOR, of_node, editable=True)


def test_no_command_deletes_at_a_teamwork_cloud_before_a_copy_that_opens_is_named(of_cloud):
    offloading.understand(OPERATOR, of_cloud)
    with pytest.raises(Clash, match="A modeling tool cannot open"):
        offloading.delete_line(OPERATOR, of_cloud)
    offloading.state_opens(OPERATOR, of_cloud, "native", "vault 7, tried by Ada")
    assert offloading.delete_line(OPERATOR, of_cloud).text == "datamanager -dr probe rover"
    entry = AuditEntry.objects.get(action="offloading.opens")
    assert "vault 7, tried by Ada" in entry.summary


def test_a_commit_after_the_comparison_voids_it_at_the_moment_of_showing(of_cloud, cloud):
    offloading.understand(OPERATOR, of_cloud)
    offloading.state_opens(OPERATOR, of_cloud, "cloud", "B")
    commit_at(cloud)
    with pytest.raises(Voided, match="The source went on after the comparison"):
        offloading.delete_line(OPERATOR, of_cloud)
    assert places(of_cloud) == ["now", *["next"] * 6]
    assert not of_cloud.steps.filter(voided_at=None).exists()
    assert of_cloud.steps.filter(voided_why__contains="went on").count() == 5


def test_a_synchronization_that_brought_something_voids_it_too(of_cloud, told, cloud, work):
    commit_at(cloud)
    configurations.synchronize(OPERATOR, told)
    work()
    with pytest.raises(Voided, match="changed here after the comparison"):
        offloading.understand(OPERATOR, of_cloud)
    assert places(of_cloud)[0] == "now"


def test_synchronizing_again_takes_back_what_followed(of_node, work):
    offloading.understand(OPERATOR, of_node)
    offloading.synchronize(OPERATOR, of_node)
    work()
    assert places(of_node)[:3] == ["done", "now", "next"]


def test_the_line_that_freezes_has_the_right_ids(of_cloud):
    line = offloading.freeze_line(of_cloud)
    assert line is not None
    assert line.text == "datamanager -sgdr probe rover"


def test_a_node_has_no_line_that_freezes(config):
    assert offloading.freeze_line(offloading.begin(OPERATOR, config)) is None


def test_left_where_it_was_it_can_be_begun_anew(of_node, config):
    offloading.abandon(OPERATOR, of_node)
    assert offloading.begin(OPERATOR, config) != of_node
