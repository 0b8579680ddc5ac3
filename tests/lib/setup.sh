# setup.sh -- sourced by the scripts a person runs: brings in what a fresh Debian 12 lacks.
# Each function does nothing where everything is there already.

mapfile -t BUILD_PACKAGES <docker/packages.build
DEMO_PACKAGES=(awscli zip)
TEST_PACKAGES=(libcmocka-dev awscli zip python3-venv valgrind clang-format cppcheck curl)
# Any Node.js from 18 on will do; npm draws in much, where it has to come from Debian.
command -v node >/dev/null && command -v npm >/dev/null || TEST_PACKAGES+=(nodejs npm)

say() {
    printf '\n== %s\n' "$*"
}

die() {
    printf '%s\n' "$*" >&2
    exit 1
}

# quietly COMMAND...: what it prints is shown only when it fails.
quietly() {
    local output
    output=$("$@" 2>&1) && return 0
    printf '%s\n' "$output" >&2
    return 1
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
    say "Installing with apt-get, which takes some minutes the first time: ${missing[*]}"
    local apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300)
    quietly "${apt[@]}" update || true # what is known already may do
    quietly "${apt[@]}" install -y --no-install-recommends "${missing[@]}" ||
        die "apt-get could not install: ${missing[*]}"
}

# make_venv FOLDER: a Python with the clients the tests use, in the versions they were written for.
make_venv() {
    local wanted=tests/lib/requirements.txt
    cat docker/requirements.txt "$wanted" | cmp -s - "$1/installed.txt" && return 0
    say "Installing boto3, the AWS CLI (version 1) and pytest into $1"
    /usr/bin/python3 -m venv "$1"
    "$1/bin/pip" install --quiet --disable-pip-version-check -r "$wanted"
    cat docker/requirements.txt "$wanted" >"$1/installed.txt"
}

# make_node_modules FOLDER: the AWS SDK for JavaScript, as functions in Node.js use it.
make_node_modules() {
    local wanted=tests/lib/package.json
    cmp -s "$wanted" "$1/installed.json" && return 0
    say "Installing the AWS SDK for JavaScript into $1"
    mkdir -p "$1"
    cp "$wanted" "$1/package.json"
    quietly npm install --prefix "$1" --no-audit --no-fund --silent || die "npm install failed in $1"
    cp "$wanted" "$1/installed.json"
}

# progress: of ninja's lines, one in each tenth of the way; everything else as it is.
progress() {
    local line shown=0
    while IFS= read -r line; do
        if [[ $line =~ ^\[([0-9]+)/([0-9]+)\]' ' ]]; then
            local tenth=$((10 * BASH_REMATCH[1] / BASH_REMATCH[2]))
            [ "$tenth" -eq "$shown" ] || printf '%s of %s\n' "${BASH_REMATCH[1]}" "${BASH_REMATCH[2]}"
            shown=$tenth
        else
            printf '%s\n' "$line"
        fi
    done
}

# build PRESET [CMAKE OPTION...] [-- TARGET...]
build() {
    local preset=$1 options=() targets=()
    shift
    while [ $# -gt 0 ] && [ "$1" != -- ]; do
        options+=("$1")
        shift
    done
    [ $# -lt 2 ] || targets=(--target "${@:2}")
    say "Building (build/$preset)"
    quietly cmake --preset "$preset" "${options[@]}"
    if [ -t 1 ]; then
        cmake --build --preset "$preset" "${targets[@]}"
    else
        cmake --build --preset "$preset" "${targets[@]}" | progress
    fi
}

# need_containers MEGABYTES: leave with 77, ctest's word for a test that is skipped, where file systems
# and namespaces cannot be made, or so much does not fit into /var/tmp.
need_containers() {
    local why=
    if [ "$(id -u)" -ne 0 ]; then
        why="it makes file systems and namespaces, which only root may"
    elif ! unshare --net --pid --mount --fork true 2>/dev/null; then
        why="this machine lets nobody make namespaces"
    elif [ "$(df --output=avail -m /var/tmp | tail -n 1)" -lt "$1" ]; then
        why="it needs $1 MB in /var/tmp"
    fi
    [ -n "$why" ] || return 0
    echo "Skipped: $why."
    exit 77
}
