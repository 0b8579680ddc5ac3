"""Scripts that run with the daemon: order, stages, environment, failures, and what is told of them."""

import os
import signal
import subprocess

import pytest

from daemon import BINARY, Daemon

PYTHON = os.sys.executable


@pytest.fixture
def init(tmp_path):
    """Writes scripts; returns what the daemon is to be started with."""

    def write(path, text, mode=0o755):
        file = tmp_path / "init" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        file.chmod(mode)

    write.folder = tmp_path / "init"
    write.said = tmp_path / "said"
    return write


def say(init, word):
    return f"#!/bin/sh\necho {word} >> {init.said}\n"


def start(folder, init, *arguments):
    return Daemon(folder, "--init", str(init.folder), "--python", PYTHON, *arguments).start()


def words(init):
    return init.said.read_text().split()


def states(daemon, where="/_localstack/init"):
    answer = daemon.admin("GET", where)[1]
    return answer["completed"], [(s["stage"], s["name"], s["state"]) for s in answer["scripts"]]


def test_scripts_run_in_the_order_of_stages_then_names_then_folders(folder, init):
    for path in ("ready.d/b.sh", "ready.d/a.sh", "ready.d/z/1.sh", "ready.d/m/2.sh", "ready.d/m/n/3.sh"):
        init(path, say(init, path))
    init("boot.d/x.sh", say(init, "boot"))
    init("start.d/x.sh", say(init, "start"))
    init("shutdown.d/x.sh", say(init, "shutdown"))
    daemon = start(folder, init)
    assert words(init) == [
        "boot", "start", "ready.d/a.sh", "ready.d/b.sh", "ready.d/m/2.sh", "ready.d/m/n/3.sh", "ready.d/z/1.sh",
    ]
    daemon.stop()
    assert words(init)[-1] == "shutdown"


def test_ready_comes_when_the_scripts_of_ready_are_done(folder, init):
    init(
        "ready.d/10-bucket.py",
        "import boto3\nboto3.client('s3').create_bucket(Bucket='made-at-the-start')\n",
    )
    init("ready.d/20-look.sh", f"#!/bin/sh\n{PYTHON} -c 'import urllib.request as u, os;"
         f" print(u.urlopen(os.environ[\"AWS_ENDPOINT_URL\"] + \"/_localstack/init/ready\").read())'\n")
    daemon = start(folder, init)
    assert daemon.admin("GET", "/_localstack/init/ready")[1] == {
        "completed": True,
        "scripts": [
            {"stage": "READY", "name": "10-bucket.py", "state": "SUCCESSFUL"},
            {"stage": "READY", "name": "20-look.sh", "state": "SUCCESSFUL"},
        ],
    }
    assert '"completed":false' in daemon.log and '"state":"RUNNING"' in daemon.log
    import boto3

    s3 = boto3.client("s3", endpoint_url=daemon.url, region_name="us-east-1",
                      aws_access_key_id="test", aws_secret_access_key="test")
    assert [b["Name"] for b in s3.list_buckets()["Buckets"]] == ["made-at-the-start"]
    daemon.stop()


def test_the_health_check_waits_for_the_scripts_of_ready(folder, init):
    init("ready.d/1.sh", f"#!/bin/sh\n{BINARY} healthcheck --endpoint $AWS_ENDPOINT_URL; echo code $?\n")
    daemon = start(folder, init)
    assert "1.sh: Hydrant 0.1.0 is not ready: scripts of its start still run." in daemon.log
    assert "1.sh: code 1" in daemon.log
    done = subprocess.run([BINARY, "healthcheck", "--endpoint", daemon.url], capture_output=True, check=False)
    assert (done.returncode, done.stdout) == (0, b"Hydrant 0.1.0 is serving.\n")
    daemon.stop()


def test_a_script_that_fails_is_told_of_and_does_not_stop_the_others(folder, init):
    init("ready.d/1.sh", "#!/bin/sh\necho no good >&2\nexit 3\n")
    init("ready.d/2.py", "raise SystemExit(1)\n")
    init("ready.d/3.sh", "#!/bin/sh\nkill -9 $$\n")
    init("ready.d/4.sh", say(init, "still"))
    init("ready.d/5.txt", "not a script")
    daemon = start(folder, init)
    completed, scripts = states(daemon)
    assert completed == {"BOOT": True, "START": True, "READY": True, "SHUTDOWN": False}
    assert scripts == [
        ("READY", "1.sh", "ERROR"),
        ("READY", "2.py", "ERROR"),
        ("READY", "3.sh", "ERROR"),
        ("READY", "4.sh", "SUCCESSFUL"),
    ]
    assert words(init) == ["still"]
    assert "1.sh: no good" in daemon.log
    assert "ready.d/1.sh: exit code 3" in daemon.log
    assert "ready.d/3.sh: ended by signal 9" in daemon.log
    daemon.stop()


def test_a_shell_script_need_not_be_executable(folder, init):
    init("ready.d/1.sh", say(init, "ran"), mode=0o644)
    daemon = start(folder, init)
    assert words(init) == ["ran"]
    daemon.stop()


def test_a_script_that_cannot_be_run_is_an_error_and_not_the_end(folder, init):
    init("ready.d/1.sh", "#!/no/such/program\n")
    daemon = start(folder, init)
    assert states(daemon)[1] == [("READY", "1.sh", "ERROR")]
    assert "ready.d/1.sh: cannot be run" in daemon.log
    daemon.stop()


def test_scripts_see_this_daemon_and_no_real_account(folder, init, monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAREALREALREALREAL")
    monkeypatch.setenv("AWS_PROFILE", "production")
    init("ready.d/1.sh", f"#!/bin/sh\nenv > {init.said}\n")
    daemon = start(folder, init, "--region", "eu-west-3")
    seen = dict(line.split("=", 1) for line in init.said.read_text().splitlines() if "=" in line)
    assert seen["AWS_ENDPOINT_URL"] == daemon.url
    assert seen["AWS_ACCESS_KEY_ID"] == "test"
    assert seen["AWS_DEFAULT_REGION"] == "eu-west-3"
    assert "AWS_PROFILE" not in seen
    daemon.stop()


def test_folders_come_in_the_order_given_and_need_not_exist(folder, init, tmp_path):
    init("ready.d/9.sh", say(init, "first"))
    other = tmp_path / "other" / "ready.d"
    other.mkdir(parents=True)
    (other / "1.sh").write_text(say(init, "second"))
    daemon = start(folder, init, "--init", str(tmp_path / "missing"), "--init", str(tmp_path / "other"))
    assert words(init) == ["first", "second"]
    daemon.stop()


def test_what_a_script_writes_cannot_flood_a_line_of_the_log(folder, init):
    init("ready.d/1.sh", "#!/bin/sh\nhead -c 100000 /dev/zero | tr '\\0' x\n")
    daemon = start(folder, init)
    lines = [line for line in daemon.log.splitlines() if "xxxx" in line]
    assert sum(line.count("x") for line in lines) >= 100000
    assert max(map(len, lines)) < 1200
    daemon.stop()


def test_more_scripts_than_the_most_there_may_be_are_refused_at_the_start(folder, init):
    for i in range(257):
        init(f"ready.d/{i:03}.sh", "#!/bin/sh\n")
    done = subprocess.run(
        [BINARY, "serve", "--port", "0", "--data", folder / "data", "--init", init.folder],
        capture_output=True, text=True, timeout=20, check=False,
    )
    assert done.returncode == 1
    assert "cannot read the scripts in" in done.stderr and "ready.d" in done.stderr


@pytest.mark.parametrize("stage", ["boot.d", "start.d", "ready.d"])
def test_a_daemon_told_to_end_does_not_wait_for_the_scripts_of_its_start(folder, init, stage):
    os.mkfifo(folder / "begun")
    init(f"{stage}/1.sh", f"#!/bin/sh\necho > {folder}/begun\nexec tail -f /dev/null\n")
    init(f"{stage}/2.sh", say(init, "never"))
    process = subprocess.Popen(
        [BINARY, "serve", "--port", "0", "--data", folder / "data", "--init", init.folder],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )
    with open(folder / "begun", encoding="utf-8") as begun:
        begun.read()
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=20)
    assert process.returncode == 0, err
    assert b"Ready." not in out
    assert not init.said.exists()
    assert b"Sanitizer" not in err


def test_requests_are_still_taken_while_the_scripts_of_the_end_run(folder, init):
    init(
        "shutdown.d/1.py",
        "import os, urllib.request\n"
        f"open({str(init.said)!r}, 'wb').write(\n"
        "    urllib.request.urlopen(os.environ['AWS_ENDPOINT_URL'] + '/_localstack/init/shutdown').read())\n",
    )
    daemon = start(folder, init)
    daemon.stop()
    assert b'"state":"RUNNING"' in init.said.read_bytes()


def test_a_second_signal_ends_at_once_and_takes_the_script_along(folder, init):
    os.mkfifo(folder / "begun")
    init("shutdown.d/1.sh", f"#!/bin/sh\necho $$ > {folder}/begun\nexec tail -f /dev/null\n")
    daemon = start(folder, init)
    daemon.process.send_signal(signal.SIGTERM)
    with open(folder / "begun", encoding="utf-8") as begun:
        script = int(begun.read())
    daemon.stop()
    with pytest.raises(ProcessLookupError):
        while True:
            os.kill(script, 0)


def test_stages_go_by_their_names_in_any_case_and_there_are_no_others(hydrant):
    assert hydrant.admin("GET", "/_localstack/init/READY")[1] == {"completed": True, "scripts": []}
    status, answer = hydrant.admin("GET", "/_localstack/init/steady")
    assert status == 404
    assert answer["error"]["code"] == "NotFound"
