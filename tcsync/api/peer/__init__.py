"""The peer API: what another node reads from this one (docs/formats/transfer.md)."""
