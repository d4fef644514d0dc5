#!/bin/sh
# Which process of the newsroom this container is: prepare | web | worker QUEUES [CONCURRENCY] | beat | publish_due | healthy NAME | manage …
set -eu
role=${1:-web}
[ $# -gt 0 ] && shift
case "$role" in
  prepare) exec python manage.py prepare ;;
  web)
    exec granian --interface wsgi --host 0.0.0.0 --port "${PORT:-8000}" --workers "${WEB_PROCESSES:-2}" --blocking-threads 4 --no-ws \
      --log-level warning --workers-kill-timeout 10 publishing.reader.pages.wsgi:application ;;
  worker)
    queues=${1:?which queues}
    exec celery -q -A newsroom.config.celery worker --pool threads --concurrency "${2:-3}" -Q "$queues" -n "${queues%%,*}@%h" \
      --loglevel WARNING --without-gossip --without-mingle ;;
  beat) exec celery -q -A newsroom.config.celery beat --loglevel WARNING --pidfile= ;;
  publish_due) exec python manage.py publish_due --follow ;;
  # The container's health: the web process by its address, the others by the part of /health/ready that they answer for.
  healthy)
    exec python -c '
import json, sys, urllib.error, urllib.request
name, address = sys.argv[1], sys.argv[2]
path = "/health/live" if name == "web" else "/health/ready"
try:
    answer = urllib.request.urlopen(address + path, timeout=5).read()
except urllib.error.HTTPError as error:
    answer = error.read()
parts = json.loads(answer).get("parts", {})
sys.exit(0 if name == "web" or parts.get(name, {}).get("well") else 1)' "${1:-web}" "${NEWSROOM_WEB:-http://127.0.0.1:${PORT:-8000}}" ;;
  manage) exec python manage.py "$@" ;;
  *) echo "There is no process called $role: prepare, web, worker, beat, publish_due, healthy or manage." >&2; exit 64 ;;
esac
