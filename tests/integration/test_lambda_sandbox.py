"""What a function's process has around it: its role's keys, its user, its limits, its /tmp."""

import concurrent.futures
import datetime
import json
import os
import pwd
import subprocess
import sys

import boto3
import pytest

from daemon import PREFIX, Daemon
from runtime_kit import create, invoke

WHO = """
import boto3, os
def handler(event, context):
    who = boto3.client("sts").get_caller_identity()
    return {"arn": who["Arn"], "account": who["Account"], "id": who["UserId"], "pid": os.getpid(),
            "key": os.environ["AWS_ACCESS_KEY_ID"], "token": os.environ["AWS_SESSION_TOKEN"],
            "secret": os.environ["AWS_SECRET_ACCESS_KEY"]}
"""


@pytest.fixture
def arguments():
    return ("--python", sys.executable)


@pytest.fixture
def functions(client):
    return client("lambda")


# ---- keys ----

def test_a_function_calls_aws_as_its_role_in_a_session_of_its_own_name(functions, client):
    document = json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"},
         "Action": "sts:AssumeRole"}]})
    role = client("iam").create_role(RoleName="likes", Path="/service-role/",
                                     AssumeRolePolicyDocument=document)["Role"]
    create(functions, "f", "python3.12", "app.handler", {"app.py": WHO}, Role=role["Arn"])
    who = invoke(functions, "f").payload
    assert who["arn"] == "arn:aws:sts::000000000000:assumed-role/likes/f"
    assert who["account"] == "000000000000"
    assert who["id"] == role["RoleId"] + ":f"
    assert who["key"].startswith("ASIA") and len(who["key"]) == 20


def test_a_role_that_iam_does_not_have_is_called_by_its_name(functions):
    create(functions, "f", "python3.12", "app.handler", {"app.py": WHO})
    who = invoke(functions, "f").payload
    assert who["arn"] == "arn:aws:sts::000000000000:assumed-role/likes/f"
    assert who["id"].startswith("AROA") and who["id"].endswith(":f")


def session_of(daemon, who):
    return boto3.client("sts", endpoint_url=daemon.url, region_name="us-east-1",
                        aws_access_key_id=who["key"], aws_secret_access_key=who["secret"],
                        aws_session_token=who["token"])


def test_keys_outlive_the_process_they_were_given_to(functions, hydrant):
    create(functions, "f", "python3.12", "app.handler", {"app.py": WHO})
    who = invoke(functions, "f").payload
    functions.delete_function(FunctionName="f")
    assert session_of(hydrant, who).get_caller_identity()["Arn"] == who["arn"]


def test_a_process_whose_keys_end_is_followed_by_one_with_new_keys(functions, hydrant):
    create(functions, "f", "python3.12", "app.handler", {"app.py": WHO})
    first = invoke(functions, "f").payload
    assert invoke(functions, "f").payload == first
    hydrant.advance(int(datetime.timedelta(hours=13).total_seconds()))
    second = invoke(functions, "f").payload
    assert second["arn"] == first["arn"]
    assert second["key"] != first["key"] and second["pid"] != first["pid"]
    with pytest.raises(Exception, match="ExpiredToken"):
        session_of(hydrant, first).get_caller_identity()


def test_processes_of_a_function_share_the_keys_of_one_session(functions):
    create(functions, "f", "python3.12", "app.handler", {"app.py": WHO})
    first = invoke(functions, "f").payload
    functions.update_function_configuration(FunctionName="f", Description="another revision")
    second = invoke(functions, "f").payload
    assert second["pid"] != first["pid"]
    assert second["key"] == first["key"]


# ---- who it is, and what it may ----

SELF = """
import os, resource
def handler(event, context):
    status = dict(line.split(":\\t", 1) for line in open("/proc/self/status").read().splitlines())
    limits = {name: resource.getrlimit(getattr(resource, "RLIMIT_" + name)) for name in
              ("NOFILE", "CORE", "MEMLOCK", "NPROC", "STACK", "AS", "DATA", "CPU")}
    handed = [os.readlink(f"/proc/self/fd/{fd}") for fd in os.listdir("/proc/self/fd")
              if os.path.exists(f"/proc/self/fd/{fd}")]
    umask = os.umask(0)
    return {"user": os.getuid(), "group": os.getgid(), "groups": os.getgroups(),
            "no_new_privs": status["NoNewPrivs"], "capabilities": status["CapEff"],
            "session": os.getsid(0) == os.getpid() == os.getpgid(0), "umask": umask,
            "limits": limits, "handed": handed, "root": context and os.getcwd()}
"""


@pytest.fixture
def me(functions):
    create(functions, "f", "python3.12", "app.handler", {"app.py": SELF})
    return invoke(functions, "f").payload


def test_a_process_leads_its_own_session_and_can_gain_no_privileges(me):
    assert (me["session"], me["no_new_privs"], me["umask"]) == (True, "1", 0o022)


def test_a_process_has_no_descriptors_of_the_daemons(me):
    assert {name.split(":")[0] for name in me["handed"]} <= {"/dev/null", "pipe", "socket"}


def test_a_process_has_awss_limits(me):
    limits = me["limits"]
    assert limits["NOFILE"] == [1024, 1024]
    assert limits["MEMLOCK"] == [64 * 1024, 64 * 1024]
    assert limits["STACK"][0] == 8 * 1024 * 1024
    assert limits["CORE"] == [0, 0]
    assert limits["AS"] == limits["DATA"] == limits["CPU"] == [-1, -1]


as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can run it as another user")


@as_root
def test_a_daemon_of_roots_runs_functions_as_nobody(me):
    nobody = pwd.getpwnam("nobody")
    assert (me["user"], me["group"], me["groups"]) == (nobody.pw_uid, nobody.pw_gid, [])
    assert int(me["capabilities"], 16) == 0
    assert me["limits"]["NPROC"] == [742, 742]


def user_of(folder, *arguments):
    daemon = Daemon(folder, "--python", sys.executable, *arguments).start()
    try:
        functions = boto3.client("lambda", endpoint_url=daemon.url, region_name="us-east-1",
                                 aws_access_key_id="x", aws_secret_access_key="x")
        create(functions, "f", "python3.12", "app.handler", {"app.py": SELF})
        me = invoke(functions, "f").payload
        return me["user"], me["group"]
    finally:
        daemon.stop()


@as_root
@pytest.mark.parametrize("given, who", [
    ("daemon", (1, 1)), ("1234", (1234, 1234)), ("1234:4321", (1234, 4321)), ("root", (0, 0))])
def test_the_user_of_functions_can_be_chosen(folder, given, who):
    assert user_of(folder, "--function-user", given) == who


def test_a_user_that_is_not_there_is_said_so_at_start(folder):
    with pytest.raises(Exception):
        Daemon(folder, "--function-user", "no-such-user").start()
    assert "there is no --function-user: not found" in (folder / "log").read_text()


@as_root
def test_a_function_cannot_read_the_daemons_data_nor_change_its_own_code(functions, hydrant):
    create(functions, "f", "python3.12", "app.handler", {"app.py": """
import errno, os
def attempt(what, *arguments):
    try:
        return str(what(*arguments))
    except OSError as error:
        return errno.errorcode[error.errno]
def handler(event, context):
    code = os.environ["LAMBDA_TASK_ROOT"]
    return [attempt(open, event + "/hydrant.db"), attempt(os.listdir, event),
            attempt(open, code + "/new", "w"), attempt(os.chmod, code, 0o777),
            attempt(os.kill, os.getppid(), 0), os.getcwd() == code]
"""})
    answer = invoke(functions, "f", str(hydrant.data / "main")).payload
    assert answer[0] in ("ENOENT", "EACCES")
    assert answer[1] in ("['functions']", "EACCES", "ENOENT")
    assert answer[2:] == ["EROFS", "EROFS", "EPERM", True]


# ---- /tmp ----

KEEP = """
import os, pathlib, time
def handler(event, context):
    place = pathlib.Path("/tmp/kept")
    found = sorted(p.name for p in place.parent.iterdir() if p.is_file())
    place.write_text(place.read_text() + "x" if place.exists() else "x")
    if event == "die":
        os._exit(3)
    if event == "hang":
        time.sleep(60)
    return {"found": found, "kept": place.read_text(), "pid": os.getpid(),
            "same": os.path.samefile("/tmp", os.environ["TMPDIR"])}
"""


@as_root
def test_tmp_is_a_functions_own_and_survives_between_warm_invocations(functions):
    for name in "f", "g":
        create(functions, name, "python3.12", "app.handler", {"app.py": KEEP})
    first = invoke(functions, "f").payload
    assert (first["found"], first["kept"], first["same"]) == ([], "x", True)
    second = invoke(functions, "f").payload
    assert (second["found"], second["kept"], second["pid"]) == (["kept"], "xx", first["pid"])
    assert invoke(functions, "g").payload["found"] == []


@as_root
@pytest.mark.parametrize("end", ["die", "hang"])
def test_tmp_survives_a_crash_and_a_time_out(functions, end):
    create(functions, "f", "python3.12", "app.handler", {"app.py": KEEP}, Timeout=1)
    assert invoke(functions, "f", end).error == "Unhandled"
    assert invoke(functions, "f").payload["kept"] == "xx"


@as_root
def test_a_new_revision_begins_with_an_empty_tmp(functions):
    create(functions, "f", "python3.12", "app.handler", {"app.py": KEEP})
    invoke(functions, "f", "die")
    invoke(functions, "f")
    functions.update_function_configuration(FunctionName="f", Description="another")
    assert invoke(functions, "f").payload["found"] == []


@as_root
def test_processes_at_the_same_time_have_a_tmp_each(functions, client):
    client("s3").create_bucket(Bucket="bucket")
    create(functions, "f", "python3.12", "app.handler", {"app.py": """
import boto3, os, pathlib
s3 = boto3.client("s3")
def handler(event, context):
    found = [p.name for p in pathlib.Path("/tmp").iterdir() if p.is_file()]
    pathlib.Path("/tmp", str(event)).write_text("")
    s3.put_object(Bucket="bucket", Key=str(event))
    while s3.list_objects_v2(Bucket="bucket")["KeyCount"] < 3:
        pass
    return found
"""}, Timeout=60)
    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        found = list(pool.map(lambda n: invoke(functions, "f", n).payload, range(3)))
    assert found == [[], [], []]


def kept(hydrant):
    return sorted(p.name for p in (hydrant.data / "main/functions/.tmp").iterdir())


@as_root
def test_what_a_function_keeps_goes_with_it_and_what_a_killed_daemon_left_at_the_next_start(
        functions, hydrant):
    for name in "f", "g":
        create(functions, name, "python3.12", "app.handler", {"app.py": KEEP})
        invoke(functions, name)
    assert kept(hydrant) == ["000000000000.us-east-1.f.0", "000000000000.us-east-1.g.0"]
    functions.delete_function(FunctionName="f")
    while len(kept(hydrant)) > 1:
        os.sched_yield()
    assert kept(hydrant) == ["000000000000.us-east-1.g.0"]
    hydrant.kill()
    assert kept(hydrant) == ["000000000000.us-east-1.g.0"]
    hydrant.start()
    assert kept(hydrant) == []


# ---- where not everything is allowed ----

CAN_UNSHARE = subprocess.run(["setpriv", "--reuid=1234", "--regid=1234", "--clear-groups",
                              "unshare", "--user", "--mount", "--map-current-user", "true"],
                             capture_output=True, check=False).returncode == 0


@pytest.fixture
def daemon_by(folder, monkeypatch):
    """daemon_by("setpriv", ...): a client of a daemon started with these words before it."""
    started = []
    folder.chmod(0o777)

    def start(*words, data=None):
        monkeypatch.setattr("daemon.PREFIX", list(words) + PREFIX)
        daemon = Daemon(folder, "--python", sys.executable, data=data).start()
        started.append(daemon)
        return boto3.client("lambda", endpoint_url=daemon.url, region_name="us-east-1",
                            aws_access_key_id="x", aws_secret_access_key="x")

    yield start
    for daemon in started:
        daemon.stop()


@as_root
def test_without_the_right_to_mount_functions_are_still_nobodys(daemon_by, folder):
    functions = daemon_by("setpriv", "--bounding-set=-sys_admin", "--inh-caps=-sys_admin")
    create(functions, "f", "python3.12", "app.handler", {"app.py": SELF})
    assert invoke(functions, "f").payload["user"] == pwd.getpwnam("nobody").pw_uid
    create(functions, "g", "python3.12", "app.handler", {"app.py": """
import os, pathlib, tempfile
def handler(event, context):
    pathlib.Path(tempfile.gettempdir(), "kept").write_text("x")
    readable = [os.access(f"{event}/{name}", os.R_OK) for name in
                (".", "hydrant.db", "blobs", "s3", "functions")]
    return [tempfile.gettempdir(), readable]
"""})
    place, readable = invoke(functions, "g", str(folder / "data/main")).payload
    assert place == str(folder / "data/main/functions/.tmp/000000000000.us-east-1.g.0")
    assert readable == [False] * 5


@as_root
def test_where_nobody_may_read_its_code_a_function_runs_as_root_and_says_so(daemon_by, folder):
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    functions = daemon_by("setpriv", "--bounding-set=-sys_admin", "--inh-caps=-sys_admin",
                          data=closed / "data")
    create(functions, "f", "python3.12", "app.handler", {"app.py": SELF})
    answer = invoke(functions, "f")
    assert answer.payload["user"] == 0
    assert "[hydrant] user 65534 cannot read " in answer.log


@as_root
@pytest.mark.skipif(not CAN_UNSHARE, reason="users may make no namespaces here")
def test_a_daemon_of_somebodys_gives_functions_a_tmp_of_their_own(daemon_by):
    functions = daemon_by("setpriv", "--reuid=1234", "--regid=1234", "--clear-groups")
    create(functions, "f", "python3.12", "app.handler", {"app.py": KEEP})
    first = invoke(functions, "f").payload
    assert (first["found"], first["kept"], first["same"]) == ([], "x", True)
    create(functions, "g", "python3.12", "app.handler", {"app.py": SELF})
    me = invoke(functions, "g").payload
    assert (me["user"], int(me["capabilities"], 16)) == (1234, 0)
