"""Who asks, who the node is, and the audit record."""

from tcsync.access.models import Role
from tests.syncconfigs.api.conftest import caller


def test_somebody_learns_who_they_are_and_what_they_may(manager, world):
    said = manager.get("me/").json()
    assert said["username"] == "mara"
    assert said["roles"] == [{"role": "synchronization_manager", "category": "flight"}]
    assert said["rights"]["synchronize"] == {"everywhere": False, "categories": ["flight"]}
    assert said["rights"]["servers"] == {"everywhere": False, "categories": []}


def test_an_administrator_may_everywhere(administrator):
    rights = administrator.get("me/").json()["rights"]
    assert all(right["everywhere"] for right in rights.values())


def test_the_node_counts_what_may_be_seen(administrator, reviewer, stranger, world):
    assert administrator.get("node/").json()["counts"]["resources"] == 2
    assert reviewer.get("node/").json()["counts"]["configurations"] == 1
    counts = stranger.get("node/").json()["counts"]
    assert set(counts.values()) == {0}


def test_an_auditor_reads_what_was_done(manager, world):
    auditor = caller("audrey", Role.AUDITOR)
    manager.post(f"configurations/{world.config.pk}/pause/")
    found = auditor.get("audit/", action="configuration.").json()["results"]
    assert [entry["action"] for entry in found] == ["configuration.paused"]
    assert found[0]["actor"] == "mara"


def test_the_audit_record_is_filtered(manager, world):
    auditor = caller("audrey", Role.AUDITOR)
    manager.post(f"configurations/{world.config.pk}/pause/")
    assert auditor.get("audit/", actor="mara").json()["count"] == 1
    assert auditor.get("audit/", target_kind="configuration").json()["count"] == 1
    assert auditor.get("audit/", since="2999-01-01T00:00:00Z").json()["count"] == 0
    newest = auditor.get("audit/").json()["results"][0]["number"]
    assert auditor.get("audit/", after=newest).json()["count"] == 0
