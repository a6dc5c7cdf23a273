"""What happens inside a node's own process: `python -m benchmarks.inside`, in its environment.

Each line of standard input names a step and gives its words; its answer is a line of standard
output. The process goes on until its input ends, so that nothing is measured while modules load.

making     histories, commits and git streams of them
reading    verifying, elements, differences
copying    runs and transfers
"""
