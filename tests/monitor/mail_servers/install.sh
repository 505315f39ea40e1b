#!/bin/sh
# Installs Postfix and Dovecot from Debian's packages, and starts neither: the tests start their own.
set -eu

say() { echo "make servers: $1, so letters are not tried with Postfix and Dovecot" >&2; exit 1; }

if ! command -v apt-get >/dev/null; then
  command -v postfix >/dev/null && command -v dovecot >/dev/null && exit 0
  say "no Postfix and Dovecot here, and no apt-get"
fi
missing=
for package in postfix dovecot-imapd dovecot-lmtpd; do
  dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' ||
    missing="$missing $package"
done
[ -n "$missing" ] || exit 0
[ "$(id -u)" = 0 ] || say "not root, who could install$missing"

# What is installed here must not begin to serve, now or when the machine starts again.
services=
for service in postfix dovecot; do
  command -v "$service" >/dev/null || services="$services $service"
done
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  trap 'rm -f "$policy"' EXIT
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod 755 "$policy"
fi
log=$(mktemp)
export DEBIAN_FRONTEND=noninteractive
echo 'postfix postfix/main_mailer_type select No configuration' | debconf-set-selections
# shellcheck disable=SC2086  # they are several words
{ apt-get update && apt-get install -y --no-install-recommends $missing; } >"$log" 2>&1 || {
  tail -n 5 "$log" >&2
  say "apt-get could not install$missing"
}
for service in $services; do
  systemctl disable "$service" >/dev/null 2>&1 || true
done
rm -f "$log"
