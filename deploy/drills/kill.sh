#!/usr/bin/env bash
# Kills containers under load, from outside as a machine would (what `docker kill`
# ends, Docker takes for ended on purpose): each comes back by itself, and every
# accepted order is there.
. "$(dirname "$0")/lib.sh"

event() {
  local part pid
  for part; do
    pid=$(docker inspect -f '{{.State.Pid}}' "$(containers "$part" | head -n 1)")
    say "killing $part"
    docker run --rm --pid host --network none --cap-add KILL --user 0 --entrypoint sh redis:7-alpine -c "kill -9 $pid"
    sleep 1
    healthy
  done
}
export -f event

parts=(order-service product-service mysql kafka)
[ "$form" = short ] || parts=(user-service order-service product-service redis mysql kafka objects gateway order-service kafka mysql)
during -rate=100 event "${parts[@]}"
promises
