"""The suites that every source passes: subclass one with a `source` and an `ids` fixture.

What the source shows is made by `populate()` (a node) or must equal it in meaning (other worlds):
`ids` are those of the categories space and engines and of the resources rover and probe.
"""

from __future__ import annotations

import hashlib

import pytest

from tcsync.audit.recording import SYSTEM
from tcsync.domain import (
    Branch,
    Known,
    KnownHead,
    Listed,
    Selection,
    Tag,
    listing_fingerprint,
)
from tcsync.errors import Cancelled, Gone
from tcsync.packs import PackVerifier, canonical, opened
from tcsync.repository import writing
from tcsync.sources.base import Absent, ArtifactEntry, ArtifactWant, Want
from tcsync.uses import uses_in
from tests.repository.histories import History
from tests.sources.told import put


def populate() -> dict[str, str]:
    """Make category Space with Engines in it, and the resources rover and probe; return the ids."""
    space = writing.make_category(SYSTEM, "Space")
    engines = writing.make_category(SYSTEM, "Engines", space.id)
    branches = (Branch("trunk", "trunk", None, None), Branch("side", "side", 1, None))
    rover = History("rover", category=space.id, branches=branches)
    rover.commit(1, None, {"a": {"v": 1}}, artifacts={"d1": b"diagram " * 40_000})
    rover.commit(2, 1, {"b": {"v": 1}}, branch="side")
    used = [{"resource": "probe", "branch": "trunk", "version": "1"}]
    rover.commit(5, 1, {"a": {"v": 2}}, merged=(2,), used_projects=used)
    writing.put_tag(SYSTEM, "rover", Tag("t1", "v1.0", 5))
    probe = History("probe", category=engines.id)
    probe.commit(1, None, {"x": {"v": 1}})
    return {"space": space.id, "engines": engines.id, "rover": "rover", "probe": "probe"}


class SourceContract:
    """What holds for sources of packs and of changes alike."""

    def test_it_says_who_it_is(self, source):
        identity = source.identity()
        assert identity.uuid
        assert identity.epoch

    def test_a_pulse_hears_of_what_arrives_and_may_end_the_question(self, source):
        def enough(_count: int) -> None:
            raise Cancelled("enough")

        told: list[int] = []
        source.heed(told.append)
        source.snapshot(None, {})
        assert sum(told)
        source.heed(enough)
        with pytest.raises(Cancelled):
            source.snapshot(None, {})
        source.heed(None)
        assert source.identity().uuid

    def test_everything_is_shown_with_the_category_tree(self, source, ids):
        shown = source.snapshot(None, None)
        parents = {c.name: c.parent for c in shown.categories}
        assert parents["Engines"] == next(c.id for c in shown.categories if c.name == "Space")
        assert {r.id for r in shown.resources} == {ids["rover"], ids["probe"]}

    def test_a_category_holds_what_is_nested_in_it(self, source, ids):
        shown = source.snapshot(Selection(categories=(ids["space"],)), {})
        assert {r.id for r in shown.resources} == {ids["rover"], ids["probe"]}
        shown = source.snapshot(Selection(categories=(ids["engines"],)), {})
        assert {r.id for r in shown.resources} == {ids["probe"]}

    def test_what_is_picked_and_not_there_is_missing(self, source, ids):
        shown = source.snapshot(Selection(resources=(ids["rover"], "ghost")), {})
        assert shown.missing == ("ghost",)

    def test_without_knowing_anything_all_revisions_are_listed_parents_first(self, source, ids):
        (rover,) = source.snapshot(Selection(resources=(ids["rover"],)), {}).resources
        assert [(r.number, r.parent) for r in rover.revisions] == [(1, None), (2, 1), (5, 1)]
        assert {b.name: b.head for b in rover.branches} == {"trunk": 5, "side": 2}
        assert [(t.name, t.revision) for t in rover.tags] == [("v1.0", 5)]

    def test_a_chronicle_shows_branches_tags_and_every_revision(self, source, ids):
        with source.chronicles([ids["rover"]]) as told:
            ((resource, numbers),) = [(c.resource, [r.number for r in c.records]) for c in told]
        assert numbers == [1, 2, 5]
        assert {b.name: b.head for b in resource.branches} == {"trunk": 5, "side": 2}
        assert [(t.name, t.revision) for t in resource.tags] == [("v1.0", 5)]

    def test_chronicles_come_in_order_also_where_records_are_not_read(self, source, ids):
        with source.chronicles([ids["rover"], "ghost", ids["probe"]]) as told:
            found = [c.resource if isinstance(c, Absent) else c.resource.id for c in told]
        assert found == [ids["rover"], "ghost", ids["probe"]]

    def test_a_walk_reads_all_that_lives_at_a_revision(self, source, ids):
        with source.walk(ids["rover"], 1) as walked:
            found = [id_ for id_, _body in put(walked)]
        assert found
        assert len(found) == len(set(found))

    def test_a_walk_of_a_revision_that_is_not_there_says_so(self, source, ids):
        with pytest.raises(Gone), source.walk(ids["rover"], 999) as walked:
            list(walked)

    def test_records_tell_who_made_which_revision_when_and_by_what_it_is_known(self, source, ids):
        (rover,) = source.snapshot(Selection(resources=(ids["rover"],)), {}).resources
        found = source.records_of(rover.id, [1, 3, 5])
        digests = {ref.number: ref.digest for ref in rover.revisions}
        assert [(r.number, r.digest) for r in found] == [(n, digests[n]) for n in (1, 5)]
        assert all(record.author and record.time for record in found)

    def test_uses_are_those_of_the_heads_with_the_trunk_first(self, source, ids):
        told = source.uses([ids["rover"], ids["probe"], "ghost"])
        assert set(told) == {ids["rover"], ids["probe"]}
        assert [one.number for one in told[ids["rover"]]] == [5, 2]
        (pinned,) = uses_in(told[ids["rover"]][0].used_projects)
        assert (pinned.resource, pinned.version) == (ids["probe"], "1")
        assert [one.used_projects for one in told[ids["probe"]]] == [()]

    def test_the_newest_cursor_has_nothing_after_it(self, source):
        newest = source.changes(None)
        assert newest.epoch == source.identity().epoch
        assert source.changes(newest.cursor).resources == ()


class PackSourceContract(SourceContract):
    """What holds for sources that have packs."""

    def test_merged_parents_are_listed(self, source):
        (rover,) = source.snapshot(Selection(resources=("rover",)), {}).resources
        assert [r.merged for r in rover.revisions] == [(), (), (2,)]

    def test_only_what_is_not_below_a_known_head_is_listed(self, source):
        (rover,) = source.snapshot(Selection(resources=("rover",)), {}).resources
        digest = rover.revisions[1].digest
        known = {"rover": Known((KnownHead("side", 2, digest),), 2)}
        (rover,) = source.snapshot(Selection(resources=("rover",)), known).resources
        assert [r.number for r in rover.revisions] == [5]
        assert rover.divergences == ()

    def test_a_known_head_that_it_does_not_hold_is_a_divergence(self, source):
        known = {"rover": Known((KnownHead("trunk", 5, "0" * 64),), 3)}
        (rover,) = source.snapshot(Selection(resources=("rover",)), known).resources
        (found,) = rover.divergences
        assert (found.number, found.expected) == (5, "0" * 64)
        assert found.found is not None

    def test_packs_come_in_the_order_asked_for_and_are_what_they_promise(self, source):
        with source.packs([Want("probe", (1,)), Want("rover", (1, 2, 5))]) as arriving:
            for item, (resource, number) in zip(
                arriving, [("probe", 1), ("rover", 1), ("rover", 2), ("rover", 5)], strict=True
            ):
                verifier = PackVerifier()
                for piece in opened(item.chunks):
                    verifier.take(piece)
                summary = verifier.finish()
                assert (item.record.resource, item.record.number) == (resource, number)
                assert (summary.size, summary.digest) == (item.length, item.pack_digest)
                assert summary.content_digest == item.record.content_digest

    def test_the_order_holds_among_resources_that_are_absent_near_and_asked_for_twice(self, source):
        asked = [
            *(Want("rover", (5,)), Want("ghost", (1,)), Want("probe", (1,))),
            *(Want("rover", (1, 2)), Want("rover", (9000,)), Want("probe", (1,))),
        ]
        with source.packs(asked) as arriving:
            found = [
                item.resource
                if isinstance(item, Absent)
                else (item.record.resource, item.record.number)
                for item in arriving
            ]
        assert found == [
            *(("rover", 5), "ghost", ("probe", 1), ("rover", 1), ("rover", 2), ("probe", 1)),
        ]

    def test_a_pack_that_is_not_read_is_skipped(self, source):
        with source.packs([Want("rover", (1, 2, 5))]) as arriving:
            assert [item.record.number for item in arriving] == [1, 2, 5]

    def test_a_resource_that_is_not_there_is_absent_and_the_others_come(self, source):
        with source.packs([Want("ghost", (1,)), Want("probe", (1,))]) as arriving:
            absent, probe = list(arriving)
        assert isinstance(absent, Absent)
        assert absent.resource == "ghost"
        assert probe.record.number == 1

    def test_the_bytes_of_artifacts_come_by_digest(self, source, refs):
        with source.artifacts([ArtifactWant("rover", 1, refs)]) as arriving:
            found = {item.digest: b"".join(item.chunks) for item in arriving}
        assert found == {refs[0].digest: b"diagram " * 40_000}
        assert hashlib.sha256(found[refs[0].digest]).hexdigest() == refs[0].digest


class Nothing:
    """A node that holds nothing yet."""

    def holds(self, _resource, _number):
        return False

    def owners(self, _resource, _number, _ids):
        return {}

    def artifacts(self, _resource, _number):
        return {}


class ChangeSourceContract(SourceContract):
    """What holds for sources that tell revisions change by change."""

    def test_revisions_come_in_the_order_asked_for_with_their_listing_fingerprints(
        self, source, ids
    ):
        probe, rover = self._all(source, ids["probe"]), self._all(source, ids["rover"])
        with source.changesets([self._want(probe), self._want(rover)], Nothing()) as arriving:
            found = [(t.record.resource, listing_fingerprint(t.record)) for t in arriving]
        assert found == [(r.id, ref.digest) for r in (probe, rover) for ref in r.revisions]

    def test_a_revision_without_a_parent_is_told_whole_and_only_once(self, source, ids):
        with source.changesets([Want(ids["rover"], (1,))], Nothing()) as arriving:
            (first,) = [(telling, list(telling.changes)) for telling in arriving]
        told = [id_ for id_, _body in put(first[1])]
        assert first[0].is_whole
        assert told
        assert len(told) == len(set(told))

    def test_a_walk_tells_what_the_first_revision_told(self, source, ids):
        with source.changesets([Want(ids["rover"], (1,))], Nothing()) as arriving:
            told = {one for telling in arriving for one in put(telling.changes)}
        with source.walk(ids["rover"], 1) as walked:
            assert set(put(walked)) == told

    def test_artifacts_are_read_anew_with_their_bytes(self, source, ids):
        with source.walk(ids["rover"], 1) as walked:
            entries = [item for item in walked if isinstance(item, ArtifactEntry)]
        names = [entry.id for entry in entries]
        with source.artifact_bytes(ids["rover"], 1, names) as fetched:
            came = {put.ref.id: b"".join(put.chunks) for put in fetched}
        assert {id_: len(data) for id_, data in came.items()} == {e.id: e.size for e in entries}
        assert came

    def test_a_body_is_canonical(self, source, ids):
        with source.walk(ids["rover"], 5) as walked:
            bodies = [body for _id, body in put(walked)]
        assert bodies
        assert [canonical(body) for body in bodies] == bodies

    def test_a_resource_that_is_not_there_is_absent_and_the_others_come(self, source, ids):
        wants = [Want("ghost", (1,)), Want(ids["probe"], (1,))]
        with source.changesets(wants, Nothing()) as arriving:
            absent, probe = list(arriving)
        assert isinstance(absent, Absent)
        assert absent.resource == "ghost"
        assert probe.record.number == 1

    def test_a_known_revision_is_listed_no_more(self, source, ids):
        rover = self._all(source, ids["rover"])
        listed = tuple(Listed(r.number, r.digest, "userid") for r in rover.revisions[:2])
        known = {rover.id: Known((), 2, listed)}
        (again,) = source.snapshot(Selection(resources=(rover.id,)), known).resources
        assert [ref.number for ref in again.revisions] == [5]
        assert again.divergences == again.gone_revisions == ()

    def test_a_known_revision_with_another_fingerprint_is_a_divergence(self, source, ids):
        known = {ids["rover"]: Known((), 1, (Listed(5, "0" * 64, "userid"),))}
        (rover,) = source.snapshot(Selection(resources=(ids["rover"],)), known).resources
        (found,) = rover.divergences
        assert (found.number, found.expected) == (5, "0" * 64)
        assert found.found is not None

    def _all(self, source, resource):
        return source.snapshot(Selection(resources=(resource,)), {}).resources[0]

    def _want(self, resource):
        return Want(resource.id, tuple(ref.number for ref in resource.revisions))
