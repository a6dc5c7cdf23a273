"""The served Teamwork Cloud API, `/osmc/...`: our copies, read as the original is (docs/osmc.md).

door      lets a client in by Basic, Token or the two cookies, and answers every error as JSON
place     what an address leads to: a resource that may be read, one of its branches, a revision
pair      how Teamwork Cloud shows a stored thing: a container and the thing itself
volatile  what is not stored because it varies by host and request, and is put back in here

What somebody may not see is answered like what does not exist.
"""
