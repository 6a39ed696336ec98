#!/usr/bin/env bash
# Tries what only this gateway does, and not that of make run, on the fleet that
# compose runs: its limits, compression, log and what it says of a service that is
# away. The rest is in the test that both share (fleet/internal/gateway).
set -euo pipefail
cd "$(dirname "$0")/../.."
api=${1:-http://localhost:8080}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
wrong() { echo "the gateway: $*" >&2; exit 1; }

# asked CURL-ARGUMENT...: leaves head and body of the answer in files.
asked() { curl -s --max-time 30 -D "$work/head" -o "$work/body" "$@"; }
# told PATTERN FILE: expects a line in head or body.
told() { grep -qiE "$1" "$work/$2" || { cat "$work/head" "$work/body"; wrong "no $1 in the $2"; }; }

asked "$api/v1/products?limit=12&tellnobody=1" -H 'Accept-Encoding: gzip'
told '^content-encoding: gzip' head
docker compose logs --no-log-prefix gateway | tail -n 20 >"$work/log"
jq -es 'map(select(.path == "/v1/products")) | length > 0' "$work/log" >/dev/null || wrong "no line of JSON for a request"
grep -q tellnobody "$work/log" && wrong "its log holds a query"

# Events come when they happen, not when a buffer is full.
token=$(curl -s "$api/v1/auth/login" --json '{"email": "client@example.com", "password": "OmsDemo!2026"}' | jq -r .accessToken)
product=$(curl -s "$api/v1/products?inStock=true&limit=1" | jq -r '.items[0].id')
order=$(curl -s "$api/v1/orders" -H "Authorization: Bearer $token" --json "{\"products\": [{\"id\": \"$product\", \"quantity\": 1}], \"address\": \"1 Main Street\"}" | jq -r .orderId)
curl -sN --max-time 2 "$api/v1/orders/$order/events" -H "Authorization: Bearer $token" >"$work/body" || true
told '^data:.*NEW' body

docker compose stop product-service 2>/dev/null
asked "$api/v1/products"
docker compose start product-service 2>/dev/null
told '^HTTP/[0-9.]* 503' head
told '^retry-after: 1' head
told '^content-type: application/problem\+json' head
told '"code":"UNAVAILABLE"' body

# A flood of sign-ins is let through in part.
curl -s --parallel --parallel-max 50 -o "$work/#1" -w '%{http_code} %header{retry-after} %{content_type}\n' \
  --json '{}' "$api/v1/auth/login?[1-1000]" 2>/dev/null | sort | uniq -c >"$work/flood"
for answer in '422  application/problem+json' '429 1 application/problem+json'; do
  grep -q " $answer\$" "$work/flood" || { cat "$work/flood"; wrong "of a flood of sign-ins none is answered $answer"; }
done
cat "$work"/[1-9]* >"$work/body"
told '"code":"TOO_MANY_REQUESTS"' body
docker compose up -d --wait --no-recreate 2>/dev/null
echo "the gateway limits, compresses, logs and tells as it should"
