#!/usr/bin/env bash
# Runs a PostgreSQL server of its own for tests, in a new directory under /tmp and on a socket there alone, until its standard input ends.
# Prints the address of a database in it when it takes connections. A server that is killed is started again. Nothing of it is left at the end.
#
#   Scripts/postgres.sh [SETTING=VALUE …]
set -euo pipefail
# What whoever starts it has open is not kept open by it: a pipe's other end would never hear of the end. 255 is bash's own.
for descriptor in /proc/$$/fd/*; do
    descriptor=${descriptor##*/}
    case $descriptor in 0 | 1 | 2 | 255) ;; *) eval "exec $descriptor>&-" ;; esac
done
bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
[ -n "$bin" ] || { echo 'no PostgreSQL server here: apt-get install postgresql' >&2; exit 1; }
place=$(mktemp -d /tmp/wattline-pg-XXXXXX)
as=()
# A server does not run as root.
if [ "$(id -u)" -eq 0 ]; then
    as=(setpriv --reuid=postgres --regid=postgres --init-groups)
    chown postgres: "$place"
fi
cd "$place"
trap 'rm -rf "$place"' EXIT
trap 'exit 143' TERM INT HUP
"${as[@]}" "$bin/initdb" --pgdata=data --username=wattline --auth=trust --encoding=UTF8 --no-locale --no-sync >log 2>&1 || { cat log >&2; exit 1; }
settings=(-c listen_addresses= -c "unix_socket_directories=$place" -c max_connections=200 -c log_min_messages=warning)
for setting in "$@"; do settings+=(-c "$setting"); done
# In a session of its own: a Ctrl-C is for this script, which stops it. One that is killed is started again.
serve() {
    while [ -d "$place" ]; do
        rm -f data/postmaster.pid
        "${as[@]}" setsid --wait "$bin/postgres" -D data "${settings[@]}" >>log 2>&1 || true
        sleep 0.2
    done
}
serve </dev/null >/dev/null 2>&1 &
loop=$!
end() {
    kill "$loop" 2>/dev/null || true
    kill -QUIT "$(head -n 1 data/postmaster.pid 2>/dev/null)" 2>/dev/null || true
    for _ in $(seq 100); do [ -e data/postmaster.pid ] || break; sleep 0.05; done
    cd / && rm -rf "$place"
}
trap end EXIT
for _ in $(seq 300); do
    if "$bin/pg_isready" -q -h "$place" -d postgres; then ready=yes; break; fi
    sleep 0.05
done
[ -n "${ready:-}" ] || { cat log >&2; exit 1; }
printf 'postgres://wattline@/postgres?host=%s\n' "$place"
cat >/dev/null
