#!/usr/bin/env bash
# `docker compose down` under load, and up again: the fleet goes on where it was.
. "$(dirname "$0")/lib.sh"

event() {
  for _ in $(seq "$1"); do
    say "down"
    docker compose down 2>/dev/null
    say "up"
    docker compose up -d --wait 2>/dev/null
  done
}
export -f event

during -rate=50 event "$([ "$form" = long ] && echo 5 || echo 1)"
promises
