"""Benchmarks: `make bench`. Figures are compared within one run, because machines are shared and noisy."""
