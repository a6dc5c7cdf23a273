"""Invented histories, made anew byte for byte from a seed.

- *dice*: a stream of random numbers that is the same on every machine and Python
- *outline*: a resource without its content: names, branches, and which revision follows which
- *serial*: the number of an element within its resource; its id, kind and body follow from it
- *state*: what is live on one branch
"""
