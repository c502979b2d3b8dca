"""One command measures everything and prints one table; docs/benchmarks.md says how to read it."""
