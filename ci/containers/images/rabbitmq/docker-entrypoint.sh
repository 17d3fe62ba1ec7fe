#!/bin/bash
# docker-entrypoint.sh [rabbitmq-server | rabbitmqctl ... | any other command]
# The server itself reads RABBITMQ_DEFAULT_USER, RABBITMQ_DEFAULT_PASS and RABBITMQ_DEFAULT_VHOST at its first start.
set -euo pipefail

if [[ $1 == rabbitmq* && $EUID -eq 0 ]]; then
  if [[ $1 == rabbitmq-server ]]; then
    find /var/lib/rabbitmq \! -user rabbitmq -exec chown rabbitmq '{}' +
  fi
  exec setpriv --reuid=rabbitmq --regid=rabbitmq --init-groups "$0" "$@"
fi
exec "$@"
