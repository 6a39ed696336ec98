#!/usr/bin/env bash
# Pauses what the services depend on, under load: answers come within their time
# limits, as 503 where there is no other, and the fleet goes on when it is over.
. "$(dirname "$0")/lib.sh"

event() {
  local seconds=$1 part
  shift
  for part; do
    say "pausing $part for $seconds s"
    docker compose pause "$part" 2>/dev/null
    sleep "$seconds"
    docker compose unpause "$part" 2>/dev/null
    healthy
  done
}
export -f event

if [ "$form" = long ]; then
  during -rate=50 event 40 mysql kafka redis objects product-service order-service user-service
else
  during -rate=50 event 8 mysql kafka
fi
promises
