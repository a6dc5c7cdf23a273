"""The one outbound HTTP client. Nothing else speaks HTTP outwards.

endpoint   what is needed to talk to one server: address, headers with the secret, additional CA
client     connections to one endpoint, kept alive; every answer has a deadline and a cap
stream     a body that is read piece by piece under the same rules

Nothing of the environment counts (no proxies, no .netrc, no CA bundle), no redirect is followed,
and the address that is connected to is checked before and after connecting.
"""

from tcsync.outbound.addresses import check_address
from tcsync.outbound.client import ByteStream, Endpoint, OutboundClient

__all__ = ["ByteStream", "Endpoint", "OutboundClient", "check_address"]
