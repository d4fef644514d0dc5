"""The page store: what readers get without Python (docs/page-store.md)."""
