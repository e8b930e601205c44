#!/usr/bin/env bash
# Installs Debian with the given packages into a folder: base.sh <folder> <suite> <packages,with,commas> [late package…]
# Mirrors, proxies and what else this machine needs to reach one come from its own apt configuration.
set -euo pipefail

folder="$1" suite="$2" packages="$3"
shift 3

mirror="$(apt-get indextargets --format '$(RELEASE) $(REPO_URI)' 'Created-By: Packages' |
  awk -v suite="$suite" '$1 == suite && !seen++ { print $2 }')"
# Without an argument debootstrap takes Debian's own mirror.
debootstrap --variant=minbase --include="$packages" "$suite" "$folder" ${mirror:+"$mirror"} >&2

mount -t proc proc "$folder/proc"
trap 'umount "$folder/proc"' EXIT

in_chroot() { DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 chroot "$folder" "$@"; }

# For the time of the installation only: a machine must not carry the settings of the one it was built on.
apt-config dump | grep '^Acquire::' >"$folder/etc/apt/apt.conf.d/99build" || true
# Installing must start no daemon.
printf '#!/bin/sh\nexit 101\n' >"$folder/usr/sbin/policy-rc.d"
chmod 755 "$folder/usr/sbin/policy-rc.d"
in_chroot apt-get update -qq >&2
in_chroot apt-get install -qq --no-install-recommends --yes "$@" >&2

# Every machine gets host keys and an identity of its own at its first boot.
rm -f "$folder"/etc/ssh/ssh_host_* "$folder/etc/machine-id" "$folder/var/lib/dbus/machine-id"
rm -f "$folder/etc/apt/apt.conf.d/99build" "$folder/usr/sbin/policy-rc.d" "$folder/etc/resolv.conf"
rm -rf "$folder"/var/lib/apt/lists/* "$folder"/var/cache/apt/* "$folder"/var/cache/debconf/*-old "$folder"/var/log/*.log \
  "$folder"/usr/share/{doc,man,info,locale,lintian}/*
: >"$folder/etc/machine-id"
