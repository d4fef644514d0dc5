#!/usr/bin/env bash
# Runs the suite in passes: what depends on the database on PostgreSQL and Redis; what starts processes; browsers, and the long proofs beside them; what needs the machine for itself;
# everything else on SQLite, two tests at a time, and beside it search on a real Elasticsearch node (started and stopped by the pass; NEWSROOM_ELASTICSEARCH_START says by which script). Each pass ends with pytest's own lines; says what it skipped and how to have it.
# NEWSROOM_REQUIRE_SERVICES=1: nothing may be skipped. NEWSROOM_TEST_DATABASE_URL, NEWSROOM_TEST_REDIS_URL: use these services.
# Arguments go to pytest, as in: tools/test.sh -k approval
set -u
cd "$(dirname "$0")/.."
py=.venv/bin/python
require=${NEWSROOM_REQUIRE_SERVICES:-}
unset PORT NEWSROOM_VAR DATABASE_URL REDIS_URL ELASTICSEARCH_URL DJANGO_SETTINGS_MODULE MAKELEVEL LOG_LEVEL PYTHONDONTWRITEBYTECODE
export NEWSROOM_POSTGRES_PASS=1
work=$(mktemp -d)
bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1)
cleanup() {
  [ -f "$work/pg/postmaster.pid" ] && as_postgres "$bin/pg_ctl" -D "$work/pg" -m immediate stop >/dev/null 2>&1
  [ -n "${redis_pid:-}" ] && kill "$redis_pid" 2>/dev/null
  for beside in ${proofs:-} ${node:-}; do pkill -TERM -P "$beside" 2>/dev/null; kill "$beside" 2>/dev/null; done
  rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 130' INT TERM
as_postgres() { if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi; }
free_port() { "$py" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
# A pass without a test of its own (with -k, say) is no failure; where services are required nothing may be missing, an empty pass least of all.
run() { "$py" -m pytest -q "$@"; local code=$?; [ $code = 5 ] && { [ -z "$require" ] || [ $# -gt "$fixed" ]; } && code=0; return $code; }

database=${NEWSROOM_TEST_DATABASE_URL:-}
redis=${NEWSROOM_TEST_REDIS_URL:-}
if [ -z "$database" ] && [ -n "$bin" ]; then
  port=$(free_port)
  chmod 755 "$work"; mkdir "$work/pg"; [ "$(id -u)" = 0 ] && chown postgres "$work/pg"
  as_postgres "$bin/initdb" -D "$work/pg" -A trust -U postgres -E UTF8 --locale=C.UTF-8 >"$work/initdb.log" 2>&1 &&
    as_postgres "$bin/pg_ctl" -D "$work/pg" -l "$work/pg/log" -o "-p $port -k $work/pg -c fsync=off -c synchronous_commit=off" -w start >/dev/null &&
    database="postgres://postgres@127.0.0.1:$port/postgres"
  [ -n "$database" ] || { echo "PostgreSQL did not start:"; tail -n 5 "$work/initdb.log" "$work/pg/log" 2>/dev/null; }
fi
if [ -z "$redis" ] && command -v redis-server >/dev/null; then
  port=$(free_port); redis-server --port "$port" --bind 127.0.0.1 --dir "$work" --save "" --appendonly no >/dev/null 2>&1 & redis_pid=$!
  redis="redis://127.0.0.1:$port/0"
fi

second=0
if [ -n "$database" ] && [ -n "$redis" ]; then
  echo "== On PostgreSQL and Redis: what depends on the database"
  export DATABASE_URL=$database REDIS_URL=$redis
  fixed=6; run -n 2 --dist loadfile -m "(postgres or database) and not (elasticsearch or processes or browser or slow)" "$@"; second=$?
  fixed=6; run -n 2 --dist loadfile -m "(postgres or database) and processes and not (browser or slow or alone or elasticsearch)" "$@" || second=1
  fixed=2; run -m "(postgres or database) and (browser or slow or alone) and not elasticsearch" "$@" || second=1
  unset DATABASE_URL REDIS_URL
  skipped=""
else
  skipped="NOT RUN: the pass on PostgreSQL and Redis. To have it: apt-get install postgresql redis-server, or give NEWSROOM_TEST_DATABASE_URL and NEWSROOM_TEST_REDIS_URL."
  [ -n "$require" ] && second=1
fi
echo "== Real processes and rehearsal platforms: two files at a time"
fixed=6; run -n 2 --dist loadfile -m "processes and not (browser or slow or alone or postgres or elasticsearch)" "$@"; alone=$?
echo "== Browsers, one at a time; beside them the proofs, which mostly wait for leases of killed workers"
fixed=2; run -m "slow and not (browser or postgres or elasticsearch)" "$@" >"$work/proofs.log" 2>&1 & proofs=$!
fixed=3; run --durations=12 -m "browser and not postgres and not elasticsearch" "$@" || alone=1
wait "$proofs" || alone=1
echo "== The proofs, which ran beside the browsers"; cat "$work/proofs.log"
echo "== What measures the machine itself: alone"
fixed=2; run -m "alone and not (browser or slow or postgres or elasticsearch)" "$@" || alone=1
start=${NEWSROOM_ELASTICSEARCH_START:-../shared/elasticsearch/start}
third=0
if [ -x "$start" ]; then
  fixed=2; NEWSROOM_ELASTICSEARCH_START=$start DATABASE_URL=$database REDIS_URL=$redis run -m elasticsearch "$@" >"$work/elasticsearch.log" 2>&1 & node=$!
else
  without="NOT RUN: the pass on Elasticsearch, because $start is not there. NEWSROOM_ELASTICSEARCH_START names the script that starts a node."
  [ -n "$require" ] && third=1
fi
echo "== On SQLite: everything else; beside it the pass on Elasticsearch"
fixed=6; run -n 2 --dist loadfile -m "not postgres and not browser and not processes and not slow and not alone and not elasticsearch" "$@"; first=$?
if [ -n "${node:-}" ]; then
  wait "$node" || third=1
  echo "== On Elasticsearch, over $([ -n "$database" ] && echo PostgreSQL || echo SQLite): the archive's search, which ran beside SQLite"; cat "$work/elasticsearch.log"
fi
[ "$first" = 0 ] || echo "The pass on SQLite failed (exit $first): see above."
[ "$second" = 0 ] || echo "The pass on PostgreSQL failed (exit $second): see above."
[ "$alone" = 0 ] || echo "The pass of processes and browsers failed (exit $alone): see above."
[ "$third" = 0 ] || echo "The pass on Elasticsearch failed (exit $third): see above."
[ -z "$skipped" ] || echo "$skipped"
[ -z "${without:-}" ] || echo "$without"
[ "$first" = 0 ] && [ "$alone" = 0 ] && [ "$second" = 0 ] && [ "$third" = 0 ]
