#!/usr/bin/env bash
# Shows that the failure table's scenarios can fail: each is run against a program with one named fault in its source (Tests/Mutations), and must be red.
#
#   Scripts/mutations.sh            all of them
#   Scripts/mutations.sh F1 F9      only these
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
Scripts/bootstrap.sh
find_swift
tree=.build-mutations
mkdir -p $tree
# Copied with their times, so that only what a patch changes is compiled again.
refresh() {
    rm -rf $tree/Sources && cp -a Sources Tests Package.swift network.json mosquitto.conf openapi.yaml $tree/
    mkdir -p $tree/Fuzz && cp -a Fuzz/C Fuzz/Readers Fuzz/Services $tree/Fuzz/
}

names=("$@")
if [ ${#names[@]} -eq 0 ]; then mapfile -t names < <(basename -s .patch -a Tests/Mutations/*.patch | sort -V); fi
swift build --build-tests -Xswiftc -warnings-as-errors >/dev/null
export WATTLINE_BIN=$PWD/$tree/.build/release/wattline
run_test() { swift test --disable-xctest --skip-build --no-parallel --filter "$1" -Xswiftc -warnings-as-errors; }
# A test that is red by itself finds nothing.
refresh
(cd $tree && swift build -c release --product wattline) >$tree/build.log 2>&1 || { tail -n 20 $tree/build.log; die "the sources do not compile"; }
Scripts/build-plugin.sh $tree/.build/release/wattline-access.so
for test in $(for name in "${names[@]}"; do sed -n 's/^Red: //p' "Tests/Mutations/$name.patch"; done | sort -u); do
    run_test "$test" >$tree/unmutated.log 2>&1 || die "$test is red without any mutation; see $tree/unmutated.log"
done
survived=()
for name in "${names[@]}"; do
    patch=Tests/Mutations/$name.patch
    [ -f "$patch" ] || die "$name: no $patch"
    test=$(sed -n 's/^Red: //p' "$patch")
    refresh
    patch -d $tree -p1 --quiet --fuzz=2 <"$patch" || die "$patch does not fit the sources any more: make it anew"
    (cd $tree && swift build -c release --product wattline) >$tree/build.log 2>&1 || { tail -n 20 $tree/build.log; die "$patch does not compile"; }
    if run_test "$test" >$tree/$name.log 2>&1; then
        survived+=("$name")
        say "✖ $name survives $test: $(sed -n 's/^Why: //p' "$patch")"
    else
        grep -q 'recorded an issue' $tree/$name.log || die "$name: the test did not run; see $tree/$name.log"
        say "✔ $name is found by $test: $(sed -n 's/^Why: //p' "$patch")"
    fi
done
[ ${#survived[@]} -eq 0 ] || die "not found: ${survived[*]}"
say "all ${#names[@]} mutations are found"
