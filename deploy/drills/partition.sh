#!/usr/bin/env bash
# Cuts parts off the network of the services under load, and joins them again.
. "$(dirname "$0")/lib.sh"

event() {
  local seconds=$1 part container network
  shift
  for part; do
    container=$(containers "$part" | head -n 1)
    network=$(docker inspect -f '{{range $name, $_ := .NetworkSettings.Networks}}{{println $name}}{{end}}' "$container" | grep '_back$')
    say "cutting $part off for $seconds s"
    docker network disconnect "$network" "$container"
    sleep "$seconds"
    docker network connect --alias "$part" "$network" "$container"
    healthy
  done
}
export -f event

if [ "$form" = long ]; then
  during -rate=50 event 30 kafka mysql product-service order-service redis
else
  during -rate=50 event 6 kafka mysql
fi
promises
