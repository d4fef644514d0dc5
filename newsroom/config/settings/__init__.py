"""Settings by the way the newsroom is run: dev (embedded default), test, production."""
