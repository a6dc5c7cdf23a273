"""The outside worlds that can be read as a repository; each module knows one of them.

source   anything with an identity, a snapshot, a feed, packs and artifacts (`base`)
peer     another tcsync node
"""
