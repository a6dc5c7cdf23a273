"""Names of files that are sent. What is sent lies in `tcsync.repository.artifacts`."""

from __future__ import annotations

from django.core.exceptions import SuspiciousFileOperation
from django.utils.text import get_valid_filename

from tcsync.repository.artifacts import PIECE_BYTES, artifact_pieces, begun

__all__ = ["PIECE_BYTES", "artifact_pieces", "begun", "safe_name"]

NAME_CHARACTERS = 100


def safe_name(name: str, otherwise: str) -> str:
    """Return the last part of a name from elsewhere, as any file system takes it."""
    try:
        return get_valid_filename(name.replace("\\", "/").rpartition("/")[2])[:NAME_CHARACTERS]
    except SuspiciousFileOperation:
        return otherwise
