#!/usr/bin/env bash
# Random bytes against what reads from outside: builds the fuzzing programs (Fuzz/README.md), runs one target or all, one after the other, and prints a table.
#
#   Scripts/fuzz.sh                          all targets, a minute each
#   Scripts/fuzz.sh journal --seconds 600    one, for ten minutes
#   Scripts/fuzz.sh --runs 1000000           all, a million inputs each
#   Scripts/fuzz.sh --list                   their names
#   Scripts/fuzz.sh topics crash-0123…       one input again
#
# What is found stays in .build-fuzz/found/TARGET; what is learned, in .build-fuzz/corpus/TARGET.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

plugin=(access_table certificate_table certificates plugin topics)
readers=(access credentials journal network payloads settings urls)
services=(http query recording rerun)
targets=("${plugin[@]}" "${readers[@]}" "${services[@]}")
wanted=() limit=-max_total_time=60 input=
usage() { die "expected Scripts/fuzz.sh [TARGET] [--runs N | --seconds N | FILE], TARGET one of: ${targets[*]}"; }
is_in() { local one=$1 && shift && [[ " $* " == *" $one "* ]]; }
number() { [[ ${2:-} =~ ^[1-9][0-9]*$ ]] || die "$1=\"${2:-}\": expected a whole number above 0"; }
while [ $# -gt 0 ]; do
    case $1 in
    --list) printf '%s\n' "${targets[@]}" && exit ;;
    --runs) number "$1" "${2:-}" && limit=-runs=$2 && shift ;;
    --seconds) number "$1" "${2:-}" && limit=-max_total_time=$2 && shift ;;
    *)
        if is_in "$1" "${targets[@]}"; then wanted+=("$1"); elif [ -f "$1" ] && [ ${#wanted[@]} -eq 1 ]; then input=$1; else usage; fi
        ;;
    esac
    shift
done
[ ${#wanted[@]} -gt 0 ] || wanted=("${targets[@]}")
find_swift
programs=.build-fuzz/programs
mkdir -p $programs

# With address sanitizer: C forgives nothing.
build_plugin_target() {
    "$(dirname "$(command -v swift)")/clang" -fuse-ld=lld -std=c11 -D_GNU_SOURCE -g -O2 -Wall -Wextra -Werror -fsanitize=fuzzer,address,undefined \
        -fno-sanitize-recover=undefined "-DBODY=fuzz_$1" -IFuzz/C/include -ISources/C/CAccessTable/include -ISources/C/CCertificates/include \
        -o "$programs/$1" Fuzz/C/*.c Sources/C/CAccessTable/*.c Sources/C/CCertificates/*.c -lcrypto
}
build_swift() { swift build -c release --sanitize fuzzer -Xswiftc -enable-testing --package-path Fuzz --product "$1"; }
needs() { for one in "${wanted[@]}"; do if is_in "$one" "$@"; then return 0; fi; done && return 1; }
for one in "${wanted[@]}"; do if is_in "$one" "${plugin[@]}"; then step "building $one" build_plugin_target "$one"; fi; done
if needs "${readers[@]}"; then step 'building the readers' build_swift readers; fi
if needs "${services[@]}"; then step 'building the services' build_swift services; fi

# run TARGET ARGUMENTS…
run() {
    local target=$1 program=$programs/$1
    shift
    if is_in "$target" "${readers[@]}"; then program=Fuzz/.build/release/readers; fi
    if is_in "$target" "${services[@]}"; then program=Fuzz/.build/release/services; fi
    # Swift's own report of a crash would come before libFuzzer has kept the input.
    SWIFT_BACKTRACE=enable=no FUZZ_TARGET=$target "$program" "$@"
}

if [ -n "$input" ]; then run "${wanted[0]}" "$input" && exit; fi
table='' status=0
for target in "${wanted[@]}"; do
    corpus=.build-fuzz/corpus/$target found=.build-fuzz/found/$target log=.build-fuzz/$target.log began=$SECONDS
    mkdir -p "$corpus" "$found"
    before=$(find "$found" -type f | wc -l)
    say "$target …"
    # A state machine of many steps needs no long inputs; a file of lines does.
    length=4096
    [ "$target" != plugin ] || length=96
    run "$target" -max_len=$length "$limit" -timeout=5 -print_final_stats=1 "-artifact_prefix=$found/" "$corpus" "Fuzz/Seeds/$target" >"$log" 2>&1 || status=1
    inputs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
    new=$(($(find "$found" -type f | wc -l) - before))
    [ $new -eq 0 ] || say "$target: $found, $log"
    table+=$(printf '%-14s %12s %9d %12d' "$target" "${inputs:-?}" $((SECONDS - began)) $new)$'\n'
done
printf '%-14s %12s %9s %12s\n%s' target inputs seconds 'new crashes' "$table"
exit $status
