#!/usr/bin/env bash
# Style, types, layers, templates, migrations, messages. pip-audit is a report (tools/audit.py): it says what could not be looked up.
set -u
cd "$(dirname "$0")/.."
bin=.venv/bin
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export NEWSROOM_VAR=$work DJANGO_SETTINGS_MODULE=newsroom.config.settings.test
failed=()
check() { local name=$1; shift; echo "-- $name"; "$@" || failed+=("$name"); }
check "ruff" $bin/ruff check .
check "mypy" $bin/mypy
check "import-linter" $bin/lint-imports --no-cache
check "djlint" $bin/djlint templates distribution/rehearsal/templates --lint --quiet
check "django check" $bin/python manage.py check --fail-level ERROR
check "migrations" $bin/python manage.py makemigrations --check --dry-run
check "messages" $bin/python manage.py merge_messages --check
echo "-- pip-audit (a report, not a check)"
$bin/python tools/audit.py requirements.txt
if [ ${#failed[@]} -gt 0 ]; then echo "lint failed: ${failed[*]}"; exit 1; fi
echo "lint passed"
