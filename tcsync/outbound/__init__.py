"""The one outbound HTTP client. Nothing else speaks HTTP outwards.

addresses    which addresses may be typed, and which may be connected to
endpoint     what is needed to talk to one server: address, account, additional CA
client       requests to one endpoint over connections kept alive
bodies       what is sent and what comes with an answer: texts, cookies
stream       a body read piece by piece under a deadline, a cap and a lowest rate
refusals     statuses, and what a server says about them, as errors of ours
connecting   checked connections; deadline: sockets that end at a moment; trust: the CA store
keystores    client certificates; certificates: what a certificate says of itself, for people
probing      the certificate that a server shows
reasons      failures of the connection as errors of ours

Nothing of the environment counts (no proxies, no .netrc, no CA bundle), no redirect is followed,
no cookie kept except by who asks for it, and the address that is connected to is checked before and
after connecting.
"""

from tcsync.outbound.addresses import check_address
from tcsync.outbound.bodies import Knocked, Text
from tcsync.outbound.client import OutboundClient
from tcsync.outbound.deadline import Pulse
from tcsync.outbound.endpoint import Endpoint, secrets_of
from tcsync.outbound.keystores import Keystore, KeystoreRefused
from tcsync.outbound.probing import certificate_of, reach
from tcsync.outbound.refusals import Redirected
from tcsync.outbound.stream import ByteStream
from tcsync.outbound.trust import check_ca

__all__ = [
    "ByteStream",
    "Endpoint",
    "Keystore",
    "KeystoreRefused",
    "Knocked",
    "OutboundClient",
    "Pulse",
    "Redirected",
    "Text",
    "certificate_of",
    "check_address",
    "check_ca",
    "reach",
    "secrets_of",
]
