"""Engines of the archive."""
