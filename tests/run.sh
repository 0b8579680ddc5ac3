#!/usr/bin/env bash
# tests/run.sh -- install what the tests need, build with ASan and UBSan, run everything.
#
#   tests/run.sh            all of it
#   tests/run.sh -L unit    further arguments go to ctest: labels unit, fault, fuzz, integration,
#                           crash, valgrind, lint
set -euo pipefail
cd "$(dirname "$0")/.."
. tests/lib/setup.sh

install_packages "${BUILD_PACKAGES[@]}" "${TEST_PACKAGES[@]}"
make_venv build/venv
build dev "-DTEST_PYTHON=$PWD/build/venv/bin/python"
say "Building (valgrind: the daemon and the transforms, without sanitizers)"
cmake --preset valgrind >/dev/null
cmake --build --preset valgrind --target hydrant plugins
say "Testing"
ctest --preset dev --parallel "$(nproc)" "$@"
