#!/usr/bin/env bash
# Looks at the containers that compose runs and at the images it built: nothing runs
# as root, gains rights or writes outside of its volumes; no image is larger than
# 25 MB or holds a secret in a layer.
set -euo pipefail
cd "$(dirname "$0")/.."
found=0
wrong() { echo "$*" >&2; found=1; }

# mounted CONTAINER: a pattern for the places where something is mounted, and the
# folders above them, which Docker makes.
mounted() {
  docker inspect -f '{{range .Mounts}}{{println .Destination}}{{end}}{{range $place, $_ := .HostConfig.Tmpfs}}{{println $place}}{{end}}' "$1" |
    awk -F/ 'NF {place = ""; for (i = 2; i <= NF; i++) {place = place "/" $i; print "^[AC] " place "$"}}' | sort -u | paste -sd '|'
}

for container in $(docker compose ps -q); do
  name=$(docker inspect -f '{{.Name}}' "$container")
  set_up=$(docker inspect -f '{{.Config.User}} {{.HostConfig.ReadonlyRootfs}} {{.HostConfig.CapDrop}} {{.HostConfig.CapAdd}} {{.HostConfig.SecurityOpt}}' "$container")
  [[ $set_up =~ ^[1-9][0-9]*:[0-9]+\ true\ \[ALL\]\ \[\]\ \[no-new-privileges:true\]$ ]] || wrong "$name runs as $set_up"
  changed=$(docker diff "$container" | grep -v -E "$(mounted "$container")" || true)
  [ -z "$changed" ] || wrong "$name wrote $changed"
done

for service in user-service product-service order-service; do
  image=$(docker compose images --format json "$service" | jq -r '.[0].ID')
  size=$(docker image inspect -f '{{.Size}}' "$image")
  [ "$size" -le $((25 * 1000 * 1000)) ] || wrong "the image of $service has $size bytes"
  [ "$(docker image inspect -f '{{.Config.User}}' "$image")" = 65532:65532 ] || wrong "the image of $service runs as somebody else"
  if docker history --no-trunc --format '{{.CreatedBy}}' "$image" | grep -iE '(password|secret|_key|dsn)[a-z_]*='; then
    wrong "a layer of $service holds a secret"
  fi
  files=$(docker create "$image")
  if docker export "$files" | tar -t | grep -E '\.(pem|key|env)$|^etc/ssl/private/.'; then wrong "the image of $service holds a key"; fi
  docker rm "$files" >/dev/null
done
exit "$found"
