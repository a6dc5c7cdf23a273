"""A look at a server before anything is asked of it: whether it is there, and its certificate."""

from __future__ import annotations

import time
from urllib.parse import urlsplit

from tcsync.errors import SourceError
from tcsync.outbound import trust
from tcsync.outbound.addresses import check_address
from tcsync.outbound.certificates import Facts, facts_of_der
from tcsync.outbound.connecting import CONNECT_SECONDS, Opener
from tcsync.outbound.deadline import Deadline
from tcsync.outbound.endpoint import Endpoint
from tcsync.outbound.reasons import translate

TLS_PORT = 443
PLAIN_PORT = 80


def reach(endpoint: Endpoint) -> Facts | None:
    """Connect, and end it; return the facts of the server's certificate, None without TLS.

    Raises SourceError with the stage that failed: dns, tcp or tls.
    """
    parts = urlsplit(check_address(endpoint.address))
    context = trust.context(endpoint.ca_certificate, endpoint.keystore)
    deadline = Deadline(time.monotonic() + 2 * CONNECT_SECONDS, time.monotonic)
    opener, host = Opener(endpoint.allow_loopback, deadline), parts.hostname or ""
    is_secure = parts.scheme == "https"
    stage = ""
    try:
        with opener.open(host, parts.port or (TLS_PORT if is_secure else PLAIN_PORT)) as taken:
            if not is_secure:
                return None
            stage = "tls"
            with context.wrap_socket(taken, server_hostname=host) as tls:
                shown = tls.getpeercert(binary_form=True)
    except OSError as error:
        reason = translate(error, parts.netloc)
        reason.stage = stage or reason.stage
        raise reason from None
    return facts_of_der(shown) if shown else None


def certificate_of(endpoint: Endpoint) -> Facts | None:
    """Return what `reach` does, None also where that fails: for people to read afterwards."""
    if not endpoint.address.startswith("https:"):
        return None
    try:
        return reach(endpoint)
    except SourceError:
        return None
