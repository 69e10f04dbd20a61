#!/usr/bin/env bash
# A release build of wattline, if anything changed since the last one.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
Scripts/bootstrap.sh
find_swift
build_release
