"""History record files: reading them, converting their elements and back, and making up new ones.

- *record*: one line of a history file (docs/formats/history.md)
- *group*: a revision's line together with the lines of its changes
- *local id*: an element's id as its file has it, unique within a resource
- *namespace*: the UUID under which the local ids of one resource become ids of ours
- *state digest*: SHA-256 over all live elements of a revision, by which a replay is checked

Nothing here knows Django or the network.
"""
