#!/usr/bin/env bash
# Creates the roles of the database cats_dogs in Docker's server, at its first start. After a change
# of the passwords in .env: docker compose exec postgres bash /docker-entrypoint-initdb.d/init.sh
set -euo pipefail

psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --username postgres --dbname cats_dogs \
  --command '\getenv owner_password BELVEDERE_POSTGRES_PASSWORD' \
  --command '\getenv reader_password BELVEDERE_POSTGRES_READER_PASSWORD' \
  --file "${ROLES_FILE:-/etc/belvedere/roles.sql}" \
  --command 'ALTER ROLE postgres PASSWORD NULL' # only the container itself may be superuser
