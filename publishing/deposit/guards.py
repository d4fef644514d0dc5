"""Triggers that keep the chain where no Python stands between: nothing is changed or deleted, and only the next link is added.

A later migration that makes one of the tables anew (SQLite does for many changes) must run `make` again; `verify` tells where one is missing.
"""

from __future__ import annotations

from typing import Any

RECORDS, END = "publishing_deposit_record", "publishing_deposit_chainend"
WORDS = "the legal deposit is append-only"
NAMES = ("deposit_record_no_update", "deposit_record_no_delete", "deposit_record_next_only", "deposit_end_forward_only", "deposit_end_no_delete")

SQLITE = (
    f"CREATE TRIGGER deposit_record_no_update BEFORE UPDATE ON {RECORDS} BEGIN SELECT RAISE(ABORT, '{WORDS}'); END",
    f"CREATE TRIGGER deposit_record_no_delete BEFORE DELETE ON {RECORDS} BEGIN SELECT RAISE(ABORT, '{WORDS}'); END",
    f"""CREATE TRIGGER deposit_record_next_only BEFORE INSERT ON {RECORDS}
    WHEN NEW.sequence <> COALESCE((SELECT MAX(sequence) FROM {RECORDS}), 0) + 1
      OR NEW.previous <> COALESCE((SELECT hash FROM {RECORDS} WHERE sequence = NEW.sequence - 1), '{"0" * 64}')
    BEGIN SELECT RAISE(ABORT, '{WORDS}: not the next link'); END""",  # noqa: S608 - constants
    f"""CREATE TRIGGER deposit_end_forward_only BEFORE UPDATE ON {END} WHEN NEW.sequence <= OLD.sequence OR NEW.id <> OLD.id
    BEGIN SELECT RAISE(ABORT, '{WORDS}: its end only goes forward'); END""",
    f"CREATE TRIGGER deposit_end_no_delete BEFORE DELETE ON {END} BEGIN SELECT RAISE(ABORT, '{WORDS}'); END",
)
POSTGRESQL = (
    f"CREATE FUNCTION deposit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '{WORDS}'; END $$",
    f"""CREATE FUNCTION deposit_next_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.sequence <> COALESCE((SELECT MAX(sequence) FROM {RECORDS}), 0) + 1
      OR NEW.previous <> COALESCE((SELECT hash FROM {RECORDS} WHERE sequence = NEW.sequence - 1), '{"0" * 64}')
    THEN RAISE EXCEPTION '{WORDS}: not the next link'; END IF; RETURN NEW; END $$""",  # noqa: S608 - constants
    f"""CREATE FUNCTION deposit_forward_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.sequence <= OLD.sequence OR NEW.id <> OLD.id THEN RAISE EXCEPTION '{WORDS}: its end only goes forward'; END IF; RETURN NEW; END $$""",
    f"CREATE TRIGGER deposit_record_no_update BEFORE UPDATE ON {RECORDS} FOR EACH ROW EXECUTE FUNCTION deposit_refuse()",
    f"CREATE TRIGGER deposit_record_no_delete BEFORE DELETE ON {RECORDS} FOR EACH ROW EXECUTE FUNCTION deposit_refuse()",
    f"CREATE TRIGGER deposit_record_no_truncate BEFORE TRUNCATE ON {RECORDS} FOR EACH STATEMENT EXECUTE FUNCTION deposit_refuse()",
    f"CREATE TRIGGER deposit_record_next_only BEFORE INSERT ON {RECORDS} FOR EACH ROW EXECUTE FUNCTION deposit_next_only()",
    f"CREATE TRIGGER deposit_end_forward_only BEFORE UPDATE ON {END} FOR EACH ROW EXECUTE FUNCTION deposit_forward_only()",
    f"CREATE TRIGGER deposit_end_no_delete BEFORE DELETE ON {END} FOR EACH ROW EXECUTE FUNCTION deposit_refuse()",
    f"CREATE TRIGGER deposit_end_no_truncate BEFORE TRUNCATE ON {END} FOR EACH STATEMENT EXECUTE FUNCTION deposit_refuse()",
)
FUNCTIONS = ("deposit_refuse", "deposit_next_only", "deposit_forward_only")


def names(vendor: str) -> tuple[str, ...]:
    """The triggers that must be there."""
    return (*NAMES, "deposit_record_no_truncate", "deposit_end_no_truncate") if vendor == "postgresql" else NAMES


def make(cursor: Any, vendor: str) -> None:
    """Make the triggers."""
    for statement in POSTGRESQL if vendor == "postgresql" else SQLITE:
        cursor.execute(statement)


def unmake(cursor: Any, vendor: str) -> None:
    """Drop them: for going back a migration, and for test databases that are emptied between tests."""
    for name in names(vendor):
        table = END if "_end_" in name else RECORDS
        cursor.execute(f"DROP TRIGGER IF EXISTS {name} ON {table}" if vendor == "postgresql" else f"DROP TRIGGER IF EXISTS {name}")
    if vendor == "postgresql":
        for function in FUNCTIONS:
            cursor.execute(f"DROP FUNCTION IF EXISTS {function}()")


def missing(cursor: Any, vendor: str) -> list[str]:
    """Names of the triggers that are not there, or that somebody switched off."""
    if vendor == "postgresql":
        cursor.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'")
    else:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
    found = {row[0] for row in cursor.fetchall()}
    return [name for name in names(vendor) if name not in found]
