"""The daemon as process 1, as in a container: signals reach it, orphans are reaped, it ends as told."""

import os
import pathlib
import pty
import shutil
import signal
import subprocess

import pytest

import daemon as daemon_module
from daemon import BINARY, Daemon

UNSHARE = ["unshare", "--map-root-user", "--pid", "--fork", "--mount-proc", "--kill-child"]

pytestmark = pytest.mark.skipif(
    shutil.which("unshare") is None
    or subprocess.run([*UNSHARE, "true"], capture_output=True, check=False).returncode != 0,
    reason="this machine lets nobody make a PID namespace",
)

ORPHAN = "#!/bin/sh\n(sh -c 'exit 0' & exec sleep 0) &\nwait\nsetsid sh -c 'sh -c \"exit 5\" & exit 0'\n"
# What has just ended may be seen before process 1 has heard of it; what nobody reaps stays.
ZOMBIES = """
import pathlib
def zombies():
    for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
        if stat.read_text().rpartition(") ")[2].startswith("Z"):
            yield stat.parent.name
for _ in range(10000):
    left = list(zombies())
    if not left:
        break
print("zombies:", left)
"""


class Contained(Daemon):
    """A daemon that is process 1 of a PID namespace; `process` is the unshare outside."""

    def start(self):
        before, daemon_module.PREFIX = daemon_module.PREFIX, UNSHARE
        try:
            return super().start()
        finally:
            daemon_module.PREFIX = before

    def first(self):
        """The process 1, by its number out here."""
        children = pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return int(children.read_text().split()[0])


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_to_process_one_ends_the_daemon_in_order(folder, number):
    daemon = Contained(folder).start()
    os.kill(daemon.first(), number)
    assert daemon.process.wait(timeout=20) == 0
    assert f"{number.name}: stopping" in daemon.log
    assert daemon.log.count("stopping") == 1
    daemon.check_sanitizers()


def test_hangup_reaches_the_daemon_and_does_not_end_it(folder):
    daemon = Contained(folder).start()
    os.kill(daemon.first(), signal.SIGHUP)
    os.kill(daemon.first(), signal.SIGTERM)
    assert daemon.process.wait(timeout=20) == 0
    assert "SIGHUP: the configuration was read again" in daemon.log


def test_orphans_leave_no_zombies(folder, tmp_path):
    scripts = tmp_path / "init" / "ready.d"
    scripts.mkdir(parents=True)
    (scripts / "1.sh").write_text(ORPHAN * 20)
    (scripts / "2.py").write_text(ZOMBIES)
    daemon = Contained(folder, "--init", str(tmp_path / "init")).start()
    assert "2.py: zombies: []" in daemon.log
    os.kill(daemon.first(), signal.SIGTERM)
    assert daemon.process.wait(timeout=20) == 0


def test_the_exit_code_is_the_daemons(folder):
    done = subprocess.run([*UNSHARE, BINARY, "serve", "--no-such-setting"], capture_output=True, check=False)
    assert done.returncode == 2
    assert b"no-such-setting" in done.stderr


def test_a_key_that_interrupts_in_a_terminal_is_one_signal_not_two(folder):
    pid, terminal = pty.fork()
    if pid == 0:
        os.execvp(UNSHARE[0], [*UNSHARE, BINARY, "serve", "--port", "0", "--data", str(folder / "data")])
    said = b""
    while b"Ready." not in said:
        said += os.read(terminal, 4096)
    os.write(terminal, b"\x03")
    try:
        while piece := os.read(terminal, 4096):
            said += piece
    except OSError:
        pass
    os.waitpid(pid, 0)
    assert said.count(b"stopping") == 1, said
