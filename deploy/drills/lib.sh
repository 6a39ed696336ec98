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

# promises: expects that all are kept, and still are when everything was sent again.
promises() {
  healthy
  "$work/drill" check "$work/ledger.json"
}

export -f say containers healthy
