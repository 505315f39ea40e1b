#!/bin/sh
# Installs R and data.table from Debian's packages; CooRTweet itself is no Debian package.
set -eu

say() { echo "make bench-graphs: $1, so nothing is timed beside CooRTweet's algorithm" >&2; exit 1; }

has() { command -v Rscript >/dev/null && Rscript -e 'library(data.table)' >/dev/null 2>&1; }

if has; then exit 0; fi
command -v apt-get >/dev/null || say "no R with data.table here, and no apt-get"
[ "$(id -u)" = 0 ] || say "not root, who could install r-base-core and r-cran-data.table"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
export DEBIAN_FRONTEND=noninteractive
{
  # One archive of several that does not answer is no reason: what is known may do.
  apt-get update || echo "apt-get update failed: going on with the lists that are here"
  apt-get install -y --no-install-recommends -o DPkg::Lock::Timeout=60 \
    r-base-core r-cran-data.table
} >"$log" 2>&1 || {
  tail -n 5 "$log" >&2
  say "apt-get could not install r-base-core and r-cran-data.table"
}
has || say "R is installed, and does not find data.table: try \`Rscript -e 'library(data.table)'\`"
