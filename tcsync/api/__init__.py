"""What a node serves to programs.

peer   what `tcsync.sources.peer` reads: docs/formats/transfer.md
"""
