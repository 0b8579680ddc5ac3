"""What a page of a large bucket costs: milliseconds per ListObjectsV2.

    python3 tests/bench/listing.py --hydrant build/release/hydrant --keys 1000000

Fills one bucket with that many keys in --groups groups ("group-007/000000123"; the rows are written
while the daemon is stopped), then asks for pages: of the groups, and of keys all over the bucket.
Ends with exit code 1 when a page of groups takes longer than --limit-ms (p50).
"""

import argparse
import http.client
import pathlib
import random
import sqlite3
import sys
import tempfile
import time

from bench import CREDENTIAL, Server

COLUMNS = ("bucket, key, size, modified_ms, etag, checksum_algorithm, checksum, content_type, content_encoding,"
           " metadata, bytes")


class Client:
    """One connection that stays open."""

    def __init__(self, url):
        self.http = http.client.HTTPConnection(url.split("//")[1])

    def call(self, method, path):
        self.http.request(method, path, headers={
            "Authorization": CREDENTIAL.format("s3"), "X-Amz-Date": "20260101T000000Z",
            "x-amz-content-sha256": "UNSIGNED-PAYLOAD"})
        answer = self.http.getresponse()
        text = answer.read()
        if answer.status != 200:
            raise OSError(f"{method} {path}: {answer.status} {text[:300]}")
        return text


def start(options, folder):
    return Server([options.hydrant, "serve", "--port", "0", "--data", folder, "--log-level", "error"], "Ready.")


def key(options, number):
    return f"group-{number % options.groups:03}/{number:09}"


def fill(options, folder):
    [database] = pathlib.Path(folder).glob("*/hydrant.db")
    with sqlite3.connect(database) as db:
        [bucket] = db.execute("SELECT id FROM bucket").fetchone()
        db.executemany(f"INSERT INTO object({COLUMNS}) VALUES(?, ?, 5, 0, ?, 3, 'AAAAAAAAAAA=', 'text/plain', '', '', ?)",
                       ((bucket, key(options, n).encode(), "0" * 32, b"hello") for n in range(options.keys)))
    db.close()


def measure(client, name, pages, make, expected):
    times = []
    for _ in range(pages):
        path = "/bench?list-type=2" + make()
        begun = time.monotonic()
        text = client.call("GET", path)
        times.append((time.monotonic() - begun) * 1000)
        assert expected(text), text[:500]
    times.sort()
    p50, p99 = times[len(times) // 2], times[min(len(times) - 1, len(times) * 99 // 100)]
    print(f"{name:40} p50 {p50:8.2f} ms  p99 {p99:8.2f} ms")
    return p50


def run(options, folder):
    server = start(options, folder)
    Client(server.url).call("PUT", "/bench")
    server.stop()
    fill(options, folder)
    server = start(options, folder)
    client = Client(server.url)
    chance = random.Random(1)

    def anywhere():
        return "&start-after=" + key(options, chance.randrange(options.keys)).replace("/", "%2F")

    groups = measure(client, f"all {options.groups} groups of {options.keys} keys", 200, lambda: "&delimiter=%2F",
                     lambda text: text.count(b"<CommonPrefixes>") == options.groups)
    measure(client, "100 keys behind a key", 200, lambda: "&max-keys=100" + anywhere(), lambda text: b"<Contents>" in text)
    measure(client, "1,000 keys behind a key", 100, anywhere, lambda text: b"<Contents>" in text)
    measure(client, "1,000 keys of one group", 100, lambda: f"&prefix=group-{chance.randrange(options.groups):03}%2F",
            lambda text: text.count(b"<Contents>") == min(1000, options.keys // options.groups))
    server.stop()
    return groups <= options.limit_ms


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--hydrant", required=True)
    parser.add_argument("--keys", type=int, default=1_000_000)
    parser.add_argument("--groups", type=int, default=100)
    parser.add_argument("--limit-ms", type=float, default=10)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        sys.exit(0 if run(options, folder) else 1)


if __name__ == "__main__":
    main()
