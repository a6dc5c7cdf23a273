"""What a node serves to programs.

peer   what `tcsync.sources.peer` reads: docs/formats/transfer.md
osmc   what clients of Teamwork Cloud read: docs/osmc.md
"""
