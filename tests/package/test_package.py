"""The .deb and the .tar.gz: reproducible, installed in a Debian of their own, used, removed without a trace."""

import filecmp
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

import pytest
from container import Container, Root

WORK = pathlib.Path(os.environ["PACKAGE_WORK"])
SOURCE = pathlib.Path(__file__).parents[2]
PIPELINE = """
import json, pathlib, boto3
make = lambda name: boto3.client(name, endpoint_url="http://127.0.0.1:4566", region_name="us-east-1",
                                 aws_access_key_id="test", aws_secret_access_key="test")
s3, firehose, dynamodb = make("s3"), make("firehose"), make("dynamodb")
s3.create_bucket(Bucket="likes-bucket")
dynamodb.create_table(TableName="Likes_Tab", BillingMode="PAY_PER_REQUEST",
    KeySchema=[{"AttributeName": "element_class", "KeyType": "HASH"}],
    AttributeDefinitions=[{"AttributeName": "element_class", "AttributeType": "S"}])
firehose.create_delivery_stream(DeliveryStreamName="likes", ExtendedS3DestinationConfiguration=json.loads(
    pathlib.Path("fixtures/likes/destination.json").read_text()))
firehose.put_record(DeliveryStreamName="likes", Record={"Data": b'{"element_class":"1001"}\\n'})
"""
RESULT = """
import boto3
make = lambda name: boto3.client(name, endpoint_url="http://127.0.0.1:4566", region_name="us-east-1",
                                 aws_access_key_id="test", aws_secret_access_key="test")
s3 = make("s3")
key, = [o["Key"] for o in s3.list_objects_v2(Bucket="likes-bucket")["Contents"]]
print(s3.get_object(Bucket="likes-bucket", Key=key)["Body"].read().decode().strip(),
      [i["element_class"]["S"] for i in make("dynamodb").scan(TableName="Likes_Tab")["Items"]])
"""

root = Root(WORK / "root", {"Env": [], "Entrypoint": []}, user=0)


def files(pattern, where="first"):
    found, = (WORK / where).glob(pattern) if where == "first" else (WORK / "elsewhere/second").glob(pattern)
    return found


def inside(*command, check=True, **more):
    """Run it in that Debian, which sees its own processes only."""
    done = subprocess.run(
        ["unshare", "--mount", "--pid", "--fork", "sh", "-c",
         'mount -t proc proc "$1/proc"; mount --rbind /dev "$1/dev"; exec chroot "$@"', "sh", str(root.root), *command],
        capture_output=True, text=True, timeout=120, check=False, **more)
    assert not check or done.returncode == 0, done.stdout + done.stderr
    return done


def everything():
    """Every file of that Debian, but for what dpkg, ldconfig and logs note."""
    ignored = re.compile(r"/(var/(lib/dpkg|cache|log)|proc|dev|run|tmp)/|/etc/ld\.so\.cache|/var/cache/ldconfig")
    return {str(f.relative_to(root.root)) for f in root.root.rglob("*") if not ignored.search("/" + str(f.relative_to(root.root)) + "/")}


@pytest.fixture(scope="module")
def before():
    return everything()


@pytest.fixture(scope="module")
def package(before):
    del before
    shutil.copy(files("*.deb"), root.root / "hydrant.deb")
    inside("dpkg", "-i", "/hydrant.deb")
    (root.root / "hydrant.deb").unlink()
    yield
    inside("dpkg", "--purge", "hydrant", check=False)


def from_outside(container, program):
    done = subprocess.run(
        ["nsenter", "--target", str(container.first), "--net", sys.executable, "-c", program],
        capture_output=True, text=True, timeout=120, check=False, cwd=SOURCE, env={"PATH": os.environ["PATH"]})
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_same_source_elsewhere_gives_the_same_bytes():
    assert filecmp.cmp(files("hydrant"), files("hydrant", "second"), shallow=False)
    assert filecmp.cmp(files("*.deb"), files("*.deb", "second"), shallow=False)


def test_the_list_of_parts_names_every_library_the_program_is_linked_with():
    parts = json.loads((WORK / "sbom.json").read_text())
    assert parts["spdxVersion"] == "SPDX-2.3"
    names = {part["name"] for part in parts["packages"]}
    linked = subprocess.run(["ldd", files("hydrant")], capture_output=True, text=True, check=True).stdout
    # Those it asks for itself, not what they bring along.
    needed = subprocess.run(["objdump", "-p", files("hydrant")], capture_output=True, text=True, check=True).stdout
    for library in re.findall(r"NEEDED\s+(\S+)", needed):
        path = re.search(rf"{re.escape(library)} => (\S+)", linked)
        if not path:
            continue
        owner = subprocess.run(["dpkg", "-S", os.path.realpath(path[1])], capture_output=True, text=True, check=False).stdout
        owner = owner or subprocess.run(["dpkg", "-S", "*/" + os.path.basename(os.path.realpath(path[1]))],
                                        capture_output=True, text=True, check=True).stdout
        assert owner.split(":")[0] in names, library
    assert all(re.fullmatch(r"SPDXRef-[A-Za-z0-9.-]+", part["SPDXID"]) for part in parts["packages"])
    assert len({part["SPDXID"] for part in parts["packages"]}) == len(parts["packages"])


def test_the_pipeline_runs_with_a_transform_compiled_against_the_packaged_header(package):
    shutil.copy(SOURCE / "fixtures/likes/likes.c", root.root / "root/likes.c")
    inside("sh", "-c", "cd /root && gcc -shared -fPIC $(pkg-config --cflags hydrant) likes.c -o likes.so -lcjson")
    running = Container(root, "--function", "lambda_KFH_to_DynoDB=/root/likes.so", "--data", "/var/lib/hydrant/data",
                        entrypoint=["hydrant", "serve"]).wait_for("Ready.")
    from_outside(running, PIPELINE)
    assert running.execute("hydrant", "flush", "likes").returncode == 0
    assert from_outside(running, RESULT) == """{"element_class":"1001"} ['1001']\n"""
    assert running.stop() == 0
    for name in ("likes.c", "likes.so"):
        (root.root / "root" / name).unlink()


def test_the_units_are_right_and_a_socket_of_systemd_starts_it(package):
    said = inside("systemd-analyze", "verify", "/lib/systemd/system/hydrant.service",
                  "/lib/systemd/system/hydrant.socket", check=False)
    assert "hydrant" not in said.stdout + said.stderr, said.stderr
    running = Container(root, "-l", "127.0.0.1:4566", "-E", "HYDRANT_DATA=/var/lib/hydrant/data",
                        "hydrant", "serve", entrypoint=["systemd-socket-activate"])
    running.wait_for("Listening on 127.0.0.1:4566 as 3.")
    assert "available" in from_outside(
        running, "import urllib.request as u; print(u.urlopen('http://127.0.0.1:4566/_hydrant/health').read())")
    assert running.stop() == 0


def test_the_manual_pages_have_no_mistakes_and_say_what_help_says(package):
    for page in ("/usr/share/man/man1/hydrant.1", "/usr/share/man/man5/hydrant.conf.5"):
        assert inside("mandoc", "-T", "lint", "-W", "error", page).stdout == ""
    text = inside("sh", "-c", "MANWIDTH=200 man hydrant.conf | col -b").stdout
    for name in re.findall(r"^  --([a-z-]+)", inside("hydrant", "serve", "--help").stdout, re.M):
        assert name == "config" or re.search(rf"^\s+{name} = ", text, re.M), name


def test_bash_completes_commands_settings_and_their_values(package):
    script = """
        . /usr/share/bash-completion/bash_completion
        . /usr/share/bash-completion/completions/hydrant
        try() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _hydrant; echo "${COMPREPLY[@]}"; }
        try hydrant fl; try hydrant serve --log-l; try hydrant serve --durability n; try hydrant reset --x
    """
    assert inside("bash", "-c", script).stdout.splitlines() == ["flush", "--log-level", "none normal", ""]


def test_zsh_and_fish_can_read_their_completions(package):
    inside("zsh", "-n", "/usr/share/zsh/vendor-completions/_hydrant")
    fish = "source /usr/share/fish/vendor_completions.d/hydrant.fish; complete -C 'hydrant serve --log-f'"
    assert inside("env", "HOME=/tmp", "fish", "-c", fish).stdout.startswith("--log-format")


def test_purged_it_leaves_nothing(package, before):
    running = Container(root, "--data", "/var/lib/hydrant/data", entrypoint=["hydrant", "serve"]).wait_for("Ready.")
    assert running.stop() == 0
    inside("dpkg", "--purge", "hydrant")
    assert everything() - before == set()
    assert before - everything() == set()


def test_the_archive_runs_from_any_folder(tmp_path):
    subprocess.run(["tar", "-xzf", files("*.tar.gz"), "-C", tmp_path], check=True)
    program, = tmp_path.rglob("bin/hydrant")
    said = subprocess.run([program, "version"], capture_output=True, text=True, check=True).stdout
    assert said.startswith("hydrant ")
    flags = subprocess.run(
        ["pkg-config", "--cflags", "hydrant"], capture_output=True, text=True, check=True,
        env={"PATH": os.environ["PATH"], "PKG_CONFIG_PATH": str(program.parents[1] / "share/pkgconfig")}).stdout
    assert (pathlib.Path(flags.strip().removeprefix("-I")) / "hydrant.h").exists()


def test_the_sizes_are_told(capsys):
    program = files("bin/hydrant") if (WORK / "first/bin").exists() else files("hydrant")
    with capsys.disabled():
        print(f"\n.deb {files('*.deb').stat().st_size / 1e6:.2f} MB, .tar.gz {files('*.tar.gz').stat().st_size / 1e6:.2f} MB,"
              f" program (not stripped) {program.stat().st_size / 1e6:.2f} MB", end=" ")
    assert files("*.deb").stat().st_size < 3e6
