#!/usr/bin/env bash
# Makes sure that the browser tests have a Chromium: on PATH, or from Debian's packages as root.
set -euo pipefail
for name in chromium chromium-browser google-chrome; do
  if command -v "$name" >/dev/null; then
    exit 0
  fi
done
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "Installing Chromium for the browser tests ..."
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq >/dev/null
  apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core >/dev/null
  exit 0
fi
echo "error: the browser tests need Chromium: sudo apt-get install chromium (or put chromium," \
  "chromium-browser or google-chrome on PATH)." >&2
exit 1
