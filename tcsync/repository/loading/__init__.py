"""Loading record files into local resources, each revision proven from the store.

loader     goes through a file, resource by resource, and commits in batches
children   the ordered children that the stored form of an element carries
proof      recomputes a revision's state digest from what was read back
"""

from tcsync.repository.loading.loader import Loader, Progress, load_history

__all__ = ["Loader", "Progress", "load_history"]
