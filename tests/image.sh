#!/usr/bin/env bash
# tests/image.sh [PYTEST ARGUMENT...] -- build the images of docker/ from their Dockerfiles, and try them.
#
# There need be no Docker: buildah builds, from a Debian that mmdebstrap brings, and containers are
# namespaces and a chroot. Needs root. Everything is in a folder that is removed at the end.
set -euo pipefail
cd "$(dirname "$0")/.."
. tests/lib/setup.sh

need_containers 5000
install_packages buildah mmdebstrap iproute2 python3-venv
make_venv build/venv

work=$(mktemp -d /var/tmp/hydrant-image.XXXXXX)
buildah() {
    command buildah --root "$work/store" --runroot "$work/run" "$@"
}
clean_up() {
    local code=$?
    [ "$code" -eq 0 ] || tail -n 40 "$work/log" >&2 || true
    buildah umount --all >/dev/null 2>&1 || true
    umount "$work/store/overlay" 2>/dev/null || true
    rm -rf "$work"
}
trap clean_up EXIT

# What Docker's library calls debian:bookworm and bookworm-slim, from Debian itself.
make_base() {
    mmdebstrap --quiet --variant=minbase --dpkgopt='path-exclude=/usr/share/doc/*' \
        --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
        bookworm "$work/base.tar"
    local container
    container=$(buildah from scratch)
    buildah add --quiet "$container" "$work/base.tar" /
    buildah commit --quiet "$container" docker.io/library/debian:bookworm
    buildah tag debian:bookworm docker.io/library/debian:bookworm-slim
    rm "$work/base.tar"
}

# What pip trusts here (a company's own authority, say) it trusts in there too.
cp /etc/ssl/certs/ca-certificates.crt "$work/certificates.crt"
printf '[global]\ncert = /run/certificates.crt\n' >"$work/pip.conf"

# build_image NAME DOCKERFILE: as `docker build -t NAME -f DOCKERFILE .`
build_image() {
    say "Building the image $1 from $2"
    buildah build --isolation chroot --format docker --pull-never --tag "$1" --file "$2" \
        --volume "$work/certificates.crt:/run/certificates.crt:ro" \
        --volume "$work/pip.conf:/etc/pip.conf:ro" . >>"$work/log" 2>&1
}

# open_image NAME FOLDER: its file system and what it is to be run with.
open_image() {
    mkdir -p "$2"
    buildah inspect --type image "$1" >"$2/image.json"
    ln -s "$(buildah mount "$(buildah from --pull-never "$1")")" "$2/root"
}

say "Bringing in Debian"
make_base >"$work/log" 2>&1
build_image hydrant docker/Dockerfile
build_image hydrant:slim docker/Dockerfile.slim
open_image hydrant "$work/whole"
open_image hydrant:slim "$work/slim"

say "Testing"
export HYDRANT_IMAGES=$work PYTHONPATH=tests/lib PYTHONDONTWRITEBYTECODE=1
build/venv/bin/python -m pytest -q -p no:cacheprovider tests/image "$@"
