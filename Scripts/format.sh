#!/usr/bin/env bash
# Rewrites the Swift sources in the house style (.swift-format).
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
find_swift
swift format --in-place --recursive --parallel Sources Tests Fuzz/Readers Fuzz/Services Package.swift Fuzz/Package.swift
