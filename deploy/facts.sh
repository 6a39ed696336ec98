#!/usr/bin/env bash
# Prints what tests must know of the fleet that compose runs, in the form of
# .local/fleet.json.
set -euo pipefail
cd "$(dirname "$0")/.."

# pid PART: the process of its first container, as the host numbers it.
pid() { docker inspect -f '{{.State.Pid}}' "$(docker compose ps -q "$1" | head -n 1)"; }

cat <<EOT
{
  "gateway": "http://localhost:8080",
  "services": {},
  "kafka": "127.0.0.1:9092",
  "redis": "127.0.0.1:6380",
  "databases": {},
  "pids": {
    "user-service": $(pid user-service),
    "product-service": $(pid product-service),
    "order-service": $(pid order-service),
    "database": $(pid mysql),
    "redis": $(pid redis)
  },
  "accounts": [
    {"email": "root@example.com", "password": "OmsDemo!2026", "roles": ["ROOT"]},
    {"email": "admin@example.com", "password": "OmsDemo!2026", "roles": ["ADMIN"]},
    {"email": "client@example.com", "password": "OmsDemo!2026", "roles": ["CLIENT"]}
  ]
}
EOT
