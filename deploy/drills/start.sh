#!/usr/bin/env bash
# Starts the parts of the fleet in other orders than compose would: each ends in a
# fleet that takes orders. Long: every order of the database, Kafka, the other
# stores and what uses them.
. "$(dirname "$0")/lib.sh"

# orders DONE WORD...: prints DONE followed by the words in every order.
orders() {
  local done=$1 i
  shift
  [ $# -gt 0 ] || echo "$done"
  for ((i = 1; i <= $#; i++)); do orders "$done ${!i}" "${@:1:i-1}" "${@:i+1}"; done
}

# start PARTS...: one after the other; those with "+" between them together. Each has
# a command of its own: of parts in one, compose lets some wait for others.
start() {
  local parts part
  say "starting $*"
  docker compose stop --timeout 15 2>/dev/null
  for parts; do
    for part in ${parts//+/ }; do docker compose up -d --no-deps --no-recreate "$part" 2>/dev/null; done
    sleep 2 # in which it finds the later ones away
  done
  healthy
}

docker compose up -d --wait 2>/dev/null
if [ "$form" = long ]; then
  while read -r order; do
    # shellcheck disable=SC2086 # words are parts
    start $order </dev/null
  done < <(orders '' mysql kafka redis+cache+objects gateway+order-service+product-service+user-service)
else
  start gateway order-service product-service user-service objects cache redis kafka mysql
  start mysql redis+cache+objects user-service+product-service+order-service+gateway kafka
fi
during -rate=50 sleep 2
promises
