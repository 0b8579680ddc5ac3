#!/usr/bin/env bash
# tests/bench/run.sh -- Hydrant against a bare server made of the same libraries, in one run.
# Further arguments go to bench.py (see --help).
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/lib/setup.sh

install_packages "${BUILD_PACKAGES[@]}" libcmocka-dev wrk
build release -DBUILD_TESTS=ON
exec python3 tests/bench/bench.py --hydrant build/release/hydrant \
    --bare build/release/tests/bare_server --plugins build/release/plugins "$@"
