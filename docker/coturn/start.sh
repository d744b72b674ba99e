#!/bin/sh
# Starts coturn with the secret of a file. The secret stands in no argument and in no variable: only in a file that this account reads.
set -eu
umask 077
made="${TURN_MADE:-/tmp/turnserver.conf}"
{
  cat "${TURN_CONFIGURATION:-/etc/coturn/turnserver.conf}"
  printf 'static-auth-secret=%s\n' "$(cat "${TURN_SECRET_FILE:-/run/secrets/hotline_turn_secret}")"
  printf 'realm=%s\nallowed-peer-ip=%s\nrelay-ip=%s\n' "$TURN_REALM" "$TURN_PEER" "$TURN_RELAY"
} > "$made"
exec turnserver -c "$made" "$@"
