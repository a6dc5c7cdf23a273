"""From a row of RemoteServer to a source that can be read, and the test of a connection.

endpoint   the address, account and trust that a server's row stands for
source     connections kept alive in this process, lent to one user at a time
check      one step of the connection test: name, how it went, a sentence
"""

from syncconfigs.connect.catalogue import Catalogue, catalogue
from syncconfigs.connect.catalogue import cached as cached_catalogue
from syncconfigs.connect.checks import STEPS, Check, check, check_draft, check_way
from syncconfigs.connect.opening import LentSource, endpoint, keystore, open_source
from syncconfigs.connect.patience import asked_live
from syncconfigs.connect.standing import note_answer, note_failure

__all__ = [
    "STEPS",
    "Catalogue",
    "Check",
    "LentSource",
    "asked_live",
    "cached_catalogue",
    "catalogue",
    "check",
    "check_draft",
    "check_way",
    "endpoint",
    "keystore",
    "note_answer",
    "note_failure",
    "open_source",
]
