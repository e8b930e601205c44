#!/usr/bin/env bash
# Builds the image that a virtual machine of the pocket cloud boots from and prints its name: launchpad-machine:<hash>.
# The hash covers everything that goes in, so a second run with the same inputs does nothing.
#
#   build.sh          build what is missing; progress on stderr, the image's name as the only line on stdout
#   build.sh --base   only fetch and pack Debian, which needs no Docker
#   build.sh --name   only print the name
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")"

install=../../images/debian/install.sh
suite=bookworm
base_packages=(
  openssh-server docker.io caddy iptables nftables iproute2 socat age zstd sqlite3 tini procps sudo e2fsprogs ca-certificates cloud-init
)

cache="${LAUNCHPAD_CACHE:-$HOME/.cache/launchpad}/machine"
architecture="$(dpkg --print-architecture)"
base_hash="$(printf '%s\n' "$suite" "$architecture" "${base_packages[@]}" "$(cat "$install")" | sha256sum | cut -c1-16)"
hash="$( { echo "$base_hash"; cat build.sh
           find rootfs -type f -printf '%P %m\n' | sort
           find rootfs -type f -print0 | sort -z | xargs -0 cat; } | sha256sum | cut -c1-16)"
image="launchpad-machine:$hash"
base="$cache/base-$base_hash.tar"

say() { echo "machine image: $*" >&2; }
is_there() { docker image inspect "$image" >/dev/null 2>&1; }

if [[ "${1:-}" == --name ]] || { [[ "${1:-}" != --base ]] && is_there; }; then
  echo "$image"
  exit 0
fi

# Two stacks may start at the same moment; the second waits for the first and finds its work done.
mkdir -p "$cache"
exec 9>"$cache/lock"
flock --nonblock 9 || { say "waiting for another build on this machine"; flock 9; }
if [[ "${1:-}" != --base ]] && is_there; then
  echo "$image"
  exit 0
fi

work="$(mktemp -d "$cache/work.XXXXXX")"
trap 'rm -rf --one-file-system "$work"' EXIT

if [[ ! -f "$base" ]]; then
  say "installing Debian $suite (once on this machine)"
  # Its host keys and its identity a machine gets at its first boot.
  TMPDIR="$work" "$install" "$work/base.tar" "$suite" "$(IFS=,; echo "${base_packages[*]}")" \
    --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/info/*' \
    --dpkgopt='path-exclude=/usr/share/locale/*' --dpkgopt='path-exclude=/usr/share/lintian/*' \
    --customize-hook='rm -f "$1"/etc/ssh/ssh_host_* "$1/var/lib/dbus/machine-id" "$1"/var/log/*.log; : >"$1/etc/machine-id"'
  mv "$work/base.tar" "$base"
fi

[[ "${1:-}" != --base ]] || exit 0

say "importing $image"
cp "$base" "$work/machine.tar"
# Files only, and none that Debian has: an import refuses a path that comes twice.
(cd rootfs && find . -type f -print0 | tar --null --files-from=- --owner=0 --group=0 --mode='u=rwX,go=rX' -rf "$work/machine.tar")
docker import \
  --change 'ENTRYPOINT ["/usr/bin/tini", "--", "/usr/local/sbin/machine"]' \
  --change 'VOLUME /var/lib/docker' \
  --change 'LABEL launchpad.machine=image' \
  "$work/machine.tar" "$image" >&2
say "done"
echo "$image"
