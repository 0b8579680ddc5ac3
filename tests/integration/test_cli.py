"""The program's own sub-commands: help, exit codes, and what they make a running daemon do."""

import pathlib
import socket
import subprocess

import pytest

from daemon import BINARY, Daemon


def run(*arguments, **environment):
    return subprocess.run(
        [BINARY, *arguments],
        env={"PATH": "/usr/bin:/bin", "HOME": "/nonexistent", **environment},
        capture_output=True,
        timeout=60,
        check=False,
        text=True,
    )


COMMANDS = ["serve", "exec", "advance", "flush", "reset", "healthcheck", "cc", "version", "help"]


def test_the_overview_lists_every_command():
    done = run("--help")
    assert (done.returncode, done.stderr) == (0, "")
    for command in COMMANDS:
        assert f"\n  {command} " in done.stdout
    assert run("help").stdout == done.stdout


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(command):
    done = run(command, "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"Usage: hydrant {command}")
    assert run("help", command).stdout == done.stdout


def test_the_version_is_printed():
    done = run("--version")
    assert done.returncode == 0
    assert done.stdout.startswith("hydrant ") and done.stdout.count(".") == 2
    assert run("version").stdout == done.stdout


@pytest.mark.parametrize(
    "arguments, complaint",
    [
        ((), "a command is missing"),
        (("serv",), 'there is no command "serv"; did you mean serve?'),
        (("serve", "--prot", "1"), "there is no setting --prot; did you mean --port?"),
        (("serve", "--port", "x"), '--port: "x" is not a number from 0 to 65535'),
        (("serve", "--config", "/nowhere/x"), "/nowhere/x: not found"),
        (("advance",), "either a duration, --to TIME or --until next is wanted"),
        (("advance", "2m", "--to", "2095-01-01T00:00:00Z"), "either a duration, --to TIME"),
        (("advance", "36601d"), '"36601d" is more than a hundred years'),
        (("advance", "soon"), '"soon" is not a duration such as 2m'),
        (("advance", "--to", "tomorrow"), '"tomorrow" is not a time such as'),
        (("advance", "2m", "3m"), 'unexpected argument "3m"'),
        (("flush",), "the name of a delivery stream is missing"),
        (("reset", "--force"), "there is no option --force"),
        (("reset", "--endpoint"), "--endpoint: a value is missing"),
        (("reset", "--endpoint", "https://x"), '"https://x" is not an endpoint of the form'),
        (("version", "x"), 'unexpected argument "x"'),
        (("help", "x"), 'there is no command "x"'),
    ],
)
def test_a_wrong_command_line_ends_with_2_and_the_reason(arguments, complaint):
    done = run(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert complaint in done.stderr
    assert "--help" in done.stderr


def test_healthcheck_says_whether_somebody_serves(hydrant):
    done = run("healthcheck", "--endpoint", hydrant.url)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("Hydrant ") and done.stdout.endswith(" is serving.\n")


def test_without_a_daemon_the_commands_end_with_1():
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        endpoint = f"http://127.0.0.1:{unused.getsockname()[1]}"
        for arguments in (("healthcheck",), ("reset",), ("advance", "2m"), ("flush", "s")):
            done = run(*arguments, "--endpoint", endpoint)
            assert (done.returncode, done.stdout) == (1, "")
            assert f"no daemon answers at {endpoint} (Connection refused)" in done.stderr


def test_the_endpoint_comes_from_the_environment(hydrant):
    assert run("healthcheck", HYDRANT_ENDPOINT=hydrant.url).returncode == 0
    assert run("healthcheck", AWS_ENDPOINT_URL=hydrant.url).returncode == 0
    nobody = "http://127.0.0.1:1"
    ours_first = run("healthcheck", HYDRANT_ENDPOINT=hydrant.url, AWS_ENDPOINT_URL=nobody)
    assert ours_first.returncode == 0
    flag_first = run("healthcheck", "--endpoint", nobody, HYDRANT_ENDPOINT=hydrant.url)
    assert flag_first.returncode == 1


def test_advance_moves_the_clock_and_tells_the_time(hydrant):
    before = hydrant.admin("GET", "/_hydrant/clock")[1]["now_ms"]
    done = run("advance", "1h30m", "--endpoint", hydrant.url)
    after = hydrant.admin("GET", "/_hydrant/clock")[1]["now_ms"]
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("It is 20") and done.stdout.endswith("Z now; 0 timers ran.\n")
    assert 0 <= after - before - 5_400_000 < 60_000
    done = run("advance", "--to=2095-01-01T00:00:00Z", "--endpoint", hydrant.url)
    assert done.stdout.startswith("It is 2095-01-01T00:00:0")


def test_what_the_daemon_refuses_is_printed(hydrant):
    done = run("advance", "--to", "2001-01-01T00:00:00Z", "--endpoint", hydrant.url)
    assert (done.returncode, done.stdout) == (1, "")
    assert "The clock moves forward only" in done.stderr
    done = run("flush", "no such", "--region", "eu-west-1", "--endpoint", hydrant.url)
    assert (done.returncode, done.stdout) == (1, "")
    assert "no delivery stream no such in account 000000000000, region eu-west-1" in done.stderr


def test_flush_delivers_and_counts(hydrant, client):
    client("s3").create_bucket(Bucket="likes")
    client("firehose").create_delivery_stream(
        DeliveryStreamName="likes",
        ExtendedS3DestinationConfiguration={
            "RoleARN": "arn:aws:iam::000000000000:role/firehose",
            "BucketARN": "arn:aws:s3:::likes",
        },
    )
    client("firehose").put_record(DeliveryStreamName="likes", Record={"Data": b"x"})
    done = run("flush", "likes", "--endpoint", hydrant.url)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == (
        "Flushed likes: 1 object written; 1 record delivered, 0 failed, 0 waiting.\n"
    )
    assert len(client("s3").list_objects_v2(Bucket="likes")["Contents"]) == 1
    done = run("flush", "likes", "--endpoint", hydrant.url)
    assert done.stdout == (
        "Flushed likes: 0 objects written; 0 records delivered, 0 failed, 0 waiting.\n"
    )


def test_reset_empties_the_daemon(hydrant, client):
    client("logs").create_log_group(logGroupName="g")
    done = run("reset", "--endpoint", hydrant.url)
    assert (done.returncode, done.stderr) == (0, "")
    assert client("logs").describe_log_groups()["logGroups"] == []


def test_a_server_that_is_no_hydrant_is_told_apart():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        command = subprocess.Popen(
            [BINARY, "healthcheck", "--endpoint", f"http://127.0.0.1:{listener.getsockname()[1]}"],
            stderr=subprocess.PIPE,
            text=True,
        )
        connection = listener.accept()[0]
        connection.recv(4096)
        connection.sendall(b"220 mail ready\r\n")
        connection.close()
        complaint = command.communicate(timeout=60)[1]
    assert command.returncode == 1
    assert "that is no HTTP server" in complaint


LIKES = pathlib.Path(__file__).parents[2] / "fixtures/likes/likes.c"


def test_cc_compiles_a_transform_that_the_daemon_loads(folder):
    made = folder / "likes.so"
    done = run("cc", str(LIKES), "-o", str(made), "--", "-lcjson", TMPDIR=str(folder))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"Made {made}. Use it: hydrant serve --function NAME={made}\n"
    assert [path.name for path in folder.iterdir()] == ["likes.so"]
    daemon = Daemon(folder, "--function", f"likes={made}").start()
    daemon.stop()


def test_cc_names_the_object_after_the_source_and_tells_what_the_compiler_says(folder):
    source = folder / "mine.c"
    source.write_text("#include <hydrant.h>\nint x = HYDRANT_ABI_MAJOR;\n")
    assert run("cc", str(source)).returncode == 0
    assert (folder / "mine.so").exists()
    source.write_text("#include <hydrant.h>\nint x = ;\n")
    done = run("cc", str(source))
    assert (done.returncode, done.stdout) == (1, "")
    assert "mine.c:2:9: error: " in done.stderr


@pytest.mark.parametrize("arguments, complaint", [
    ((), "the name of a C file is missing"),
    (("a.c", "b.c"), 'unexpected argument "b.c"'),
    (("a.c", "-O3"), "there is no option -O3; put arguments of the compiler behind --"),
    (("a.c", "-o"), "-o takes one file, once"),
])
def test_cc_says_what_it_does_not_understand(arguments, complaint):
    done = run("cc", *arguments)
    assert done.returncode == 2
    assert complaint in done.stderr
