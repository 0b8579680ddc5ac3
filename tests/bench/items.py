"""DynamoDB in a small table and in one of a million items: writes and reads per second.

Each row sends the same bytes to Hydrant and to the bare server, alternately, as bench.py does.
"""

import argparse
import json
import tempfile
import time

import bench

TARGET = "DynamoDB_20120810."


class Case(bench.Case):
    """
    @TURN@ is another number in each request, so that no write leaves an item as it was; @TIME@
    another in each measurement.
    """

    def script(self):
        body = bench.quote(self.body)
        key = f'(body:gsub("@KEY@", n % {self.keys}))'
        turn = f'(body:gsub("@KEY@", n % {self.keys}):gsub("@TURN@", n))'
        timed = f'(({body}):gsub("@TIME@", os.time()))'
        return super().script().replace(key, turn).replace(body, timed)


def puts(count, size=360):
    def item(i):
        return {"pk": {"S": f"@KEY@-{i}"}, "n": {"N": "@TURN@"}, "text": {"S": "x" * size}}

    return [item(i) for i in range(count)]


def cases(items):
    """Each touches the items there are, one group of 25 after the other."""
    groups = items // 25
    batch = {"RequestItems": {"bench": [{"PutRequest": {"Item": item}} for item in puts(25)]}}
    four = [{"Put": {"TableName": "bench", "Item": item}} for item in puts(4)]
    get = {"TableName": "bench", "Key": {"pk": {"S": "@KEY@-7"}}}
    gets = [{"Get": {"TableName": "bench", "Key": {"pk": {"S": f"@KEY@-{i}"}}}} for i in range(4)]
    statement = {"Statement": "SELECT * FROM bench WHERE pk = '@KEY@-7'"}
    token = {"TransactItems": four, "ClientRequestToken": "@TIME@-@TURN@"}

    def case(name, operation, body, records=1):
        return Case(
            name, "dynamodb", json.dumps(body), TARGET + operation, keys=groups, records=records
        )

    return [
        case("BatchWriteItem 25 x 400 B", "BatchWriteItem", batch, 25),
        case("TransactWriteItems 4 x 400 B", "TransactWriteItems", {"TransactItems": four}, 4),
        case("the same with a token", "TransactWriteItems", token, 4),
        case("PutItem 400 B", "PutItem", {"TableName": "bench", "Item": puts(1)[0]}),
        case("GetItem 400 B", "GetItem", get),
        case("TransactGetItems 4 x 400 B", "TransactGetItems", {"TransactItems": gets}, 4),
        case("ExecuteStatement, one item", "ExecuteStatement", statement),
    ]


def fill(url, items):
    """Every item once, in batches as large as they may be."""
    body = json.dumps(
        {"RequestItems": {"bench": [{"PutRequest": {"Item": item}} for item in puts(25)]}}
    )
    started = time.perf_counter()
    for group in range(items // 25):
        bench.call(
            url,
            "dynamodb",
            TARGET + "BatchWriteItem",
            body.replace("@KEY@", str(group)).replace("@TURN@", "0").encode(),
        )
    return time.perf_counter() - started


def count(url):
    answer = bench.call(url, "dynamodb", TARGET + "DescribeTable", b'{"TableName": "bench"}')
    return json.loads(answer)["Table"]["ItemCount"]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hydrant", required=True)
    parser.add_argument("--bare", required=True)
    parser.add_argument("--seconds", type=int, default=3, help="per measurement")
    parser.add_argument("--rounds", type=int, default=3, help="alternating; the median counts")
    parser.add_argument("--items", type=int, nargs="+", default=[1000, 1000000])
    parser.add_argument("--connections", type=int, default=16)
    options = parser.parse_args()

    folder = tempfile.TemporaryDirectory(prefix="hydrant-items-")
    hydrant = bench.start_hydrant(options, "--data", folder.name)
    bare = bench.Server([options.bare], "Listening")
    bench.prepare(hydrant.url)
    print("| items | request | Hydrant/s | bare/s | ratio | CPU us | items/s |")
    print("|---|---|---|---|---|---|---|", flush=True)
    for items in options.items:
        seconds = fill(hydrant.url, items)
        for case in cases(items):
            (ours, cpu), (theirs, _) = bench.compare(
                case, hydrant, bare, options.connections, options
            )
            print(
                f"| {count(hydrant.url):,} | {case.name} | {ours:,.0f} | {theirs:,.0f} "
                f"| {ours / theirs:.2f} | {cpu:.1f} | {ours * case.records:,.0f} |",
                flush=True,
            )
        print(f"| | filled one by one in {seconds:.0f} s | | | | | {items / seconds:,.0f} |")
    print(f"\nRSS at the end: {hydrant.rss_mb():.1f} MB")
    hydrant.stop()
    bare.stop()


if __name__ == "__main__":
    main()
