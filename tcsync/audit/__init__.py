"""The audit record: an append-only chain of who did what, from where, to what.

Entry: one thing that was done; its hash covers itself and the hash of the entry before it.
Head: the number and hash of the newest entry; its lock puts the writers in a row.
Anchor: a number and hash of an entry, kept outside of the database.
Finding: a place where the record is not what was written.
"""
