# What the drills share; they source it. A drill is called as DRILL [short|long]:
# the short form is for every change, the long one for the night before a release.
# Each needs the fleet of docker-compose.yml up, and Go.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
form=${1:-short}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
go build -o "$work/drill" ./fleet/drill

say() { printf '%s: %s\n' "$(basename "$0")" "$*"; }

# containers PART: the ids of its containers that run.
containers() { docker compose ps -q "$1"; }

# healthy: waits until every part of the fleet is, 2 minutes at most.
healthy() {
  local end=$((SECONDS + 120)) ill
  while ill=$(docker compose ps -a --format '{{.Service}} {{.Health}}' | grep -v -e '^secrets ' -e ' healthy$'); do
    [ "$SECONDS" -lt "$end" ] || { printf 'not healthy after 2 minutes:\n%s\n' "$ill" >&2; return 1; }
    sleep 0.5
  done
}

# during [FLAG...] FUNCTION [ARGUMENT...]: calls the function under load. What was
# accepted is kept for promises.
during() {
  local flags=()
  while [[ $1 == -* ]]; do flags+=("$1"); shift; done
  "$work/drill" load "${flags[@]}" -ledger "$work/ledger.json" bash -euo pipefail -c '"$@"' "$0" "$@"
}

# groups ARGUMENT...: Kafka's own tool for consumer groups.
groups() {
  docker compose exec -T -e KAFKA_HEAP_OPTS=-Xmx128m kafka /opt/kafka/bin/kafka-consumer-groups.sh \
    --bootstrap-server kafka:19092 --all-groups "$@" 2>&1
}

# caught_up: waits until every message was taken note of, 2 minutes at most.
caught_up() {
  local end=$((SECONDS + 120)) lag
  while lag=$(groups --describe | awk '$6 ~ /^[0-9]+$/ {n += $6; rows++} END {print rows ? n : "unknown"}'); [ "$lag" != 0 ]; do
    [ "$SECONDS" -lt "$end" ] || { echo "messages left after 2 minutes: $lag" >&2; return 1; }
  done
}

# promises: expects that all are kept, and still are when every topic was read
# again from its beginning.
promises() {
  healthy
  "$work/drill" check "$work/ledger.json"
  docker compose stop --timeout 15 order-service product-service 2>/dev/null
  groups --reset-offsets --to-earliest --all-topics --execute >"$work/reset"
  grep -q 'product.validate.request' "$work/reset" || { cat "$work/reset" >&2; return 1; }
  docker compose start order-service product-service 2>/dev/null
  healthy
  caught_up
  "$work/drill" check "$work/ledger.json"
  say "all promises kept, also after a replay of every topic"
}

export -f say containers healthy
