"""What many delivery streams cost: memory, wake-ups, and PutRecord's time beside a delivery.

    idle      the memory of 10,000 streams that nothing is put to, and what an idle daemon wakes for
    buffered  the memory of 1 GiB that waits in 100 streams, and PutRecord's p50 and p99 before and
              while all of it is delivered

Each ends with exit code 1 when a figure is beyond its limit.
"""

import argparse
import base64
import concurrent.futures
import http.client
import json
import multiprocessing
import os
import re
import subprocess
import sys
import tempfile
import threading
import time

from bench import CREDENTIAL, Server

IDLE_LIMIT_MB = 50
BUFFERED_LIMIT_MB = 100
STREAMS_OF_A_REGION = 5000  # the quota
TARGETS = {"firehose": "Firehose_20150804.", "dynamodb": "DynamoDB_20120810."}


class Client:
    """One connection that stays open."""

    def __init__(self, url):
        self.http = http.client.HTTPConnection(url.split("//")[1])

    def call(self, operation, body, region="us-east-1", service="firehose"):
        return self.send("POST", "/", body, {
            "Authorization": CREDENTIAL.format(service).replace("us-east-1", region),
            "X-Amz-Date": "20260101T000000Z",
            "X-Amz-Target": TARGETS[service] + operation,
            "Content-Type": "application/x-amz-json-1.0",
        })

    def s3(self, method, path):
        return self.send(method, path, b"", {
            "Authorization": CREDENTIAL.format("s3"),
            "X-Amz-Date": "20260101T000000Z",
            "x-amz-content-sha256": "UNSIGNED-PAYLOAD",
        })

    def create_bucket(self, name):
        self.s3("PUT", "/" + name)

    def object_sizes(self, bucket):
        """Of at most the first 1000."""
        listed = self.s3("GET", f"/{bucket}?list-type=2").decode()
        return [int(size) for size in re.findall(r"<Size>(\d+)</Size>", listed)]

    def send(self, method, path, body, headers):
        self.http.request(method, path, body, headers)
        answer = self.http.getresponse()
        text = answer.read()
        if answer.status != 200:
            raise OSError(f"{method} {path}: {answer.status} {text[:300]}")
        return json.loads(text) if text.startswith(b"{") else text


def create_stream(client, name, region="us-east-1"):
    client.call("CreateDeliveryStream", json.dumps({
        "DeliveryStreamName": name,
        "ExtendedS3DestinationConfiguration": {
            "RoleARN": "arn:aws:iam::000000000000:role/bench",
            "BucketARN": "arn:aws:s3:::bench",
            "BufferingHints": {"SizeInMBs": 128, "IntervalInSeconds": 900},
        },
    }), region)


def start(options, folder):
    command = [options.hydrant, "serve", "--port", "0", "--data", folder, "--log-level", "error"]
    return Server(command, "Ready.")


def wake_ups(server, seconds):
    """System calls of the whole process within this time: none are expected of an idle one."""
    with tempfile.NamedTemporaryFile("r") as trace:
        command = ["strace", "-f", "-qq", "-o", trace.name, "-p", str(server.process.pid)]
        strace = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        time.sleep(seconds)
        strace.terminate()
        strace.wait()
        # What is under way when strace comes and goes is not a wake-up.
        lines = [line for line in trace if "<unfinished" not in line and "<detached" not in line]
        return [line for line in lines if "resumed>" not in line and "restart_" not in line]


def idle(options, folder):
    server = start(options, folder)
    before = server.rss_mb()
    client = Client(server.url)
    for number in range(options.streams):
        create_stream(client, f"idle-{number}", f"region-{number // STREAMS_OF_A_REGION}")
    created = server.rss_mb()
    server.stop()
    server = start(options, folder)
    time.sleep(1)  # a start has work of its own
    started = server.rss_mb()
    calls = wake_ups(server, options.seconds)
    server.stop()
    print(f"RSS without streams: {before:.1f} MB")
    print(f"RSS of {options.streams} idle streams: {created - before:.1f} MB when created, "
          f"{started - before:.1f} MB after a start (ready in {server.ready_ms:.0f} ms)")
    print(f"System calls of the idle daemon in {options.seconds} s: {len(calls)}")
    print("".join(calls[:5]), end="")
    return max(created, started) - before < IDLE_LIMIT_MB and not calls


def fill(url, names, total_mb):
    """Put batches of 4 records of 250 kB in turn."""
    data = base64.b64encode(os.urandom(187_500))
    record = {"Data": base64.b64encode(data).decode()}
    bodies = {n: json.dumps({"DeliveryStreamName": n, "Records": [record] * 4}) for n in names}
    client = Client(url)
    for number in range(total_mb * (1 << 20) // (4 * len(data))):
        name = names[number % len(names)]
        answer = client.call("PutRecordBatch", bodies[name])
        assert answer["FailedPutCount"] == 0


def put_and_time(url, stopping, ret_times):
    client = Client(url)
    data = base64.b64encode(b"x" * 200).decode()
    body = json.dumps({"DeliveryStreamName": "probe", "Record": {"Data": data}})
    times = []
    while not stopping.is_set():
        began = time.perf_counter()
        client.call("PutRecord", body)
        times.append((time.perf_counter() - began) * 1000)
    ret_times.send(times)


class Prober:
    """One client that puts one record after the other into a stream of its own.

    A process, so that it waits for the server only, not for the threads here.
    """

    def __init__(self, url):
        self.stopping = multiprocessing.Event()
        self.times, ret_times = multiprocessing.Pipe(duplex=False)
        self.process = multiprocessing.Process(
            target=put_and_time, args=(url, self.stopping, ret_times), daemon=True)

    def start(self):
        self.process.start()

    def stop(self):
        self.stopping.set()
        times = sorted(self.times.recv())
        self.process.join()
        p50, p99 = times[len(times) // 2], times[len(times) * 99 // 100]
        return f"p50 {p50:.2f} ms, p99 {p99:.2f} ms, longest {times[-1]:.2f} ms ({len(times)} calls)"


def probe(url, work):
    prober = Prober(url)
    prober.start()
    began = time.perf_counter()
    work()
    seconds = time.perf_counter() - began
    return prober.stop(), seconds


def flush_all(url, names):
    def flush(name):
        Client(url).send("POST", f"/_hydrant/firehose/{name}/flush", b"", {})

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        list(pool.map(flush, names))


def watch_rss(server, stopping, ret_peak):
    while not stopping.wait(0.02):
        ret_peak[0] = max(ret_peak[0], server.rss_mb())


def buffered(options, folder):
    server = start(options, folder)
    client = Client(server.url)
    client.create_bucket("bench")
    names = [f"full-{number}" for number in range(100)]
    for name in [*names, "probe"]:
        create_stream(client, name)
    fill(server.url, names, options.megabytes)
    waiting = server.rss_mb()
    quiet, _ = probe(server.url, lambda: time.sleep(5))
    peak, stopping = [0.0], threading.Event()
    watcher = threading.Thread(target=watch_rss, args=(server, stopping, peak))
    watcher.start()
    busy, seconds = probe(server.url, lambda: flush_all(server.url, names))
    stopping.set()
    watcher.join()
    server.stop()
    print(f"RSS with {options.megabytes} MiB in 100 streams: {waiting:.1f} MB, "
          f"at most {peak[0]:.1f} MB while it is delivered")
    print(f"PutRecord alone: {quiet}")
    print(f"PutRecord beside the delivery, which takes {seconds:.1f} s: {busy}")
    return max(waiting, peak[0]) < BUFFERED_LIMIT_MB


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("mode", choices=["idle", "buffered"])
    parser.add_argument("--hydrant", required=True)
    parser.add_argument("--streams", type=int, default=10_000, help="idle ones")
    parser.add_argument("--megabytes", type=int, default=1024, help="what is buffered")
    parser.add_argument("--seconds", type=int, default=10, help="how long it is watched when idle")
    parser.add_argument("--folder", help="where the data goes for the time")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        if not {"idle": idle, "buffered": buffered}[options.mode](options, folder):
            sys.exit("Beyond the limit.")


if __name__ == "__main__":
    main()
