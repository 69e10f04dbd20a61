#!/usr/bin/env bash
# `make test`, and with --all `make test-all`.
# Unit tests are all targets but ScenarioTests; those run by themselves afterwards, since they start the release build as real processes and watch the clock:
# four at a time, since they mostly wait.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
all=
[ "${1:-}" != --all ] || all=yes
Scripts/bootstrap.sh
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

rm -f $logs/*.log
step lint Scripts/lint.sh
build_release
step 'test build' swift build --build-tests "${strict[@]}"
WATTLINE_BIN=$PWD/.build/release/wattline
export WATTLINE_BIN
scenarios() { SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=4 run_tests "$1" --skip-build --parallel --filter ScenarioTests "${strict[@]}"; }
step 'unit tests' run_tests unit --skip-build --parallel --skip ScenarioTests "${strict[@]}"
# Fixed seeds, and some that nobody has run before: a broken one prints the command that runs it again.
fresh=$((SECONDS * 1000003 + RANDOM * 32768 + RANDOM))
simulate() { env -u WATTLINE_BIN -u WATTLINE_LONG .build/release/wattline simulate --seeds "$1" --trouble "$2" --duration "$3" --jobs 2 2>&1 | tee -a "$logs/simulation.log"; }
simulation() {
    simulate 1..100 wild 90s || return
    simulate 1..20 mild 5m || return
    simulate 1..4 none 30m || return
    simulate 1..40 stranger 90s || return
    printf '%s\n' "Fresh seeds from $fresh"
    simulate "$fresh..$((fresh + 59))" wild 90s
}
step 'simulated world' simulation
step 'scenario tests' scenarios scenario
acceptance() { Scripts/acceptance.sh "$@" 2>&1 | tee -a "$logs/acceptance.log"; }
# The images of the compose stack are made from the build that stands; with --all they are compiled, as a user's are.
step 'acceptance tests' acceptance ${all:+--compile}

if [ -n "$all" ]; then
    export WATTLINE_LONG=1
    step 'simulated world, more seeds' simulate 1000..3000 wild 3m
    step 'the simulator, red' Scripts/simulation-mutations.py
    step 'unit tests, more seeds' run_tests unit-long --skip-build --parallel --skip ScenarioTests "${strict[@]}"
    step 'scenario tests, longer' scenarios scenario-long
    step 'acceptance tests, long' acceptance -m long
    unset WATTLINE_LONG
    step 'the failure table, red' Scripts/mutations.sh
    # A stray pointer of C, and of Swift that borrows one, ends the test that it is in.
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
