"""Where segments lie: one small interface, and the file system behind it.

batch     bytes written together; durable when sealed, gone when discarded
segment   what a batch is appended to, named by its object
"""

from tcsync.repository.storage.base import Batch, Storage
from tcsync.repository.storage.files import FileStorage, default_storage

__all__ = ["Batch", "FileStorage", "Storage", "default_storage"]
