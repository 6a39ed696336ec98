#!/usr/bin/env bash
# Tries the fleet that compose runs: the gateway's shared test, the end-to-end
# suite and the Postman collection, each by address alone, and what only nginx does. VALIDATION_DEADLINE=4s
# must have been set when it was started, for the suite waits for that.
set -euo pipefail
cd "$(dirname "$0")/.."
facts=$(mktemp)
trap 'rm -f "$facts"' EXIT
deploy/facts.sh >"$facts"
GATEWAY=http://localhost:8080 go test -count=1 -run Gateways ./fleet/internal/gateway
E2E_FLEET=$facts go test -count=1 ./fleet/e2e
make postman ENVIRONMENT=compose API=http://localhost:8080
deploy/gateway/try.sh
