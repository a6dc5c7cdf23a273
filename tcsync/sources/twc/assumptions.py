"""What nobody could try at a live server, each in its one place; docs/twc.md lists them for people.

Sections are those of the REST reference that this source was written from.
"""

from __future__ import annotations

from uuid import UUID

SERVERS = UUID("6f1c6a0e-5ad5-5f8f-9a53-0f9f3c8f7a11")
"""A server says no id of its own over REST: its id is a UUIDv5 of this and its address (4)."""

FIRST_JSON_BATCHES = (2024, 1)
"""Year and refresh from which id lists are JSON arrays; before, they are plain text (3)."""

REFUSES_DIALECT = frozenset({400, 405, 406, 415, 422, 500, 501})
"""What a server answers to an id list in the other dialect: nobody recorded it (16.1)."""

SESSION_COOKIE = "twc-rest-session-id"
"""Any call that carries the account opens a session and sets this cookie: so the version is asked.
An answer without it opened none, and the login is asked for as documented (2)."""

REFUSES_PASSWORD = frozenset({401})
"""A login that is answered so is never tried again with the same account (2)."""

SEAT_WORDS = (b"licen",)
"""A login that is refused as a wrong password is lacks a seat where one of these words is in the
answer. No others count: login pages speak of sessions, and what lacks a seat is tried again (2)."""

LACKS_SEAT = frozenset({403, 429})
"""A login that is answered so lacks a seat, and so does one with 500 or above (2, 16.1)."""

HIDDEN = frozenset({403})
"""What is answered for one resource that this account may not read, while its session lives on.
401 is about the account itself: its session ended, or its password is refused."""

VERSION_SECONDS = 10.0
"""A version that was asked for so lately is still the server's: an upgrade takes longer, and ends
all sessions (4)."""

ACCOUNT_SECONDS = 900.0
"""The rights of an account are asked for once a session, and again after so long (13)."""

IDS_AT_ONCE = 1000
"""Clients are known to send 2,000 and 5,000 ids; no limit is documented (0, 16.10)."""

LONGEST_MILLISECONDS = 13
LONGEST_SECONDS = 11
"""Digits of epoch milliseconds and seconds; the forms of 14 and 17 digits are UTC (9)."""

UNNAMED_ZONE_SECONDS = 0
"""Dates in words name a zone by letters; letters that are not known count as UTC (9)."""

NAME_SUFFIX = ".MASTER"
"""Titles of projects end so; the name is what stands before. Other suffixes are part of it (6)."""

TRUNK_TITLE = "trunk"
"""The main branch where the resource does not name one by its id (7)."""

NO_NUMBER = (-1, 0)
"""Parents that mean "none" (8)."""

UNSPECIFIED_REVISION = b":-9223372036854776000"
"""The most frequent number beyond 64 bits: a reference to no certain revision (10)."""

ARTIFACT_NAMES = ("name", "fileName", "dcterms:title")
"""Where the name of an artifact may stand, in it or in its metadata; else its id is its name. An
artifact that a revision and its parent both list by the same id has the same bytes in both (11)."""

SIZES_ASKED = 8
"""Of so many such artifacts at most it is asked whether name and size are the same too: each costs
a request for every revision. Where there are more, others are asked for at the next revision. A
full walk asks it of all."""

TWC_URI = "twcloud:/"
"""Used projects of the server are `twcloud:/<resource>/<branch>` (12). A resource without a
decomposition (404) uses none."""

OVERLAP_SECONDS = 5
"""A modification date that lies nearer than this to the moment of reading proves nothing (9)."""
