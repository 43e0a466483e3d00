"""Benchmarks: they print a table and never fail. Run one with `uv run python -m tests.bench.…`."""
