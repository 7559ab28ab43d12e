#!/usr/bin/env bash
# Succeeds where `make` can run the stack with Docker Compose. Else fails, and says why in one
# sentence where a Docker engine answers (without one there is nothing to explain).
set -euo pipefail
cd "$(dirname "$0")/../.."

not_usable() {
  echo "Docker runs here, but $1."
  exit 1
}

docker info >/dev/null 2>&1 || exit 1
docker compose version >/dev/null 2>&1 || not_usable "without its Compose plugin (docker compose)"
# it runs already
[ -z "$(docker compose ps --quiet 2>/dev/null)" ] || exit 0
images=$(docker compose config --images 2>/dev/null) ||
  not_usable "its Compose can't read docker-compose.yml (docker compose config says why)"

needed=$(grep -v '^belvedere/' <<<"$images" || true)
for image in $(grep '^belvedere/' <<<"$images" || true); do
  # our own images are built: on the base image, which the build fetches
  docker image inspect "$image" >/dev/null 2>&1 ||
    needed+=" $(sed -n 's/^FROM \([^ ]*:[^ ]*\).*/\1/p' deployment/docker/Dockerfile | head -n 1)"
done
for image in $needed; do
  if ! docker image inspect "$image" >/dev/null 2>&1; then
    # one is enough to know that the registry answers; Compose pulls the others
    docker pull --quiet "$image" >/dev/null 2>&1 || not_usable "it can't pull the image $image"
    break
  fi
done
