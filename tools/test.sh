#!/usr/bin/env bash
# Runs the suite: first on SQLite, then what depends on the database again on PostgreSQL and Redis. Says what it skipped.
# NEWSROOM_REQUIRE_SERVICES=1: nothing may be skipped. NEWSROOM_TEST_DATABASE_URL, NEWSROOM_TEST_REDIS_URL: use these services.
set -u
cd "$(dirname "$0")/.."
py=.venv/bin/python
require=${NEWSROOM_REQUIRE_SERVICES:-}
unset PORT NEWSROOM_VAR DATABASE_URL REDIS_URL
export NEWSROOM_POSTGRES_PASS=1
work=$(mktemp -d)
bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1)
cleanup() {
  [ -f "$work/pg/postmaster.pid" ] && as_postgres "$bin/pg_ctl" -D "$work/pg" -m immediate stop >/dev/null 2>&1
  [ -n "${redis_pid:-}" ] && kill "$redis_pid" 2>/dev/null
  rm -rf "$work"
}
trap cleanup EXIT
as_postgres() { if [ "$(id -u)" = 0 ]; then su postgres -s /bin/sh -c 'exec "$0" "$@"' "$@"; else "$@"; fi; }
free_port() { "$py" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

echo "== On SQLite"
"$py" -m pytest -n 2 --dist loadfile -m "not postgres and not browser and not processes and not slow" -q "$@"; first=$?
"$py" -m pytest -m "(browser or processes or slow) and not postgres" -q "$@"; alone=$?
[ "$alone" = 5 ] && [ -z "$require" ] && alone=0

database=${NEWSROOM_TEST_DATABASE_URL:-}
redis=${NEWSROOM_TEST_REDIS_URL:-}
if [ -z "$database" ] && [ -n "$bin" ]; then
  port=$(free_port)
  chmod 755 "$work"; mkdir "$work/pg"; [ "$(id -u)" = 0 ] && chown postgres "$work/pg"
  as_postgres "$bin/initdb" -D "$work/pg" -A trust -E UTF8 --locale=C.UTF-8 >"$work/initdb.log" 2>&1 &&
    as_postgres "$bin/pg_ctl" -D "$work/pg" -l "$work/pg/log" -o "-p $port -k $work/pg -c fsync=off -c synchronous_commit=off" -w start >/dev/null &&
    database="postgres://postgres@127.0.0.1:$port/postgres"
fi
if [ -z "$redis" ] && command -v redis-server >/dev/null; then
  port=$(free_port); redis-server --port "$port" --save "" --appendonly no >/dev/null 2>&1 & redis_pid=$!
  redis="redis://127.0.0.1:$port/0"
fi
second=0
if [ -n "$database" ] && [ -n "$redis" ]; then
  echo "== On PostgreSQL and Redis"
  DATABASE_URL=$database REDIS_URL=$redis "$py" -m pytest -m "postgres or database" -q "$@"; second=$?
else
  echo "== Not run: the second pass on PostgreSQL and Redis (apt-get install postgresql redis-server)"
  [ -n "$require" ] && second=1
fi
echo "== SQLite: exit $first · browser and processes: exit $alone · PostgreSQL: exit $second"
[ "$first" = 0 ] && [ "$alone" = 0 ] && [ "$second" = 0 ]
