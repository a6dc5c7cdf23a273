"""Benchmarks: what tcsync does, beside what git does with the same history in the same run.

places     where the data of the benchmark lies, and the sizes
gitrepos   the same history as git repositories, in two layouts
gitserver  git's own server program behind loopback HTTP
nodes      a source and a target node as processes
inside     what is measured inside a node's own process
rows       the rows that can be measured so far
measuring  timing in turns, and what a row says
"""
