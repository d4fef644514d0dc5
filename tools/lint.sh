#!/usr/bin/env bash
# Style, types, layers, templates, migrations, messages. pip-audit is a report: it says what could not be audited and never stands for a pass.
set -u
cd "$(dirname "$0")/.."
bin=.venv/bin
export NEWSROOM_VAR=${NEWSROOM_VAR:-$(mktemp -d)} DJANGO_SETTINGS_MODULE=newsroom.config.settings.test
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
report=$(timeout 90 $bin/pip-audit --require-hashes --disable-pip -r requirements.txt 2>&1); audited=$?
total=$(grep -cE '^[a-z0-9._-]+(\[[a-z]+\])?==' requirements.txt)
skipped=$(echo "$report" | grep -c "could not be audited")
echo "$report" | grep -vE "could not be audited|^-+|^Name +Skip|^No known" | head -20
if [ "$skipped" -gt 0 ] || [ $audited -gt 1 ]; then echo "NOT AUDITED: ${skipped:-all} of $total pinned packages could not be looked up from this machine (exit $audited). This is no pass."; else echo "audited: $total packages, exit $audited"; fi
if [ ${#failed[@]} -gt 0 ]; then echo "lint failed: ${failed[*]}"; exit 1; fi
echo "lint passed"
