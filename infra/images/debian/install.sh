#!/usr/bin/env bash
# Installs the smallest Debian and the given packages: install.sh <folder or file.tar> <suite> <packages,with,commas> [option of mmdebstrap…]
# Mirrors, their updates, proxies and what else this machine needs to reach them come from its own apt configuration.
set -euo pipefail

target=$1 suite=$2 packages=$3
shift 3

# Without one mmdebstrap takes Debian's own mirrors.
sources=$(apt-get indextargets --format '$(RELEASE) $(REPO_URI) $(COMPONENT)' 'Created-By: Packages' |
  awk -v suite="$suite" '$1 == suite || $1 == suite "-updates" || $1 == suite "-security" { print "deb", $2, $1, $3 }' | sort -u)
settings=$(mktemp)
trap 'rm -f "$settings"' EXIT
apt-config dump | grep '^Acquire::' >"$settings" || true

# What is installed must not carry the settings of the machine that it was built on.
mmdebstrap --quiet --variant=minbase --hook-dir=/usr/share/mmdebstrap/hooks/merged-usr --include="$packages" --aptopt="$settings" "$@" \
  --customize-hook='rm -f "$1/etc/apt/apt.conf.d/99mmdebstrap" "$1/etc/dpkg/dpkg.cfg.d/99mmdebstrap" "$1/etc/resolv.conf" "$1/etc/hostname"' \
  "$suite" "$target" ${sources:+-} <<<"$sources" >&2
