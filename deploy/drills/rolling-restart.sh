#!/usr/bin/env bash
# Scales the services up and restarts every container of each, one after the other,
# under 200 orders a second through the gateway: no request fails and nothing is lost.
. "$(dirname "$0")/lib.sh"

scale() {
  docker compose up -d --no-recreate --wait --scale "user-service=$1" --scale "product-service=$1" --scale "order-service=$2" 2>/dev/null
}

event() {
  local part container
  for _ in $(seq "$1"); do
    for part in user-service product-service order-service; do
      for container in $(containers "$part"); do
        say "restarting a $part"
        docker restart --timeout 15 "$container" >/dev/null
        healthy
        sleep 1 # until the gateway has looked its name up again
      done
    done
  done
}
export -f event

scale 2 3
during -strict -rate=200 event "$([ "$form" = long ] && echo 5 || echo 1)"
promises
scale 1 1
