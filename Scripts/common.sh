# shellcheck shell=bash
# What the scripts share: sourced, not run. It goes to the repository's root.

cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit
SECONDS=0

say() { printf '▸ %s\n' "$*" >&2; }

die() {
    printf '✗ %s\n' "$*" >&2
    exit 1
}

# step NAME COMMAND…: runs the command and says how long it took.
step() {
    local name=$1 began=$SECONDS status=0
    shift
    say "$name …"
    "$@" || status=$?
    if [ $status -ne 0 ]; then
        printf '✗ %s failed after %d s (exit code %d)\n' "$name" $((SECONDS - began)) $status >&2
        exit $status
    fi
    say "$name: $((SECONDS - began)) s"
}

# Puts a Swift toolchain on PATH, or says which one is missing.
find_swift() {
    local directory
    if ! command -v swift >/dev/null; then
        for directory in /opt/swift/usr/bin "$HOME/.local/share/swiftly/bin" /usr/local/swift/usr/bin; do
            if [ -x "$directory/swift" ]; then
                PATH="$directory:$PATH"
                break
            fi
        done
    fi
    command -v swift >/dev/null || die 'No Swift toolchain found on PATH, in /opt/swift/usr/bin or in ~/.local/share/swiftly/bin.
  Wattline is built with Swift 6.3 for Debian 12: install it from swift.org (swiftly or the archive), then try again.'
}

# Complains about an older toolchain; asks only before a build, since asking takes a moment.
check_swift_version() {
    local version
    version=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9]*\.[0-9]*\).*/\1/p' | head -n 1)
    [ "$(printf '%s\n6.3\n' "$version" | sort -V | head -n 1)" = 6.3 ] || die "Swift 6.3 or later is needed; $(command -v swift) is ${version:-of an unknown version}."
}

# Fast when nothing changed: SwiftPM itself needs a second to find that out.
build_release() {
    local binary=.build/release/wattline stamp=.build/release.stamp
    if [ -x $binary ] && [ -e $stamp ] && [ "$(cat $stamp)" = "$PWD" ] &&
        [ -z "$(find Package.swift Sources -newer $stamp -print -quit)" ]; then
        return
    fi
    check_swift_version
    mkdir -p .build
    # The stamp is as old as the beginning of the build, so that what is edited during it counts as newer.
    printf '%s\n' "$PWD" >.build/release.stamp.new
    step 'release build' Scripts/compile.sh
    Scripts/sbom.py --swift .build/release/swift.json --out .build/release/sbom.cdx.json
    mv .build/release.stamp.new $stamp
}
