#!/bin/sh
# Installs Chromium, what reads PDF and a terminal from Debian's packages; all are only used by tests.
set -eu

say() { echo "make test-pages: $1, so pages are not looked at with a browser" >&2; exit 1; }

for name in "${CHROMIUM:-}" chromium chromium-browser google-chrome; do
  if [ -n "$name" ] && command -v "$name" >/dev/null && command -v pdftotext >/dev/null &&
    command -v tmux >/dev/null; then exit 0; fi
done
command -v apt-get >/dev/null || say "no Chromium, pdftotext and tmux here, and no apt-get"
[ "$(id -u)" = 0 ] || say "not root, who could install chromium, poppler-utils and tmux"
log=$(mktemp)
export DEBIAN_FRONTEND=noninteractive
{ apt-get update &&
  apt-get install -y --no-install-recommends chromium poppler-utils tmux fonts-dejavu-core; } >"$log" 2>&1 || {
  tail -n 5 "$log" >&2
  say "apt-get could not install chromium, poppler-utils and tmux"
}
rm -f "$log"
