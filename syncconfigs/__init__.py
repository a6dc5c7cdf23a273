"""The portal: everything that an administrator configures and watches.

server         a remote server that is read: its address, account and what it said it is
configuration  one followed resource or category of a server, with its target category and trigger
claim          the one configuration that owns a resource here
exclusion      a copy that was deleted or detached: it comes back only when somebody says so
run            one synchronization of one configuration: its plan, steps, attempts and lines
lease          a worker's right to write for a run, with a fencing token, for 30 seconds
doorbell       a run that the queue was, or is to be, told about (the outbox)
"""
