"""A Teamwork Cloud server as a source, read over its REST API (docs/twc.md).

login       how a session is opened
session     what a login opens: cookies and a licence seat, shared by all runs of a process
crew        threads that ask for several things at a time; one thread waits for all of them
api         the calls, and how their answers are opened; batch: elements or tags by their ids
foreign     JSON of the other side: how much of it is decoded, and what it is when it is odd
listing     the revisions that a resource shows; catalogue: categories and resources
element     what a pair of containers is made into: docs/formats/element.md
walk        reading all that lives at a revision, from its root elements
difference  what changed between two revisions; content: that, and what was read of it
feed        what the polls have seen
assumption  what nobody could try at a live server: each stands in one place
"""

from tcsync.sources.twc.logins import NoSeat
from tcsync.sources.twc.ports import explain_port, usual_address
from tcsync.sources.twc.sessions import SESSIONS, Sessions
from tcsync.sources.twc.source import TwcSource

__all__ = ["SESSIONS", "NoSeat", "Sessions", "TwcSource", "explain_port", "usual_address"]
