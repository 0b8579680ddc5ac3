#!/usr/bin/env python3
"""layers.py [ROOT] -- what the compiler does not check: who includes whom, one home per library,
banned functions, names and sizes of files. Prints one line per finding and fails if there is one.

layers.py --self-test plants one mistake of each kind in a temporary tree and looks for it."""

import os
import re
import sys
import tempfile

# Who may include whom, besides itself and emulator/base. A name that ends in .h is one header.
LAYERS = {
    "emulator/base": "",
    "emulator/plugin": "",
    "emulator/loop": "",
    "emulator/init": "emulator/loop",
    "emulator/config": "",
    "emulator/events": "",
    "emulator/shapes": "",
    "storage": "",
    "emulator/transform": "emulator/plugin",
    "emulator/isolation": "emulator/loop emulator/transform",
    "emulator/lambda": "emulator/isolation storage emulator/loop emulator/events emulator/transform emulator/auth/principal.h",
    "emulator/delivery": "storage emulator/loop emulator/events emulator/lambda emulator/transform"
                         " emulator/isolation/wire.h emulator/auth/principal.h",
    "emulator/http": "emulator/loop emulator/config emulator/events",
    "emulator/auth": "emulator/http emulator/config",
    "emulator/protocol": "emulator/http emulator/auth emulator/shapes emulator/loop/random.h"
                         " emulator/sandbox.h",
    "handlers": "emulator/http emulator/auth/principal.h emulator/shapes emulator/protocol"
                " emulator/delivery emulator/lambda emulator/transform emulator/events emulator/init emulator/loop storage"
                " emulator/sandbox.h",
}
# The composition root and the sub-commands put everything together.
UNBOUND = ("emulator", "emulator/cli")

# Each library's header and the only places that may include it.
HOMES = [
    (r"uv\.h", ["emulator/loop/"]),
    (r"sqlite3\.h", ["storage/"]),
    (r"microhttpd\.h", ["emulator/http/"]),
    (r"cjson/.*", ["emulator/base/json.c"]),
    (r"expat\.h", ["emulator/base/xml.c"]),
    (r"openssl/.*", ["emulator/base/"]),
    (r"zlib\.h", ["emulator/base/", "emulator/delivery/"]),
    (r"snappy-c\.h", ["emulator/delivery/"]),
    (r"j[qv]\.h", ["emulator/delivery/"]),
    (r"zip\.h", ["emulator/lambda/"]),
    (r"dlfcn\.h", ["emulator/transform/", "emulator/delivery/http_client.c"]),
    (r"curl/.*", ["emulator/delivery/http_client.c"]),
]

UNSAFE = "sprintf vsprintf strcpy stpcpy strcat strncpy strncat gets atoi atol strtok"
WORLD = ("time clock clock_gettime gettimeofday timerfd_create rand srand rand_r drand48 getrandom "
         "arc4random sleep usleep nanosleep clock_nanosleep fork vfork posix_spawn posix_spawnp "
         "execv execve execvp execl execlp system popen")
LONGEST_FILE = 800
CODE = ("emulator", "handlers", "storage")

COMMENT_OR_STRING = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.M)


def call_of(names):
    """A call, not a member or a longer name."""
    return re.compile(r"(?<![\w.>])(" + "|".join(names.split()) + r")\s*\(")


UNSAFE_CALL, WORLD_CALL, UV_CALL = call_of(UNSAFE), call_of(WORLD), re.compile(r"\buv_\w+")


def without_comments_and_strings(text):
    return COMMENT_OR_STRING.sub(lambda m: "\n" * m.group().count("\n"), text)


def layer_of(path):
    folders = path.split("/")[:-1]
    return "/".join(folders[:2])


def may_include(layer, path):
    """`layer` is where the include stands; `path` what is included."""
    target = layer_of(path)
    if layer in UNBOUND or target in (layer, "emulator/base"):
        return True
    allowed = LAYERS.get("handlers" if layer.startswith("handlers") else layer, "").split()
    # handlers/x may use what stands in handlers/ itself, but not handlers/y.
    if target == "handlers" and layer.startswith("handlers"):
        return True
    return target in allowed or path in allowed or target.split("/")[0] in allowed


def check_includes(path, text, findings):
    layer = layer_of(path)
    if layer not in LAYERS and layer not in UNBOUND and not layer.startswith("handlers"):
        findings.append(f"{path}: folder {layer} has no row in the layer table")
    for kind, target in INCLUDE.findall(text):
        if kind == '"' and target.startswith(tuple(f + "/" for f in CODE + ("tests",))):
            if not may_include(layer, target):
                findings.append(f"{path}: {layer} may not include {target}")
        for pattern, homes in HOMES:
            if re.fullmatch(pattern, target) and not path.startswith(tuple(homes)):
                findings.append(f"{path}: <{target}> lives in {' and '.join(homes)} only")


def check_calls(path, text, findings):
    code = without_comments_and_strings(text)
    for name in UNSAFE_CALL.findall(code):
        findings.append(f"{path}: {name}() is banned")
    if path.startswith(("emulator/loop/", "tests/")):
        return
    for name in WORLD_CALL.findall(code):
        findings.append(f"{path}: {name}() is for emulator/loop only")
    for name in sorted(set(UV_CALL.findall(code))):
        findings.append(f"{path}: {name} is for emulator/loop only")


def source_files(root, folders):
    for folder in folders:
        for place, names, files in os.walk(os.path.join(root, folder)):
            names.sort()
            for name in sorted(files):
                if name.endswith((".c", ".h")):
                    yield os.path.relpath(os.path.join(place, name), root)


def check_names(paths, findings):
    seen = {}
    for path in paths:
        name = os.path.basename(path)
        if name in seen:
            findings.append(f"{path}: there is a {name} already, {seen[name]}")
        seen.setdefault(name, path)


def check_tree(root):
    findings = []
    paths = list(source_files(root, CODE))
    check_names(paths, findings)
    for path in paths + list(source_files(root, ["tests"])):
        with open(os.path.join(root, path), encoding="utf-8") as file:
            text = file.read()
        if not path.startswith("tests/"):
            if text.count("\n") > LONGEST_FILE:
                findings.append(f"{path}: more than {LONGEST_FILE} lines")
            check_includes(path, text, findings)
        check_calls(path, text, findings)
    return findings, len(paths)


# Path, text, and what must be said about it; None for what must pass.
PLANTED = [
    ("emulator/base/up.c", '#include "storage/db.h"\n', "may not include storage/db.h"),
    ("storage/upward.c", '#include "emulator/http/request.h"\n', "may not include emulator/http"),
    ("emulator/delivery/up2.c", '#include "handlers/s3/s3.h"\n', "may not include handlers/s3"),
    ("emulator/http/side.c", '#include "emulator/auth/sigv4.h"\n', "may not include emulator/auth"),
    ("handlers/s3/side2.c", '#include "handlers/logs/logs.h"\n', "may not include handlers/logs"),
    ("handlers/s3/deep.c", '#include "emulator/auth/sigv4.h"\n', "may not include emulator/auth"),
    ("handlers/s3/db.c", "#include <sqlite3.h>\n", "lives in storage/"),
    ("emulator/http/json2.c", "# include <cjson/cJSON.h>\n", "lives in emulator/base/json.c"),
    ("emulator/odd/new.c", "int x;\n", "no row in the layer table"),
    ("emulator/http/bad.c", "void f(void) { sprintf(b, s); }\n", "sprintf() is banned"),
    ("emulator/http/clock.c", "long f(void) { return time(0); }\n", "time() is for emulator/loop"),
    ("emulator/http/uv.c", "uv_loop_t *x;\n", "uv_loop_t is for emulator/loop"),
    ("emulator/auth/twin.c", "int x;\n", None),
    ("emulator/http/twin.c", "int x;\n", "there is a twin.c already"),
    ("emulator/http/long.c", "\n" * (LONGEST_FILE + 1), "more than 800 lines"),
    ("tests/unit/test_bad.c", "void f(void) { strcpy(a, b); }\n", "strcpy() is banned"),
    ("handlers/s3/good.c", '#include "handlers/s3/s3.h"\n#include "emulator/auth/principal.h"\n'
                           '#include "storage/db.h"\n#include "emulator/sandbox.h"\n', None),
    ("emulator/app.c", '#include "handlers/s3/s3.h"\n#include "storage/db.h"\n', None),
    ("emulator/loop/good2.c", "#include <uv.h>\nlong f(void) { return time(0); }\n", None),
    ("emulator/http/good3.c", '/* time(0) sprintf( */ const char *t = "time(uv_x)";\n'
                              "int g(void) { return x.time(1) + y->sleep(2) + snprintf(3); }\n"
                              "// strcpy(a, b)\n", None),
]


def self_test():
    failures = 0
    with tempfile.TemporaryDirectory() as root:
        for path, text, _ in PLANTED:
            os.makedirs(os.path.dirname(os.path.join(root, path)), exist_ok=True)
            with open(os.path.join(root, path), "w", encoding="utf-8") as file:
                file.write(text)
        findings, _ = check_tree(root)
    for path, _, expected in PLANTED:
        said = [finding for finding in findings if finding.startswith(path + ":")]
        if len(said) != (expected is not None) or (expected and expected not in said[0]):
            print(f"{path}: expected {expected!r}, got {said}")
            failures += 1
    return failures


def main():
    if sys.argv[1:] == ["--self-test"]:
        return 1 if self_test() else 0
    root = sys.argv[1] if len(sys.argv) > 1 else os.getcwd()
    findings, count = check_tree(root)
    for finding in findings:
        print(finding)
    if count == 0:
        print(f"{root}: no sources found")
    return 1 if findings or count == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
