#!/usr/bin/env bash
# backup.sh FILE: copies all volumes of the fleet that compose runs into a tar
# file. The fleet is stopped meanwhile, so that databases, messages under way,
# images and sessions are of one moment. The file holds every secret: keep it as
# one.
set -euo pipefail
file=$(realpath "$1")
cd "$(dirname "$0")/.."

mounts=()
for volume in $(docker compose config --volumes); do
  mounts+=(--volume "${COMPOSE_PROJECT_NAME:-oms}_$volume:/volumes/$volume:ro")
done
docker compose stop
umask 077
docker run --rm --network none --user 0 --entrypoint tar "${mounts[@]}" redis:7-alpine -C /volumes -cf - . >"$file.part"
mv "$file.part" "$file"
docker compose up -d --wait --no-build --no-recreate
