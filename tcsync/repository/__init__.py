"""The versioned store of a node, the only thing that is ever written.

resource   a project: identity, name, category, branches, tags, revisions
revision   an immutable, numbered state of a resource; one row, never one per element
pack       the bytes of a revision's changeset (tcsync.packs), lying in a segment
span       which packs of a stretch of history touch an id; a cache (tcsync.repository.spans)
segment    an append-only file (or object) that many packs share
blob       the bytes of an artifact, stored once by digest, lying in a segment too
batch      the unit of commit: bytes durable first, then one transaction with the rows
feed       a numbered row per change, that answers "anything new?" for all resources at once

`writing` is the only module that writes; `reading`, `states` and `diffing` read.
"""
