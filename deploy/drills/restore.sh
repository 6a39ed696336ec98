#!/usr/bin/env bash
# Backs the fleet up, throws everything away, and restores it: what was accepted
# before the backup is all there.
. "$(dirname "$0")/lib.sh"

during -rate=100 sleep "$([ "$form" = long ] && echo 60 || echo 5)"
"$work/drill" check "$work/ledger.json"
say "backing up"
deploy/backup.sh "$work/backup.tar"
docker compose down -v 2>/dev/null
say "restoring"
deploy/restore.sh "$work/backup.tar"
promises
