#!/usr/bin/env bash
# `make run`: what is missing, a build if something changed, and the demo network. Arguments go to wattline up.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
Scripts/bootstrap.sh
find_swift
build_release
exec .build/release/wattline up "$@"
