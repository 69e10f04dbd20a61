#!/usr/bin/env bash
# `make test`, and with --all `make test-all`.
# Unit tests are all targets but ScenarioTests; those run by themselves afterwards, since they start the release build as real processes and watch the clock:
# four at a time, since they mostly wait. Of eight at a time one ran out of its ten seconds, on these two cores.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
all=
[ "${1:-}" != --all ] || all=yes
Scripts/bootstrap.sh postgresql
find_swift
check_swift_version

# For the test build only: other flags would make SwiftPM build the release anew for each of `make run` and `make test`.
strict=(-Xswiftc -warnings-as-errors)
logs=.build/test-logs
mkdir -p $logs

# run_tests NAME ARGUMENTS…: swift test, its output to the terminal and to a log from which the closing line is told again at the end.
run_tests() {
    local name=$1
    shift
    swift test --disable-xctest "$@" 2>&1 | tee "$logs/$name.log" || return
    closing_line "$name" >/dev/null || die "$name: no test ran"
}

closing_line() {
    local line
    line=$(grep -E 'Test run with [1-9][0-9]* tests? in ' "$logs/$1.log" | tail -n 1) || return 1
    printf '%s\n' "$line"
}

rm -f $logs/*.log $logs/acceptance-*.txt
step lint Scripts/lint.sh
build_release
WATTLINE_BIN=$PWD/.build/release/wattline
export WATTLINE_BIN
acceptance() { Scripts/acceptance.sh "$@" 2>&1 | tee -a "$logs/acceptance.log"; }
# The test build runs beside the tests of the compose stack, which mostly wait for health checks: at the lowest priority, since they watch the clock.
test_build() {
    local began=$SECONDS swift
    nice -n 19 swift build --build-tests "${strict[@]}" >$logs/test-build.txt 2>&1 &
    swift=$!
    trap 'kill $swift; exit 1' TERM
    if wait $swift; then
        say "test build, beside them: $((SECONDS - began)) s"
    else
        cat $logs/test-build.txt >&2
        die 'test build failed'
    fi
}
test_build &
building=$!
trap 'kill $building 2>/dev/null || true' EXIT
# Its images are made from the build that stands; with --all they are compiled, as a user's are.
step 'tests of the compose stack' acceptance -m docker ${all:+--compile}
step 'rest of the test build' wait $building
trap - EXIT
# scenarios NAME WIDTH
scenarios() { SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=$2 run_tests "$1" --skip-build --parallel --filter ScenarioTests "${strict[@]}"; }
step 'unit tests' run_tests unit --skip-build --parallel --skip ScenarioTests "${strict[@]}"
# Fixed seeds, and some that nobody has run before: a broken one prints the command that runs it again.
fresh=$((SECONDS * 1000003 + RANDOM * 32768 + RANDOM))
simulate() { env -u WATTLINE_BIN -u WATTLINE_LONG .build/release/wattline simulate --seeds "$1" --trouble "$2" --duration "$3" "${@:4}" --jobs 2 2>&1 | tee -a "$logs/simulation.log"; }
simulation() {
    simulate 1..100 wild 90s || return
    simulate 1..20 mild 5m || return
    simulate 1..4 none 30m || return
    simulate 1..40 stranger 90s || return
    printf '%s\n' "Fresh seeds from $fresh"
    simulate "$fresh..$((fresh + 59))" wild 90s || return
    simulate "$fresh..$((fresh + 29))" wild 90s --centrals 2
}
step 'simulated world' simulation
step 'scenario tests' scenarios scenario 4
step 'acceptance tests' Scripts/acceptance-parts.sh $logs

if [ -n "$all" ]; then
    export WATTLINE_LONG=1
    step 'simulated world, more seeds' simulate 1000..3000 wild 3m
    step 'two Centrals, more seeds' simulate 1000..3000 wild 3m --centrals 2
    step 'the simulator, red' Scripts/simulation-mutations.py
    step 'unit tests, more seeds' run_tests unit-long --skip-build --parallel --skip ScenarioTests "${strict[@]}"
    step 'scenario tests, longer' scenarios scenario-long 4
    step 'acceptance tests, long' acceptance -m long
    unset WATTLINE_LONG
    step 'the failure table, red' Scripts/mutations.sh
    # A stray pointer of C, and of Swift that borrows one, ends the test that it is in.
    # Not for leaks: a test program ends with its supervisors as they stand.
    export ASAN_OPTIONS=detect_leaks=0
    step 'unit tests under the address sanitizer' run_tests asan --scratch-path .build-asan --sanitize=address --parallel --skip ScenarioTests
    step 'unit tests under the thread sanitizer' run_tests tsan --scratch-path .build-tsan --sanitize=thread --parallel --skip ScenarioTests
fi

say "all of it: $SECONDS s"
for log in "$logs"/*.log; do
    name=$(basename "$log" .log)
    printf '%s\n' "== $name"
    case $name in
    simulation) tail -n 1 "$log" ;;
    # What was skipped, and pytest's last line.
    acceptance) grep -E '^▸ SKIPPED|^=+ .*(passed|skipped).* in ' "$log" ;;
    *) closing_line "$name" ;;
    esac
done
