"""Starting the real binary, stopping it, and talking to its admin API."""

import json
import os
import pathlib
import shlex
import signal
import subprocess
import urllib.error
import urllib.request

BINARY = os.environ.get("HYDRANT", str(pathlib.Path(__file__).parents[2] / "build/dev/hydrant"))
PREFIX = shlex.split(os.environ.get("HYDRANT_PREFIX", ""))  # such as valgrind and its options
SANITIZER_MARKS = ("AddressSanitizer", "LeakSanitizer", "runtime error:", "ThreadSanitizer")


class Daemon:
    """One hydrant process on a free port."""

    def __init__(self, folder, *arguments, data=None):
        self.folder = pathlib.Path(folder)
        self.data = pathlib.Path(data) if data else self.folder / "data"
        self.arguments = arguments
        self.process = None
        self.port = None

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self):
        return (self.folder / "log").read_text(errors="replace")

    def start(self):
        command = [*PREFIX, BINARY, "serve", "--port", "0", "--data", str(self.data)]
        environment = {
            key: value
            for key, value in os.environ.items()
            if not key.startswith(("AWS_", "HYDRANT_"))
        }
        with open(self.folder / "log", "ab") as log:
            self.process = subprocess.Popen(
                [*command, *self.arguments], stdout=subprocess.PIPE, stderr=log, env=environment
            )
        for line in self.process.stdout:
            text = line.decode().strip()
            if text.startswith("Listening on "):
                self.port = int(text.rsplit(":", 1)[1])
            if text == "Ready.":
                return self
        raise AssertionError(f"the daemon ended before it was ready:\n{self.log}")

    def stop(self):
        """End it as a service manager would; the exit code and the log must be clean."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(timeout=30)
        self.process.stdout.close()
        assert code == 0, f"exit code {code}:\n{self.log}"
        self.check_sanitizers()

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def check_sanitizers(self):
        found = [mark for mark in SANITIZER_MARKS if mark in self.log]
        assert not found, self.log

    def admin(self, method, path, body=None):
        """(status, parsed JSON) of an admin call."""
        data = json.dumps(body).encode() if body is not None else b"" if method == "POST" else None
        request = urllib.request.Request(self.url + path, data=data, method=method)
        if body is not None:
            request.add_header("Content-Type", "application/json")
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read() or b"null")

    def advance(self, seconds):
        status, answer = self.admin("POST", "/_hydrant/clock/advance", {"by": f"{seconds}s"})
        assert status == 200, answer
        return answer

    def flush(self, stream):
        status, answer = self.admin("POST", f"/_hydrant/firehose/{stream}/flush")
        assert status == 200, answer
        return answer
