"""Starting where it cannot be, ending at bad moments: exit codes, words, what is left behind."""

import fcntl
import os
import pty
import signal
import socket
import sqlite3
import subprocess
import termios
import threading
import time

import pytest

from daemon import BINARY, Daemon

UPLOAD = (
    b"PUT /bucket/key HTTP/1.1\r\nHost: h\r\n"
    b"Authorization: AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/s3/aws4_request, "
    b"SignedHeaders=host, Signature=00\r\nX-Amz-Date: 20260101T000000Z\r\n"
    b"x-amz-content-sha256: UNSIGNED-PAYLOAD\r\nContent-Length: 1000000\r\n\r\n"
)


def end(daemon, *numbers):
    """Send the signals; (exit code, log)."""
    for number in numbers:
        daemon.process.send_signal(number)
    code = daemon.process.wait(timeout=20)
    daemon.process.stdout.close()
    daemon.check_sanitizers()
    return code, daemon.log


def serve(*arguments, **environment):
    """A daemon that is not expected to come up: (exit code, standard error)."""
    done = subprocess.run(
        [BINARY, "serve", "--port", "0", *map(str, arguments)],
        env={"PATH": "/usr/bin:/bin", **environment},
        capture_output=True,
        timeout=20,
        check=False,
        text=True,
    )
    assert done.stdout == ""
    return done.returncode, done.stderr


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_daemon_that_has_nothing_to_do_ends_without_waiting(folder, number):
    daemon = Daemon(folder)
    for _ in range(10):
        code, log = end(daemon.start(), number)
        assert code == 0
        assert "did not end in time" not in log


def test_open_connections_do_not_hold_up_the_end(hydrant):
    opened = [socket.create_connection(("127.0.0.1", hydrant.port)) for _ in range(20)]
    opened[0].sendall(b"GET /_hydrant/health HTTP/1.1\r\nHost: h\r\n\r\n")
    assert opened[0].recv(4096).startswith(b"HTTP/1.1 200")
    code, log = end(hydrant, signal.SIGTERM)
    assert code == 0
    assert "did not end in time" not in log
    for connection in opened:
        connection.close()


def test_clients_that_left_in_mid_request_do_not_hold_up_the_end(hydrant, client):
    client("s3").create_bucket(Bucket="bucket")
    for sent in (UPLOAD[:50], UPLOAD, UPLOAD + b"x" * 5000, UPLOAD + b"x" * 300000) * 10:
        with socket.create_connection(("127.0.0.1", hydrant.port)) as connection:
            connection.sendall(sent)
    hydrant.admin("GET", "/_hydrant/health")
    code, log = end(hydrant, signal.SIGTERM)
    assert code == 0
    assert "did not end in time" not in log


def test_an_upload_that_does_not_end_is_not_waited_for_long(hydrant, client):
    client("s3").create_bucket(Bucket="bucket")
    with socket.create_connection(("127.0.0.1", hydrant.port)) as upload:
        upload.sendall(UPLOAD + b"x" * 300000)
        hydrant.admin("GET", "/_hydrant/health")
        before = time.monotonic()
        code, _ = end(hydrant, signal.SIGTERM)
        assert code == 0
        assert time.monotonic() - before < 5
    again = Daemon(hydrant.folder).start()
    left = [name for _, _, names in os.walk(again.data / "main/blobs") for name in names]
    again.stop()
    assert left == ["epoch"]


def temporary_folders(folder):
    return [name for name in os.listdir(folder) if name.startswith("hydrant-")]


@pytest.mark.parametrize("numbers", [[signal.SIGTERM], [signal.SIGTERM, signal.SIGTERM]])
def test_an_ephemeral_daemon_leaves_nothing_even_when_it_ends_in_a_hurry(
    folder, numbers, monkeypatch
):
    monkeypatch.setenv("TMPDIR", str(folder))
    daemon = Daemon(folder, "--ephemeral").start()
    assert len(temporary_folders(folder)) == 1
    with socket.create_connection(("127.0.0.1", daemon.port)) as upload:
        upload.sendall(UPLOAD[:60])
        daemon.admin("GET", "/_hydrant/health")
        code, _ = end(daemon, *numbers)
    assert code == 0
    assert temporary_folders(folder) == []


def test_a_move_of_the_clock_under_way_does_not_hold_up_the_end(hydrant):
    def move():
        try:
            hydrant.admin("POST", "/_hydrant/clock/advance", {"by": "3000d"})
        except OSError:
            pass  # cut off: the daemon has ended

    mover = threading.Thread(target=move)
    mover.start()
    code, _ = end(hydrant, signal.SIGTERM)
    mover.join()
    assert code == 0


def test_two_daemons_do_not_share_a_folder(hydrant):
    code, words = serve("--data", hydrant.data)
    assert code == 1
    assert f"another Hydrant is using {hydrant.data}" in words


def test_a_port_in_use_is_said_so(hydrant, folder):
    code, words = serve("--data", folder / "other", "--port", hydrant.port)
    assert code == 1
    assert f"cannot listen on 127.0.0.1 port {hydrant.port}: it is in use" in words


def test_a_database_of_a_newer_version_is_left_alone(folder):
    daemon = Daemon(folder).start()
    daemon.stop()
    database = sqlite3.connect(daemon.data / "main/hydrant.db")
    database.execute("PRAGMA user_version = 999")
    database.close()
    code, words = serve("--data", daemon.data)
    assert code == 1
    assert f"the data in {daemon.data} was written by a newer Hydrant" in words


def test_a_database_that_is_no_hydrants_is_left_alone(folder):
    (folder / "main").mkdir()
    database = sqlite3.connect(folder / "main/hydrant.db")
    database.execute("CREATE TABLE mine(a)")
    database.commit()
    code, words = serve("--data", folder)
    assert code == 1
    assert f"the data in {folder} is damaged or not Hydrant's" in words
    assert database.execute("SELECT name FROM sqlite_schema").fetchall() == [("mine",)]
    database.close()


def test_a_file_in_place_of_the_data_folder_is_named(folder):
    (folder / "file").write_text("x")
    for path in (folder / "file", folder / "file/below"):
        code, words = serve("--data", path)
        assert code == 1
        assert str(path) in words
    assert "a file is in its way" in serve("--data", folder / "file")[1]


def test_a_folder_without_permission_is_said_so(folder):
    """/proc refuses everybody, root too."""
    code, words = serve("--data", "/proc/sys/hydrant")
    assert code == 1
    assert "cannot make the data folder /proc/sys/hydrant: " in words


@pytest.mark.parametrize(
    "path, reason",
    [("/nowhere/x.so", "/nowhere/x.so: cannot be opened: not found"), (BINARY, "hydrant: ")],
)
def test_a_function_that_cannot_be_loaded_ends_the_start(folder, path, reason):
    code, words = serve("--data", folder, "--function", f"likes={path}")
    assert code == 1
    assert f"--function likes={path}: " in words
    assert reason in words


def start_in_terminal(folder):
    """A daemon that leads a session on a terminal of its own; the terminal's other end."""
    ours, its = pty.openpty()
    process = subprocess.Popen(
        [BINARY, "serve", "--port", "0", "--data", str(folder / "data")],
        stdout=subprocess.PIPE, stderr=its, start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(2, termios.TIOCSCTTY, 0),
    )
    os.close(its)
    assert any(line == b"Ready.\n" for line in process.stdout)
    return process, ours


def test_a_daemon_ends_with_its_terminal(folder):
    process, terminal = start_in_terminal(folder)
    os.close(terminal)
    assert process.wait(timeout=30) == 0
    process.stdout.close()


def test_a_hangup_is_no_end_while_the_terminal_is_there(folder):
    process, terminal = start_in_terminal(folder)
    process.send_signal(signal.SIGHUP)
    said = b""
    while b"the configuration was read again" not in said:
        said += os.read(terminal, 4096)
    assert process.poll() is None
    process.terminate()
    assert process.wait(timeout=30) == 0
    process.stdout.close()
    os.close(terminal)
