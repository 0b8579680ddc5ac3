#!/usr/bin/env bash
# tests/package.sh [PYTEST ARGUMENT...] -- make the packages, twice, and try them in a Debian of their own.
# Needs root. Everything is in a folder that is removed at the end.
set -euo pipefail
cd "$(dirname "$0")/.."
. tests/lib/setup.sh

need_containers 3000
install_packages mmdebstrap iproute2 python3-venv dpkg-dev
make_venv build/venv

work=$(mktemp -d /var/tmp/hydrant-package.XXXXXX)
clean_up() {
    local code=$?
    [ "$code" -eq 0 ] || tail -n 40 "$work/log" >&2 || true
    rm -rf "$work"
}
trap clean_up EXIT

# make_packages SOURCE FOLDER: build a release of SOURCE in FOLDER, and its packages.
make_packages() {
    cmake -S "$1" --preset release -B "$2"
    cmake --build "$2" --target hydrant papers
    (cd "$2" && cpack -G DEB && cpack -G TGZ)
}

# The same source at another place must become the same bytes.
export SOURCE_DATE_EPOCH=1700000000
say "Making the packages, twice"
{
    mkdir "$work/source"
    cp -r .git* CMake* docker emulator fixtures handlers storage tests README.md "$work/source"
    make_packages "$PWD" "$work/first"
    make_packages "$work/source" "$work/elsewhere/second"
} >"$work/log" 2>&1
emulator/package/sbom.py "$work"/first/*.deb >"$work/sbom.json"

# A small Debian with what the package depends on, and what its papers are for; not the package.
say "Bringing in Debian"
depends=$(dpkg-deb -f "$work"/first/*.deb Depends | sed 's/([^)]*)//g; s/ //g')
mmdebstrap --quiet --variant=minbase \
    --include="$depends,systemd,man-db,mandoc,bash-completion,zsh,fish,pkg-config,gcc,libc6-dev,libcjson-dev" \
    bookworm "$work/root.tar" >>"$work/log" 2>&1
mkdir "$work/root"
tar -xf "$work/root.tar" -C "$work/root" --exclude='./dev/*'
rm "$work/root.tar"

say "Testing"
export PACKAGE_WORK=$work PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=tests/lib
build/venv/bin/python -m pytest -q -p no:cacheprovider tests/package "$@"
