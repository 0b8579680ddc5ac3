"""Containers without an engine: namespaces, a chroot, and what an image says it is to be run with."""

import os
import pathlib
import shutil
import signal
import subprocess
import tempfile

# In new namespaces: what is mounted and how it becomes process 1. $1 is the root, then pairs of
# SOURCE TARGET up to "--", then the command.
ENTER = """
set -e
ip link set lo up
root=$1; shift
mkdir -p "$root/proc" "$root/dev"
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
while [ "$1" != -- ]; do
    [ -e "$root$2" ] || mkdir -p "$root$2"
    mount --bind "$1" "$root$2"; shift 2
done
shift
exec "$@"
"""


class Root:
    """A file system to run things in: `config` as Docker writes it into an image."""

    def __init__(self, root, config, user):
        self.root = pathlib.Path(root).resolve()
        self.config = config
        self.user = user  # number

    @property
    def megabytes(self):
        total = sum(f.lstat().st_size for f in self.root.rglob("*") if f.is_file() and not f.is_symlink())
        return total / 1e6


class Container:
    """`docker run`: the image's entrypoint, user, variables, and a volume that may outlive it."""

    def __init__(self, image, *command, volume=None, entrypoint=None, environment=(), mounts=()):
        self.image = image
        self.owns_volume = volume is None
        self.volume = pathlib.Path(volume or tempfile.mkdtemp(dir="/var/tmp"))
        shutil.chown(self.volume, image.user, image.user)
        self.variables = [*image.config["Env"], *environment]
        mounted = [str(self.volume), "/var/lib/hydrant", *(str(m) for pair in mounts for m in pair)]
        self.process = subprocess.Popen(
            ["unshare", "--net", "--pid", "--mount", "--fork", "--kill-child", "sh", "-c", ENTER, "sh",
             str(image.root), *mounted, "--",
             *self.inside(entrypoint or image.config["Entrypoint"], *command)],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )
        self.said = []

    def inside(self, program, *arguments):
        program = [program] if isinstance(program, str) else program
        return ["env", "-i", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                *self.variables, "chroot",
                f"--userspec={self.image.user}:{self.image.user}", "--groups=", str(self.image.root),
                *program, *arguments]

    @property
    def first(self):
        """Process 1, by its number out here."""
        children = pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return int(children.read_text().split()[0])

    def wait_for(self, line):
        """As Testcontainers waits: for a whole line of what the container writes."""
        for said in self.process.stdout:
            self.said.append(said.decode().rstrip("\n"))
            if self.said[-1] == line:
                return self
        raise AssertionError("\n".join(self.said))

    def enter(self):
        return ["nsenter", "--target", str(self.first), "--net", "--pid", "--mount"]

    def execute(self, *command):
        """`docker exec`."""
        return subprocess.run([*self.enter(), *self.inside(list(command))], capture_output=True,
                              text=True, timeout=120, check=False)

    def healthy(self):
        test = self.image.config["Healthcheck"]["Test"]
        assert test[0] == "CMD"
        return self.execute(*test[1:]).returncode == 0

    def stop(self):
        """`docker stop`: the exit code."""
        os.kill(self.first, signal.SIGTERM)
        self.said += self.process.communicate(timeout=30)[0].decode().splitlines()
        if self.owns_volume:
            shutil.rmtree(self.volume)
        return self.process.returncode
