"""Rehearsal platforms: a process of its own that keeps the platforms' contracts, for demo, training and tests.

It imports nothing else of the project (no Django, no newsroom, publishing or distribution module outside this package):
a fake that shared code with the connectors it judges would agree with their mistakes.
Start: ``python -m distribution.rehearsal --port 8001 --var var``. Contract and faults: docs/rehearsal.md.
"""
