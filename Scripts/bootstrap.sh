#!/usr/bin/env bash
# Installs the Debian packages that Wattline needs and this machine lacks, and those that are named. Asks dpkg first, so it costs nothing when all are there.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

# What compiling needs, here and in the images; the broker and its clients; Python for the checks of traffic and the example charge point.
mapfile -t packages <Scripts/build-packages.txt
packages+=(mosquitto mosquitto-clients python3-yaml python3-jsonschema python3-paho-mqtt "$@")

command -v dpkg-query >/dev/null || die "This is not Debian. Please install what these packages hold, by whatever name: ${packages[*]}"
installed=$(dpkg-query -W -f '${db:Status-Abbrev} ${Package}\n' "${packages[@]}" 2>/dev/null | sed -n 's/^ii *//p' || true)
missing=()
for package in "${packages[@]}"; do
    grep -qx "$package" <<<"$installed" || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

as_root=()
if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || die "Missing packages, and neither root nor sudo to install them. As root:  apt-get install ${missing[*]}"
    as_root=(sudo)
fi

install_packages() {
    # A broker that the installation starts would sit on port 1883, where ours wants to be, and a Prometheus on 9090, a PostgreSQL on 5432: the package's own start is
    # refused, and it is not enabled for the next boot. What was here before we came is left alone.
    local policy=/usr/sbin/policy-rc.d ours= daemon daemons=()
    for daemon in mosquitto prometheus postgresql; do
        if [[ " ${missing[*]} " == *" $daemon "* ]]; then daemons+=("$daemon"); fi
    done
    if [ ${#daemons[@]} -gt 0 ] && [ ! -e $policy ]; then
        printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee $policy >/dev/null
        "${as_root[@]}" chmod 755 $policy
        ours=yes
    fi
    local status=0
    "${as_root[@]}" apt-get update -q >/dev/null || say 'apt-get update failed; trying with the package lists that are there'
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}" >/dev/null || status=$?
    if [ -n "$ours" ]; then "${as_root[@]}" rm -f $policy; fi
    if [ $status -eq 0 ] && [ ${#daemons[@]} -gt 0 ] && [ -d /run/systemd/system ]; then
        "${as_root[@]}" systemctl disable --quiet "${daemons[@]/%/.service}" || true
    fi
    return $status
}
step "installing ${missing[*]}" install_packages
