"""What the benchmarks say must be what they measured."""
