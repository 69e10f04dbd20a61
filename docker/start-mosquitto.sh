#!/bin/sh
# Starts the broker. What it remembers is replaceable (F10 in docs/protocol.md): when it does not come up with its file, or nobody can hear what is in it,
# the file is set aside under a new name, that is said, and the broker starts without. A signal goes to the broker, and its status is this script's.
set -u
file=mosquitto.db
kept=5
# Of a file that hangs the broker, too, something must be heard within the patience of a health check's start.
patience_s=15
port=1883

broker=
stopping=
trap 'stopping=yes; [ -z "$broker" ] || kill -TERM "$broker" 2>/dev/null' TERM INT HUP

say() { printf '%s: %s\n' "$(date -u +%Y-%m-%dT%H:%M:%S)" "$*" >&2; }

runs() { read -r _ _ state _ <"/proc/$broker/stat" && [ "$state" != Z ]; } 2>/dev/null

# 0A is listening: the network namespace is the container's own.
listens() { grep -qE "^ *[0-9]+: [0-9A-F]+:$(printf %04X "$port") [0-9A-F]+:0000 0A " /proc/net/tcp /proc/net/tcp6 2>/dev/null; }

# start ARGUMENTS…: the broker, until it listens. 1: it ended before; 2: it did not within the patience, and was killed.
start() {
    mosquitto "$@" &
    broker=$!
    tenths=0
    until listens; do
        runs || return 1
        if [ "$tenths" -ge $((patience_s * 10)) ]; then
            kill -KILL "$broker"
            return 2
        fi
        tenths=$((tenths + 1))
        sleep 0.1
    done
}

# Waits for the broker's end; its status is in $status.
finish() {
    while :; do
        wait "$broker"
        status=$?
        # A signal ends the waiting, not the broker.
        runs || break
    done
    broker=
}

# hears OPTIONS…: whether a subscriber of these topics hears what comes last, the broker's version.
hears() {
    # shellcheck disable=SC2016
    sh -c 'echo $$; exec mosquitto_sub "$@"' sh -V 5 -h 127.0.0.1 -p "$port" -W 5 -F %t "$@" -t '$SYS/broker/version' 2>/dev/null | {
        read -r ear
        grep -qFx -m 1 '$SYS/broker/version'
        heard=$?
        kill "$ear" 2>/dev/null
        exit "$heard"
    }
}

# A topic that is no text the broker loads and sends without a word, and whoever hears it must hang up.
is_audible() { hears -t '#' || ! hears; }

# set_aside REASON
set_aside() {
    aside="$file.damaged-$(date -u +%Y-%m-%dT%H-%M-%SZ)"
    while [ -e "$aside" ]; do aside="$aside-1"; done
    if ! mv "$file" "$aside"; then
        say "Error: $PWD/$file may be why the broker does not start, and can't be set aside. Move it away; what was retained comes back by itself (F10)"
        return 1
    fi
    say "Warning: $1. What the broker remembers may be damaged: $PWD/$file is set aside as $aside; it starts without, and what was retained comes back by itself (F10)"
    # By name the oldest come first.
    set -- "$file".damaged-*
    while [ $# -gt "$kept" ]; do
        rm -f "$1" 2>/dev/null
        shift
    done
}

# Runs something that a signal ends, too.
run() {
    "$@" &
    broker=$!
    finish
    [ -z "$stopping" ] || exit 143
    return "$status"
}

# Whoever is to have a name has one before the broker listens. Looking on without one is, at first, for those who reach its port.
access=/var/lib/wattline/credentials/access
give_names() {
    set -- credentials init
    if [ -n "${MOSQUITTO_ANONYMOUS:-}" ] || [ ! -e $access ]; then set -- "$@" --anonymous "${MOSQUITTO_ANONYMOUS:-any}"; fi
    run wattline "$@" >/dev/null && run wattline as recorder local true
}

# Certificates that are missing, and one for other hosts than it is for: those of now alone, so that one that is no more is left out.
make_certificates() {
    set -- certificates init
    [ -z "${MOSQUITTO_HOSTS:-}" ] || set -- "$@" --only
    for host in ${MOSQUITTO_HOSTS:-}; do set -- "$@" --host "$host"; done
    # What has ended, or will within 30 days, is made anew, as `up` does.
    run wattline "$@" && run wattline certificates renew --due
}

configuration=/etc/mosquitto/wattline.conf
case ${MOSQUITTO_TLS:-} in
'' | no | false | 0 | off) ;;
yes | true | 1 | on)
    case ${MOSQUITTO_OPEN:-} in
    '' | no | false | 0 | off) ;;
    *)
        say "Error: WATTLINE_OPEN=\"$MOSQUITTO_OPEN\": expected no, or nothing, with TLS: where anybody may say anything it helps nobody"
        exit 78
        ;;
    esac
    make_certificates || exit "$status"
    configuration=/etc/mosquitto/wattline-tls.conf
    port=8883
    ;;
*)
    say "Error: MOSQUITTO_TLS=\"$MOSQUITTO_TLS\": expected yes or no"
    exit 78
    ;;
esac

case ${MOSQUITTO_OPEN:-} in
'' | no | false | 0 | off)
    if ! give_names; then
        [ -e $access ] || exit "$status"
        say 'Warning: not everybody may have a name: the broker starts with those that there are'
    fi
    set -- -c $configuration "$@"
    ;;
yes | true | 1 | on)
    say 'Warning: WATTLINE_OPEN: the broker asks nobody for a name, so whoever reaches its port may say anything, as anybody'
    set -- -c /etc/mosquitto/open.conf "$@"
    ;;
*)
    say "Error: WATTLINE_OPEN=\"$MOSQUITTO_OPEN\": expected yes or no"
    exit 78
    ;;
esac

[ ! -e "$file" ] || [ -f "$file" ] || set_aside "$PWD/$file is no file"
start "$@"
case $? in
0)
    if is_audible; then
        finish
        exit "$status"
    fi
    reason='A retained topic is no text, and whoever hears it must hang up'
    kill -TERM "$broker" 2>/dev/null
    finish
    [ -z "$stopping" ] || exit "$status"
    ;;
1)
    finish
    reason="mosquitto ended with $status before it listened"
    # Ended by somebody's signal, or well: nothing speaks against the file.
    if [ -n "$stopping" ] || [ "$status" -eq 0 ] || [ "$status" -eq 137 ] || [ "$status" -eq 143 ]; then exit "$status"; fi
    ;;
*)
    finish
    reason="mosquitto did not listen within $patience_s s"
    ;;
esac
if ! [ -e "$file" ] || ! set_aside "$reason"; then exit "$status"; fi
if ! start "$@" && [ -z "$stopping" ]; then
    finish
    if [ ! -e "$file" ] && mv "$aside" "$file"; then
        say "Warning: mosquitto ended without what it remembers, too, so that is not why: $PWD/$file is back in its place"
    fi
    exit "$status"
fi
finish
exit "$status"
