"""Measurements: `make bench` (quick) and `make prove` (long). Each runs in a folder and a database of its own."""
