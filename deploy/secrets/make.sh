#!/bin/sh
# Makes the fleet's secrets where there are none yet and gives each part its own,
# readable by it alone. Runs before everything else, at every start; the same
# secrets come out until they are rotated:
#
#	docker compose run --rm secrets rotate mysql|redis|objects|order
#
# Plain sh without pipefail: the image has no other shell. The secrets have
# hexadecimal digits only and need no quoting anywhere.
set -eu
umask 077
kept=/kept

# secret NAME: prints the secret of that name, 192 random bits.
secret() {
  if [ ! -s "$kept/$1" ]; then
    head -c 24 /dev/urandom | od -An -v -tx1 | tr -d ' \n' >"$kept/$1.new"
    [ "$(wc -c <"$kept/$1.new")" -eq 48 ]
    mv "$kept/$1.new" "$kept/$1"
    echo "made the secret $1" >&2
  fi
  cat "$kept/$1"
}

# give OWNER PART FILE: writes standard input where that part of the fleet, run
# by OWNER, reads it.
give() {
  cat >"/for/$2/.new"
  chown "$1" "/for/$2/.new" "/for/$2"
  chmod 400 "/for/$2/.new"
  chmod 500 "/for/$2"
  mv "/for/$2/.new" "/for/$2/$3"
}

# account SERVICE: gives a service the address of its own schema.
account() {
  printf '%s_service:%s@tcp(mysql:3306)/%s_db' "$1" "$(secret "mysql-$1")" "$1" | give 65532:65532 "$1-service" db_dsn
}

if [ "${1:-}" = rotate ]; then
  case ${2:-} in
    mysql | redis | objects | order) rm -f "$kept/$2"-* ;;
    *) echo "rotate what? mysql, redis, objects or order" >&2; exit 2 ;;
  esac
fi

for service in user product order; do account "$service"; done
secret mysql-root | give 999:999 mysql root_password
sed -e '/^--/d' -e "s/@ROOT@/$(secret mysql-root)/" -e "s/@USER@/$(secret mysql-user)/" \
  -e "s/@PRODUCT@/$(secret mysql-product)/" -e "s/@ORDER@/$(secret mysql-order)/" /accounts.sql | give 999:999 mysql accounts.sql

echo "requirepass $(secret redis-password)" | give 999:1000 redis redis.conf
secret redis-password | give 999:1000 redis password
secret redis-password | give 65532:65532 user-service redis_password
secret redis-password | give 65532:65532 product-service redis_password
secret key-encryption | give 65532:65532 user-service key_encryption_key

# With this order-service gets the token that it asks product-service with.
secret order-client | give 65532:65532 user-service order_service_secret
secret order-client | give 65532:65532 order-service order_service_secret

secret objects-access | give 1000:1000 objects access_key
secret objects-secret | give 1000:1000 objects secret_key
printf '[default]\naws_access_key_id = %s\naws_secret_access_key = %s\n' "$(secret objects-access)" "$(secret objects-secret)" |
  give 65532:65532 product-service aws_credentials
# A folder is a bucket.
for folder in . .attributes buckets buckets/product-images; do
  mkdir -p "/for/objects-data/$folder"
  chown 1000:1000 "/for/objects-data/$folder"
done
