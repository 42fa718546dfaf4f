"""What is measured, against what, printed as ratios. ``python -m benchmarks`` runs all; see docs/benchmarks.md."""
