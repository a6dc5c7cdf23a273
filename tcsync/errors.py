"""The tree of errors that tcsync raises on purpose; whatever is not in it is a defect.

Every error carries a stable `code`, a sentence for the operator (`message`: what and where), the
`next_step` to take, and whether trying again by itself can help (`retryable`).
"""

from __future__ import annotations


class TcsyncError(Exception):
    """Base of everything tcsync raises on purpose."""

    code = "error"
    retryable = False
    default_next_step = "Look at the log of the node for the lines before this one."

    def __init__(self, message: str, *, next_step: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.next_step = next_step or self.default_next_step

    def __str__(self) -> str:
        return f"{self.message} {self.next_step}".strip()


class SourceError(TcsyncError):
    """The other side could not be read.

    `stage` is how far the question came: dns, tcp, tls, http or login. `status` is that of the
    answer, 0 where there was none.
    """

    code = "source"
    stage = "http"
    status = 0


class Unreachable(SourceError):
    """No connection, a cut connection, or no answer in time.

    `retry_after` is the number of seconds that the server asked to wait, where it did.
    """

    retry_after: int | None = None

    code = "unreachable"
    retryable = True
    default_next_step = "Check the address, the port and the network, then synchronize again."


class TooSlow(Unreachable):
    """The server answers, and needs longer than a page or a program can wait."""

    code = "too_slow"
    default_next_step = "Try again when the server has less to do; a run has all the time it needs."


class TlsRefused(SourceError):
    """The certificate or the TLS handshake was refused. Never retried by itself."""

    code = "tls_refused"
    stage = "tls"
    default_next_step = "Check the server's certificate, or add the CA that signed it."


class LoginRefused(SourceError):
    """401 or 403 at the source. Never retried by itself: that locks accounts."""

    code = "login_refused"
    stage = "login"
    default_next_step = "Enter the user name and the password or token of this server again."


class Gone(SourceError):
    """What was asked for does not exist at the source, or this account may not see it."""

    code = "gone"
    default_next_step = "Plan again: the source's listing has changed."


class BadAnswer(SourceError):
    """The answer is not one that this kind of server gives."""

    code = "bad_answer"
    default_next_step = "Check that the address and port are those of a server of this kind."


class VersionChanged(SourceError):
    """The server runs another major version than when a question began: the plan is of the old."""

    code = "version_changed"
    retryable = True
    default_next_step = "It is planned anew with the new version by itself."


class AddressRefused(SourceError):
    """The address lies in a network that this node must not connect to."""

    code = "address_refused"
    stage = "dns"
    default_next_step = "Choose another address, or let the node's administrator allow the network."


class AnswerTooLarge(BadAnswer):
    """The answer exceeds the cap on bytes; nothing of it was kept."""

    code = "answer_too_large"


class PlanRefused(TcsyncError):
    """The whole plan cannot be made; a refusal of one resource is data in the plan instead."""

    code = "plan_refused"


class OtherVersion(PlanRefused):
    """Both ends stand for different major versions (synchronization, rule 18)."""

    code = "other_major_version"
    default_next_step = "Upgrade one of the two, or let this configuration only warn of it."


class OutsideRole(PlanRefused):
    """Who made the configuration may no longer synchronize into its target category (rule 2)."""

    code = "outside_role"
    default_next_step = (
        "Give that account the role again, or let somebody who has it take the configuration over."
    )


class ContentError(TcsyncError):
    """Stored or received content is not what its digest or format promises."""

    code = "content"


class DigestMismatch(ContentError):
    """Bytes arrived or lie at rest that do not have the promised digest."""

    code = "digest_mismatch"
    default_next_step = "Synchronize again; if it happens again, verify the source."


class PackDamaged(ContentError):
    """A pack breaks the format of docs/formats/pack.md."""

    code = "pack_damaged"
    default_next_step = "Fetch the revision again from its source."


class Missing(ContentError):
    """Something that a row refers to is not there."""

    code = "missing"


class NotCanonical(ContentError):
    """A text cannot be brought into the canonical form of docs/formats/element.md."""

    code = "not_canonical"
    default_next_step = "Mend the element at its origin; nothing of this revision was stored."


class StorageFull(TcsyncError):
    """No space, or no right to write, where the segments lie."""

    code = "storage_full"
    retryable = True
    default_next_step = "Free space on the node's data volume; the next run goes on by itself."


class ReadOnly(TcsyncError):
    """A copy was to be changed by something other than its synchronization."""

    code = "read_only"
    default_next_step = "Change the resource at its source, or take the read-only flag off first."


class Clash(TcsyncError):
    """A Resource ID, Project ID or name is already taken here."""

    code = "clash"


class HistoryError(TcsyncError):
    """A line of a history record file cannot be loaded."""

    code = "history"


class LeaseLost(TcsyncError):
    """Another worker has taken this run over; this one stops without writing."""

    code = "lease_lost"
    default_next_step = "Nothing to do: the run goes on in the other worker."


class Cancelled(TcsyncError):
    """Somebody asked for the run to stop; what is finished stays."""

    code = "cancelled"
    default_next_step = "Synchronize again to go on from here."


class NotAllowed(TcsyncError):
    """The person may not do this here."""

    code = "not_allowed"
    default_next_step = "Ask an administrator for the role that this needs."
