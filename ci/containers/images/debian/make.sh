#!/bin/bash
# make.sh SUITE RECIPE: makes an image of Debian's SUITE with the label RECIPE, and writes its id.
set -euo pipefail
folder=$(dirname "$(readlink -f "$0")")

# The options stay in the image, so that packages are installed on it in the same way. A mirror may lag behind, and a
# machine's clock be ahead: signatures are checked all the same. The lists of packages are kept for what is installed.
mmdebstrap --quiet --variant=apt --format=tar \
  --aptopt='Acquire::Check-Valid-Until "false"' \
  --aptopt='Acquire::Languages "none"' \
  --aptopt='APT::Install-Recommends "false"' \
  --aptopt='APT::Get::Assume-Yes "true"' \
  --dpkgopt=force-unsafe-io \
  --dpkgopt=path-exclude='/usr/share/doc/*' \
  --dpkgopt=path-exclude='/usr/share/locale/*' \
  --dpkgopt=path-exclude='/usr/share/man/*' \
  --skip=cleanup/apt/lists \
  --customize-hook="copy-in '$folder/install-packages' /usr/local/sbin" \
  "$1" - http://deb.debian.org/debian |
  docker import \
    --change "LABEL cachestorm.recipe=$2" \
    --change 'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' \
    -
