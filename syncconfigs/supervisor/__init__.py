"""Running a whole node in the foreground, and keeping it running.

part       one program of the node with all its processes: web, queue, watcher
place      what only one node may have: its data folder and its port
stall      a part that lives but no longer does its work; seen from outside, in the database
supervisor starts the parts, restarts what dies or stalls, and stops them all in at most 10 s
"""
