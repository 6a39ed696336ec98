#!/usr/bin/env bash
# Starts the server; unless its data folder is yet to be made (then first.sh does
# it), accounts.sql is carried out first.
set -euo pipefail
if [ -d /var/lib/mysql/mysql ]; then
  set -- "$@" --init-file=/run/secrets/fleet/accounts.sql
fi
exec docker-entrypoint.sh mysqld "$@"
