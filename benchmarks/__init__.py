"""Benchmarks: what tcsync does, beside what git does with the same history in the same run.

places     where the data of the benchmark lies, and the sizes
gitrepos   the same history as git repositories, in two layouts
gitserver  git's own server program behind loopback HTTP
nodes      a source and a target node as processes
counting   a loopback proxy that counts requests and bytes
inside     what happens inside a node's own process
profiles   where the time of a call goes
measuring  timing in turns
results    what a row says, kept as a file so that rows can be resumed
rows       the rows of the table, one module for each kind
report     docs/performance.md, written from the results
quick      the short form for CI
"""
