#!/usr/bin/env bash
# restore.sh FILE: puts a backup into place and starts the fleet. It refuses where
# there are volumes already: `docker compose down -v` throws them away.
set -euo pipefail
file=$(realpath "$1")
cd "$(dirname "$0")/.."

project=${COMPOSE_PROJECT_NAME:-oms}
if [ -n "$(docker volume ls -q --filter "label=com.docker.compose.project=$project")" ]; then
  echo "there are volumes of $project already; docker compose down -v throws them away" >&2
  exit 1
fi
docker compose create
mounts=()
for volume in $(docker compose config --volumes); do
  mounts+=(--volume "${project}_$volume:/volumes/$volume")
done
docker run --rm --interactive --network none --user 0 --entrypoint tar "${mounts[@]}" redis:7-alpine -C /volumes -xf - <"$file"
docker compose up -d --wait --no-build
