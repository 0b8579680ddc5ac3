# setup.sh -- sourced by the scripts a person runs: brings in what a fresh Debian 12 lacks.
# Each function does nothing where everything is there already.

BUILD_PACKAGES=(build-essential cmake ninja-build pkg-config python3 ca-certificates
    libmicrohttpd-dev libuv1-dev libsqlite3-dev libcjson-dev libssl-dev libexpat1-dev
    zlib1g-dev libzip-dev libpcre2-dev)
DEMO_PACKAGES=(awscli zip)
TEST_PACKAGES=(libcmocka-dev awscli zip python3-venv valgrind clang-format clang-tidy)

say() {
    printf '\n== %s\n' "$*"
}

die() {
    printf '%s\n' "$*" >&2
    exit 1
}

# install_packages NAME...: with apt-get, as root or through sudo.
install_packages() {
    local missing=() name
    for name in "$@"; do
        dpkg-query -W -f='${Status}' "$name" 2>/dev/null | grep -q 'ok installed' || missing+=("$name")
    done
    [ ${#missing[@]} -eq 0 ] && return 0
    command -v apt-get >/dev/null || die "This needs a Debian system (apt-get). Missing: ${missing[*]}"
    local as_root=()
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null || die "Run as root, or install sudo. Missing packages: ${missing[*]}"
        as_root=(sudo)
    fi
    say "Installing ${missing[*]}"
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update -qq
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
        "${missing[@]}" >/dev/null || die "apt-get could not install: ${missing[*]}"
}

# make_venv FOLDER: a Python with the clients the tests use.
make_venv() {
    [ -x "$1/bin/pytest" ] && [ -x "$1/bin/aws" ] && return 0
    say "Installing boto3, the AWS CLI (version 1) and pytest into $1"
    /usr/bin/python3 -m venv "$1"
    "$1/bin/pip" install --quiet --disable-pip-version-check boto3 awscli pytest
}

# build PRESET [CMAKE OPTION...]
build() {
    local preset=$1
    shift
    say "Building ($preset)"
    cmake --preset "$preset" "$@" >/dev/null
    cmake --build --preset "$preset"
}
