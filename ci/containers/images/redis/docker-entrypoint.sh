#!/bin/bash
# docker-entrypoint.sh [redis-server] [/path/to/conf] [--option value ...], or any other command.
# SERVER is `redis` or `valkey`.
set -euo pipefail

if [[ $# -eq 0 || $1 == -* || $1 == *.conf ]]; then set -- "$SERVER-server" "$@"; fi

if [[ $1 == "$SERVER-server" && $EUID -eq 0 ]]; then
  find . \! -user "$SERVER" -exec chown "$SERVER" '{}' +
  exec setpriv --reuid="$SERVER" --regid="$SERVER" --clear-groups "$0" "$@"
fi

# Official images are built with protected mode off, because nothing reaches a container that was not published.
# A Sentinel has it off by itself.
protected_mode_is_chosen() {
  [[ " $* " == *' --protected-mode '* || " $* " == *' --sentinel '* ]] && return
  [[ ${2-} == *.conf ]] && grep -qE '^[[:space:]]*protected-mode[[:space:]]' "$2"
}
if [[ $1 == "$SERVER-server" ]] && ! protected_mode_is_chosen "$@"; then set -- "$@" --protected-mode no; fi

[[ $(umask) == 0022 ]] && umask 0077
exec "$@"
