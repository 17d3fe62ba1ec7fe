#!/bin/bash
# install.sh PROGRAM...: installs Debian's packages with those of the programs that are not there, as root.
set -euo pipefail

packages=()
for program in "$@"; do
  command -v "$program" > /dev/null && continue
  case $program in
    docker | dockerd) packages+=(docker.io) ;;
    ip) packages+=(iproute2) ;;
    *) packages+=("$program") ;;
  esac
done
[[ ${#packages[@]} -eq 0 ]] && exit

if [[ $EUID -ne 0 ]]; then exec sudo -n -- "$0" "$@"; fi

# A package starts its service as it is installed, unless this says no.
policy=/usr/sbin/policy-rc.d
if [[ ! -e $policy ]]; then
  trap 'rm -f "$policy"' EXIT
  printf '#!/bin/sh\nexit 101\n' > "$policy"
  chmod 755 "$policy"
fi
export DEBIAN_FRONTEND=noninteractive
apt-get -qq -o DPkg::Lock::Timeout=120 update
# From Debian 13 on the client is a package of its own.
if apt-cache show docker-cli &> /dev/null; then packages+=(docker-cli); fi
apt-get -qq -o DPkg::Lock::Timeout=120 install --yes --no-install-recommends "${packages[@]}" debian-archive-keyring
