"""DynamoDB through boto3: scans, queries and their pages."""

import socket

import pytest

from dynamodb_kit import db, events, likes  # noqa: F401
from dynamodb_kit import invalid, make_table, n, s


def fill(db, table, partitions, rows):
    for p in range(partitions):
        for r in range(rows):
            db.put_item(TableName=table, Item={"pk": s(f"p{p}"), "sk": n(r), "even": n(r % 2)})


def pages(call, **arguments):
    while True:
        page = call(**arguments)
        yield page
        if "LastEvaluatedKey" not in page:
            return
        arguments["ExclusiveStartKey"] = page["LastEvaluatedKey"]


def keys_of(items):
    return [(item["pk"]["S"], int(item["sk"]["N"])) for item in items]


def test_scan_pages_show_every_item_once(db, events):
    fill(db, events, 3, 4)
    found = list(pages(db.scan, TableName=events, Limit=5))
    assert [page["Count"] for page in found] == [5, 5, 2]
    keys = [key for page in found for key in keys_of(page["Items"])]
    assert sorted(keys) == [(f"p{p}", r) for p in range(3) for r in range(4)]
    assert keys == keys_of(db.scan(TableName=events)["Items"])


def test_a_page_ends_after_a_megabyte(db, events):
    for i in range(5):
        db.put_item(TableName=events, Item={"pk": s("p"), "sk": n(i), "t": s("x" * 300_000)})
    found = list(
        pages(
            db.query,
            TableName=events,
            KeyConditionExpression="pk = :p",
            ExpressionAttributeValues={":p": s("p")},
        )
    )
    assert [keys_of(page["Items"]) for page in found] == [
        [("p", 0), ("p", 1), ("p", 2), ("p", 3)],
        [("p", 4)],
    ]


def test_segments_are_disjoint_and_complete(db, likes):
    for i in range(40):
        db.put_item(TableName=likes, Item={"id": s(str(i))})
    seen = []
    for segment in range(3):
        items = db.scan(TableName=likes, Segment=segment, TotalSegments=3)["Items"]
        seen += [int(item["id"]["S"]) for item in items]
    assert sorted(seen) == list(range(40))
    assert "The Segment parameter is zero-based and must be less than parameter TotalSegments" in (
        invalid(db.scan, TableName=likes, Segment=3, TotalSegments=3)
    )


def test_filters_count_what_was_scanned(db, events):
    fill(db, events, 1, 6)
    page = db.scan(
        TableName=events,
        FilterExpression="even = :one",
        ExpressionAttributeValues={":one": n(1)},
        Limit=4,
    )
    assert (page["Count"], page["ScannedCount"]) == (2, 4)
    assert keys_of(page["Items"]) == [("p0", 1), ("p0", 3)]
    assert page["LastEvaluatedKey"] == {"pk": s("p0"), "sk": n(3)}
    counted = db.scan(TableName=events, Select="COUNT")
    assert counted["Count"] == 6 and "Items" not in counted


@pytest.mark.parametrize(
    "condition, expected",
    [
        ("sk = :a", [2]),
        ("sk < :a", [-3, 0, 1.5]),
        ("sk <= :a", [-3, 0, 1.5, 2]),
        ("sk > :a", [10, 100]),
        ("sk >= :a", [2, 10, 100]),
        (":a >= sk", [-3, 0, 1.5, 2]),
        ("sk BETWEEN :z AND :b", [0, 1.5, 2, 10]),
    ],
)
def test_sort_keys_are_ranges_in_numeric_order(db, events, condition, expected):
    for number in (10, 2, 0, -3, 100, 1.5):
        db.put_item(TableName=events, Item={"pk": s("p"), "sk": n(number)})
    db.put_item(TableName=events, Item={"pk": s("q"), "sk": n(2)})
    names = {":p": s("p"), ":a": n(2), ":z": n(0), ":b": n(10)}
    arguments = {
        "TableName": events,
        "KeyConditionExpression": f"pk = :p AND {condition}",
        "ExpressionAttributeValues": {
            k: v for k, v in names.items() if k in f":p {condition}"
        },
    }
    forward = [float(item["sk"]["N"]) for item in db.query(**arguments)["Items"]]
    backward = [
        float(item["sk"]["N"])
        for page in pages(db.query, ScanIndexForward=False, Limit=1, **arguments)
        for item in page["Items"]
    ]
    assert forward == expected
    assert backward == expected[::-1]


def test_strings_are_queried_by_their_beginning(db):
    make_table(db, "files", hash=("pk", "S"), range=("path", "S"))
    for path in ("a", "a/1", "a/2", "a0", "b"):
        db.put_item(TableName="files", Item={"pk": s("p"), "path": s(path)})
    items = db.query(
        TableName="files",
        KeyConditionExpression="pk = :p AND begins_with(#p, :b)",
        ExpressionAttributeNames={"#p": "path"},
        ExpressionAttributeValues={":p": s("p"), ":b": s("a/")},
    )["Items"]
    assert [item["path"]["S"] for item in items] == ["a/1", "a/2"]


@pytest.mark.parametrize(
    "condition, message",
    [
        ("pk > :s", "Query key condition not supported"),
        ("sk = :n", "Query condition missed key schema element: pk"),
        ("pk = :s AND extra = :n", "Query condition missed key schema element: sk"),
        ("pk = :s AND pk = :s", "KeyConditionExpressions must only contain one condition per key"),
        ("pk = :s OR sk = :n", "Invalid operator used in KeyConditionExpression: OR"),
        ("pk <> :s", "Invalid operator used in KeyConditionExpression: <>"),
        (
            "pk = :n",
            "One or more parameter values were invalid: Condition parameter type does not match "
            "schema type",
        ),
        (
            "pk = :s AND begins_with(sk, :n)",
            "Invalid KeyConditionExpression: Incorrect operand type for operator or function; "
            "operator or function: begins_with, operand type: N",
        ),
    ],
)
def test_key_conditions_follow_the_rules(db, events, condition, message):
    values = {":s": s("p"), ":n": n(1)}
    assert message == invalid(
        db.query,
        TableName=events,
        KeyConditionExpression=condition,
        ExpressionAttributeValues={k: v for k, v in values.items() if k in condition},
    )


def test_a_query_needs_a_key_condition_and_no_key_in_its_filter(db, events):
    assert invalid(db.query, TableName=events).startswith("Either the KeyConditions or")
    assert (
        "Filter Expression can only contain non-primary key attributes: Primary key attribute: sk"
        == invalid(
            db.query,
            TableName=events,
            KeyConditionExpression="pk = :p",
            FilterExpression="sk = :n",
            ExpressionAttributeValues={":p": s("p"), ":n": n(1)},
        )
    )


def test_start_keys_are_checked(db, events):
    arguments = {
        "TableName": events,
        "KeyConditionExpression": "pk = :p AND sk > :n",
        "ExpressionAttributeValues": {":p": s("p"), ":n": n(5)},
    }
    for start, message in (
        ({"pk": s("p")}, "The provided starting key is invalid"),
        (
            {"pk": s("q"), "sk": n(6)},
            "The provided starting key is outside query boundaries based on provided conditions",
        ),
        (
            {"pk": s("p"), "sk": n(1)},
            "The provided starting key does not match the range key predicate",
        ),
    ):
        assert message == invalid(db.query, ExclusiveStartKey=start, **arguments)


def test_projections_pick_paths(db, likes):
    db.put_item(
        TableName=likes,
        Item={
            "id": s("1"),
            "m": {"M": {"a": n(1), "b": {"L": [n(0), n(1), n(2)]}}},
            "x": s("left out"),
        },
    )
    got = db.get_item(
        TableName=likes,
        Key={"id": s("1")},
        ProjectionExpression="#m.b[2], #m.b[0], nothere.a, id",
        ExpressionAttributeNames={"#m": "m"},
    )
    assert got["Item"] == {"id": s("1"), "m": {"M": {"b": {"L": [n(0), n(2)]}}}}
    nothing = db.get_item(TableName=likes, Key={"id": s("1")}, ProjectionExpression="nothere")
    assert nothing["Item"] == {}


def test_huge_values_are_refused_as_small_ones_are(db, likes):
    def put(value, **more):
        return invalid(db.put_item, TableName=likes, Item={"id": s("1"), "x": value}, **more)

    huge = "a" * 2_000_000
    assert put({"SS": [huge, huge]}).startswith(
        "One or more parameter values were invalid: Input collection [aaa"
    )
    assert put(n(huge)).startswith("The parameter cannot be converted to a numeric value: aaa")
    assert put(
        s("x"),
        ConditionExpression="x BETWEEN :a AND :b",
        ExpressionAttributeValues={":a": s("b" * 300_000), ":b": s("a")},
    ).startswith(
        "Invalid ConditionExpression: The BETWEEN operator requires upper bound to be greater than"
    )
    names = {f"#n{number}": "n" * 60_000 for number in range(30)}
    assert put(
        s("x"), ConditionExpression="attribute_exists(x)", ExpressionAttributeNames=names
    ).startswith("Value provided in ExpressionAttributeNames unused in expressions: keys: {#n")
    path = ".".join(names)
    assert put(
        s("x"),
        ConditionExpression=f"{path} = {path}",
        ExpressionAttributeNames=names,
    ).startswith("Invalid ConditionExpression: The first operand must be distinct")


def test_a_long_page_leaves_nothing_out_and_repeats_nothing(db, events):
    """A page is read in slices, between which others are served."""
    for first in range(0, 3000, 25):
        puts = [
            {"PutRequest": {"Item": {"pk": s("p"), "sk": n(k), "x": s("v" * 250), "odd": n(k % 2)}}}
            for k in range(first, first + 25)
        ]
        db.batch_write_item(RequestItems={events: puts})
    arguments = {
        "TableName": events,
        "KeyConditionExpression": "pk = :p AND sk > :n",
        "ExpressionAttributeValues": {":p": s("p"), ":n": n(9)},
    }

    def keys(answer):
        return [int(item["sk"]["N"]) for item in answer["Items"]]

    forward = db.query(**arguments)
    assert keys(forward) == list(range(10, 3000))
    assert "LastEvaluatedKey" not in forward
    backward = db.query(ScanIndexForward=False, **arguments)
    assert keys(backward) == list(range(2999, 9, -1))
    limited = db.query(Limit=2000, **arguments)
    assert keys(limited) == list(range(10, 2010))
    assert limited["LastEvaluatedKey"] == {"pk": s("p"), "sk": n(2009)}
    scanned = db.scan(
        TableName=events, FilterExpression="odd = :o", ExpressionAttributeValues={":o": n(1)}
    )
    assert keys(scanned) == list(range(1, 3000, 2))
    assert (scanned["Count"], scanned["ScannedCount"]) == (1500, 3000)


def test_a_page_whose_reader_went_away_hurts_nobody(hydrant, db, events):
    for first in range(0, 2000, 25):
        puts = [
            {"PutRequest": {"Item": {"pk": s("p"), "sk": n(k), "x": s("v" * 250)}}}
            for k in range(first, first + 25)
        ]
        db.batch_write_item(RequestItems={events: puts})
    body = b'{"TableName":"events"}'
    head = (
        "POST / HTTP/1.1\r\nHost: x\r\nX-Amz-Target: DynamoDB_20120810.Scan\r\n"
        "Authorization: AWS4-HMAC-SHA256 Credential=test/20261125/us-east-1/dynamodb/aws4_request, "
        "SignedHeaders=host, Signature=0\r\nX-Amz-Date: 20261125T000000Z\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    ).encode()
    for _ in range(20):
        with socket.create_connection(("127.0.0.1", hydrant.port)) as connection:
            connection.sendall(head + body)
    assert db.scan(TableName=events, Select="COUNT")["Count"] == 2000
