#!/usr/bin/env bash
# Spoils or changes what the fleet needs at its start, one thing at a time: each
# ends in a fleet that runs, or in one clear line. It throws all data away.
. "$(dirname "$0")/lib.sh"

# in_volume VOLUME COMMAND: a shell's command with the volume at /v.
in_volume() { docker run --rm --network none --user 0 --volume "${COMPOSE_PROJECT_NAME:-oms}_$1:/v" --entrypoint sh redis:7-alpine -c "$2"; }

# says PART LINE: waits until a container of the part has logged the line.
says() {
  local end=$((SECONDS + 90))
  until docker compose logs --no-log-prefix --since "$begun" "$1" 2>&1 | grep -q -- "$2"; do
    [ "$SECONDS" -lt "$end" ] || { say "$1 does not say: $2"; docker compose logs --tail 5 "$1"; return 1; }
    sleep 1
  done
  say "$1 says: $(docker compose logs --no-log-prefix --since "$begun" "$1" 2>&1 | grep -- "$2" | tail -n 1)"
}

spoil() {
  say "$1"
  begun=$(date -u +%FT%TZ)
}

up() { docker compose up -d --wait --no-recreate 2>/dev/null; }

up
during -rate=50 sleep 2
promises

spoil "a wrong password of the database"
docker compose stop order-service 2>/dev/null
in_volume order-secrets 'chmod 600 /v/db_dsn && sed -i "s/:[0-9a-f]*@/:wrong@/" /v/db_dsn'
docker start "$(docker compose ps -aq order-service)" >/dev/null # compose would make it right again first
says order-service 'Waiting for the database.*Access denied'
docker compose stop order-service 2>/dev/null
up

spoil "an old schema"
docker compose stop order-service 2>/dev/null
docker compose run --rm order-service migrate down 2>/dev/null
up
says order-service 'schema migrated'

spoil "a database that comes a minute late"
docker compose stop mysql order-service user-service product-service 2>/dev/null
docker compose up -d --no-deps --no-recreate order-service user-service product-service 2>/dev/null
sleep 60
for part in user-service:8081 product-service:8082 order-service:8083; do
  docker compose exec -T gateway wget -q -O - "http://$part/livez" | grep -q up
done
[ "$(docker inspect -f '{{.RestartCount}}' $(containers order-service))" = 0 ] || { say "order-service did not wait"; exit 1; }
up

spoil "secrets that are rotated"
for what in mysql redis objects order; do docker compose run --rm secrets rotate "$what" 2>/dev/null; done
docker compose up -d --wait --force-recreate 2>/dev/null
during -rate=50 sleep 2
promises

for volume in redis-data kafka-data objects-data secrets user-secrets; do
  [ "$form" = long ] || [ "$volume" != objects-data ] || continue
  spoil "the volume $volume is missing"
  docker compose down 2>/dev/null
  docker volume rm "${COMPOSE_PROJECT_NAME:-oms}_$volume" >/dev/null
  if [ "$volume" = secrets ]; then
    docker compose up -d 2>/dev/null && { say "user-service starts with another key"; exit 1; }
    says user-service 'KEY_ENCRYPTION_KEY'
    docker compose down -v 2>/dev/null
  fi
  up
done
say "each ended well, or in one line"
