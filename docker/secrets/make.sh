#!/bin/sh
# Makes the secrets of a new paper in this folder, once: what is there stays. Keep them with the backup of the database.
set -eu
cd "$(dirname "$0")"
umask 077
random() { head -c "$1" /dev/urandom | base64 | tr '+/' '-_' | tr -d '\n'; }
[ -s postgres_password ] || random 24 > postgres_password
[ -s database_url ] || printf 'postgres://newsroom:%s@postgres:5432/newsroom' "$(cat postgres_password)" > database_url
[ -s secret_key ] || random 48 > secret_key
[ -s newsroom_secrets_keys ] || random 32 > newsroom_secrets_keys
for optional in email_url facebook_app_secret youtube_app_secret; do [ -e "$optional" ] || : > "$optional"; done
# The containers read them as user 10001.
chown 10001 ./* 2>/dev/null || echo "Run this as root, or make the files readable for user 10001." >&2
ls -l
