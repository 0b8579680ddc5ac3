"""`hydrant exec -- command`, and how a daemon that was started by another program is waited for."""

import json
import os
import signal
import socket
import subprocess
import sys

import pytest

from daemon import BINARY, SANITIZER_MARKS, Daemon


def environment(**more):
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "HYDRANT_"))}
    return {**kept, **more}


def execute(*arguments, **variables):
    done = subprocess.run([BINARY, "exec", *arguments], env=environment(**variables),
                          capture_output=True, timeout=120, check=False, text=True)
    assert not any(mark in done.stderr for mark in SANITIZER_MARKS), done.stderr
    return done


def python(code):
    return ("--", sys.executable, "-c", code)


SHOW = python("import json, os; print(json.dumps(dict(os.environ)))")


def test_the_command_finds_an_empty_daemon_through_its_environment():
    done = execute(*python(
        "import boto3; s3 = boto3.client('s3'); before = s3.list_buckets()['Buckets'];"
        "s3.create_bucket(Bucket='made');"
        "print(before, [b['Name'] for b in s3.list_buckets()['Buckets']])"
    ))
    assert (done.returncode, done.stdout, done.stderr) == (0, "[] ['made']\n", "")


def test_what_leads_to_a_real_account_is_not_passed_on():
    done = execute(*SHOW, AWS_ACCESS_KEY_ID="AKIA", AWS_SESSION_TOKEN="t", AWS_PROFILE="prod",
                   AWS_ENDPOINT_URL_S3="https://s3", NO_PROXY="x", HTTP_PROXY="http://p", OTHER="o")
    seen = json.loads(done.stdout)
    assert seen["AWS_ENDPOINT_URL"].startswith("http://127.0.0.1:")
    assert seen["HYDRANT_ENDPOINT"] == seen["AWS_ENDPOINT_URL"]
    assert (seen["AWS_ACCESS_KEY_ID"], seen["AWS_SECRET_ACCESS_KEY"]) == ("test", "test")
    assert (seen["AWS_REGION"], seen["AWS_DEFAULT_REGION"]) == ("us-east-1", "us-east-1")
    assert (seen["NO_PROXY"], seen["OTHER"]) == ("127.0.0.1,localhost,x", "o")
    assert not {"AWS_SESSION_TOKEN", "AWS_PROFILE", "AWS_ENDPOINT_URL_S3"} & set(seen)


def test_the_region_is_the_callers_or_else_the_settings():
    assert json.loads(execute(*SHOW, AWS_REGION="eu-west-1").stdout).get("AWS_DEFAULT_REGION") is None
    chosen = json.loads(execute("--region", "eu-north-1", *SHOW).stdout)
    assert chosen["AWS_DEFAULT_REGION"] == "eu-north-1"


@pytest.mark.parametrize("code", [0, 1, 5, 255])
def test_the_exit_code_is_the_commands(code):
    assert execute(*python(f"raise SystemExit({code})")).returncode == code


def test_a_command_that_a_signal_ends_is_128_and_the_signal():
    assert execute(*python("import os; os.kill(os.getpid(), 9)")).returncode == 137


def test_a_command_that_is_not_there_is_127():
    done = execute("--", "no-such-program")
    assert done.returncode == 127
    assert done.stderr == "hydrant exec: cannot run no-such-program: not found\n"


@pytest.mark.parametrize("arguments, complaint", [
    ((), "the command is missing behind --"),
    (("--prot", "1", "--", "true"), "there is no setting --prot; did you mean --port?"),
])
def test_a_wrong_line_runs_nothing(arguments, complaint):
    done = execute(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert complaint in done.stderr


def test_nothing_is_left_behind(folder):
    done = execute(*SHOW, TMPDIR=str(folder))
    port = int(json.loads(done.stdout)["AWS_ENDPOINT_URL"].rsplit(":", 1)[1])
    assert list(folder.iterdir()) == []
    with socket.socket() as client:
        assert client.connect_ex(("127.0.0.1", port)) != 0


WAIT = python(
    "import signal, sys\n"
    "signal.signal(signal.SIGTERM, lambda *_: sys.exit(7))\n"
    "print('waiting', flush=True)\n"
    "while True: signal.pause()"
)


def test_a_signal_goes_on_to_the_command():
    process = subprocess.Popen([BINARY, "exec", *WAIT], env=environment(), stdout=subprocess.PIPE)
    assert process.stdout.readline() == b"waiting\n"
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=60) == 7
    process.stdout.close()


def test_a_daemon_that_dies_under_the_command_is_told():
    done = execute(*python(
        "import os, signal; parent = os.getppid(); children ="
        " open(f'/proc/{parent}/task/{parent}/children').read().split();"
        "daemon = [int(c) for c in children if int(c) != os.getpid()][0]; os.kill(daemon, 9)"
    ))
    assert done.returncode == 1
    assert "the daemon ended" in done.stderr and "exit code 137" in done.stderr


def test_the_descriptor_gets_the_url_and_the_file_the_port(folder):
    reader, writer = os.pipe()
    port_file = folder / "port"
    process = subprocess.Popen(
        [BINARY, "serve", "--port", "0", "--ephemeral", "--ready-fd", str(writer),
         "--port-file", str(port_file)],
        env=environment(), stdout=subprocess.DEVNULL, pass_fds=[writer],
    )
    os.close(writer)
    with open(reader) as pipe:
        url = pipe.read()
    assert url == f"http://127.0.0.1:{port_file.read_text().strip()}\n"
    process.terminate()
    assert process.wait(timeout=60) == 0
    assert list(folder.iterdir()) == []


def test_a_service_managers_socket_is_served_and_it_is_told(folder):
    """As systemd does it: descriptor 3 listens, LISTEN_PID is the process, messages on a socket."""
    told = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    told.bind(str(folder / "notify"))
    told.settimeout(60)
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    start = (
        "import os, sys; os.dup2(int(sys.argv[1]), 3); os.set_inheritable(3, True);"
        "os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS='1');"
        "os.execv(sys.argv[2], sys.argv[2:])"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", start, str(listener.fileno()), BINARY, "serve", "--ephemeral"],
        env=environment(NOTIFY_SOCKET=str(folder / "notify")), pass_fds=[listener.fileno()],
        stdout=subprocess.PIPE,
    )
    listener.close()
    assert told.recv(256) == b"READY=1"
    daemon = Daemon(folder)
    daemon.port = port
    assert daemon.admin("GET", "/_hydrant/health")[0] == 200
    process.send_signal(signal.SIGHUP)
    assert told.recv(256).startswith(b"RELOADING=1\nMONOTONIC_USEC=")
    assert told.recv(256) == b"READY=1"
    process.terminate()
    assert told.recv(256) == b"STOPPING=1"
    assert process.wait(timeout=60) == 0
    process.stdout.close()
    told.close()


def reload(daemon, mark):
    """SIGHUP, and wait until the log has one more line with the mark."""
    daemon.process.send_signal(signal.SIGHUP)
    while mark not in daemon.log:
        daemon.admin("GET", "/_hydrant/health")
    return daemon.log


def test_a_hangup_reads_the_file_again_and_names_what_has_to_wait(folder):
    file = folder / "hydrant.conf"
    file.write_text("log-level = info\n")
    daemon = Daemon(folder, "--config", str(file)).start()
    file.write_text("log-level = debug\nlog-format = json\nregion = eu-west-1\n")
    log = reload(daemon, "read again")
    lines = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
    assert [line["level"] for line in lines[:2]] == ["warning", "info"]
    assert lines[0]["message"] == "SIGHUP: these settings take effect at the next start: region"
    daemon.admin("GET", "/_hydrant/clock")
    answers = [json.loads(line) for line in daemon.log.splitlines() if "GetClock" in line]
    assert answers[-1]["message"] == "AWS hydrant.GetClock => 200"
    assert list(answers[-1]) == ["time", "level", "message"]
    daemon.stop()


def test_a_hangup_with_a_mistake_in_the_file_changes_nothing(folder):
    file = folder / "hydrant.conf"
    file.write_text("log-level = info\n")
    daemon = Daemon(folder, "--config", str(file)).start()
    file.write_text("log-levle = debug\n")
    log = reload(daemon, "stays as it was")
    assert f"{file}:1: there is no setting log-levle; did you mean log-level?" in log
    daemon.admin("GET", "/_hydrant/clock")
    assert "GetClock" not in daemon.log
    daemon.stop()
