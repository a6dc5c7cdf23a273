"""The demo: two nodes of one's own on this machine, with a history that crosses between them.

node    one of the two: a folder, a port, an environment, and a `manage.py up` of its own
step    a management command that runs inside a node's environment while the demo waits for it
story   what happens in which order, from two empty folders to the table of what arrived
inside  the steps' work on a node's own tables; only this part touches a database
"""
