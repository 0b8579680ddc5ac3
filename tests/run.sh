#!/usr/bin/env bash
# tests/run.sh -- install what the tests need, build with ASan and UBSan, run everything.
#
#   tests/run.sh            all of it
#   tests/run.sh -L unit    further arguments go to ctest: labels unit, fault, fuzz, integration,
#                           crash, valgrind, image, package, lint
set -euo pipefail
cd "$(dirname "$0")/.."
. tests/lib/setup.sh

install_packages "${BUILD_PACKAGES[@]}" "${TEST_PACKAGES[@]}"
make_venv build/venv
make_node_modules build/node
build dev "-DTEST_PYTHON=$PWD/build/venv/bin/python" "-DTEST_NODE_MODULES=$PWD/build/node/node_modules"
build valgrind -- hydrant plugins # without sanitizers, which valgrind does not go with
say "Testing"
export NO_PROXY=127.0.0.1 no_proxy=127.0.0.1
ctest --preset dev --parallel "$(nproc)" "$@"
