"""Who may do what here.

User: a person or program with an account.
Role: what somebody is for this node; `permissions.ALLOWED` says which actions that allows.
Grant: a role given to a user, for a category with all below it, or everywhere.
Token: a secret that stands for a user in API calls; only its digest is kept.
Session: a Teamwork Cloud client that signed in and sends two cookies since.
"""
