"""DynamoDB through boto3: items, scans and queries."""

import socket

import boto3
import pytest

from dynamodb_kit import db, events, likes  # noqa: F401
from dynamodb_kit import invalid, make_table, n, nested, refusal, s


# ---- items ----------------------------------------------------------------------------------------


def test_every_type_comes_back_as_it_went_in(db, likes):
    item = {
        "id": s("1"),
        "empty": s(""),
        "text": s('quo"te \\ \n ü 𝄞'),
        "number": n("-12.5"),
        "bytes": {"B": bytes(range(256))},
        "yes": {"BOOL": True},
        "no": {"BOOL": False},
        "nothing": {"NULL": True},
        "list": {"L": [s("a"), n(1), {"L": []}, {"M": {"x": {"BOOL": True}}}]},
        "map": {"M": {"b": s("1"), "a": {"M": {}}}},
        "strings": {"SS": ["a", "b"]},
        "numbers": {"NS": ["-2", "1", "10"]},
        "blobs": {"BS": [b"\x00", b"\xff"]},
    }
    db.put_item(TableName=likes, Item=item)
    assert db.get_item(TableName=likes, Key={"id": s("1")})["Item"] == item


def test_a_missing_item_gives_no_item_member(db, likes):
    assert "Item" not in db.get_item(TableName=likes, Key={"id": s("1")})


@pytest.mark.parametrize(
    "given, kept",
    [
        ("+3", "3"),
        (".123", "0.123"),
        ("001.23", "1.23"),
        ("00", "0"),
        ("-0", "0"),
        ("1e+5", "100000"),
        ("1.5E2", "150"),
        ("1.10", "1.1"),
        ("-17.4E3", "-17400"),
        ("1E125", "1" + "0" * 125),
        ("1E-130", "0." + "0" * 129 + "1"),
        ("9" * 38 + "E88", "9" * 38 + "0" * 88),
    ],
)
def test_numbers_are_kept_in_one_form(db, likes, given, kept):
    db.put_item(TableName=likes, Item={"id": s("1"), "n": n(given)})
    assert db.get_item(TableName=likes, Key={"id": s("1")})["Item"]["n"] == n(kept)


@pytest.mark.parametrize(
    "given, message",
    [
        ("abc", "The parameter cannot be converted to a numeric value: abc"),
        ("1.2.3", "The parameter cannot be converted to a numeric value: 1.2.3"),
        (" 1", "The parameter cannot be converted to a numeric value:  1"),
        ("1e", "The parameter cannot be converted to a numeric value: 1e"),
        ("NaN", "The parameter cannot be converted to a numeric value: NaN"),
        ("", "The parameter cannot be converted to a numeric value"),
        ("1" * 39, "Attempting to store more than 38 significant digits in a Number"),
        (
            "1E126",
            "Number overflow. Attempting to store a number with magnitude larger than supported "
            "range",
        ),
        (
            "1e99999999999",
            "Number overflow. Attempting to store a number with magnitude larger than supported "
            "range",
        ),
        (
            "1E-131",
            "Number underflow. Attempting to store a number with magnitude smaller than supported "
            "range",
        ),
    ],
)
def test_what_is_no_number_is_refused(db, likes, given, message):
    assert message == invalid(db.put_item, TableName=likes, Item={"id": s("1"), "n": n(given)})
    assert db.scan(TableName=likes)["Items"] == []


@pytest.mark.parametrize(
    "value, message",
    [
        ({}, "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes"),
        (
            {"S": "a", "N": "1"},
            "Supplied AttributeValue has more than one datatypes set, must contain exactly one of "
            "the supported datatypes",
        ),
        (
            {"NULL": False},
            "One or more parameter values were invalid: Null attribute value types must have the "
            "value of true",
        ),
        (
            {"SS": []},
            "One or more parameter values were invalid: An string set  may not be empty",
        ),
        (
            {"NS": []},
            "One or more parameter values were invalid: An number set  may not be empty",
        ),
        (
            {"BS": []},
            "One or more parameter values were invalid: Binary sets should not be empty",
        ),
        (
            {"SS": ["b", "a", "b"]},
            "One or more parameter values were invalid: Input collection [b, a, b] contains "
            "duplicates.",
        ),
        (
            {"BS": [b"b", b"b"]},
            "One or more parameter values were invalid: Input collection [Yg==, Yg==]of type BS "
            "contains duplicates.",
        ),
        ({"NS": ["1", "1.0"]}, "Input collection contains duplicates"),
    ],
)
def test_values_follow_the_rules(db, likes, value, message):
    assert message == invalid(db.put_item, TableName=likes, Item={"id": s("1"), "v": value})


def test_values_nest_32_levels_and_no_more(db, likes):
    db.put_item(TableName=likes, Item={"id": s("1"), "v": nested(31)})
    assert db.get_item(TableName=likes, Key={"id": s("1")})["Item"]["v"] == nested(31)
    assert invalid(
        db.put_item, TableName=likes, Item={"id": s("1"), "v": nested(32)}
    ).startswith("Nesting Levels have exceeded supported limits")


def test_an_item_takes_400_kilobytes_and_no_more(db, likes):
    overhead = len("id1") + len("text")
    db.put_item(TableName=likes, Item={"id": s("1"), "text": s("x" * (409600 - overhead))})
    assert "Item size has exceeded the maximum allowed size" == invalid(
        db.put_item, TableName=likes, Item={"id": s("1"), "text": s("x" * (409601 - overhead))}
    )


@pytest.mark.parametrize(
    "item, message",
    [
        (
            {"other": {"S": "1"}},
            "One or more parameter values were invalid: Missing the key id in the item",
        ),
        (
            {"id": {"N": "1"}},
            "One or more parameter values were invalid: Type mismatch for key id expected: S "
            "actual: N",
        ),
        (
            {"id": {"S": ""}},
            "One or more parameter values are not valid. The AttributeValue for a key attribute "
            "cannot contain an empty string value. Key: id",
        ),
        (
            {"id": {"S": "x" * 2049}},
            "One or more parameter values were invalid: Size of hashkey has exceeded the maximum "
            "size limit of2048 bytes",
        ),
    ],
)
def test_an_item_must_have_its_key(db, likes, item, message):
    assert message == invalid(db.put_item, TableName=likes, Item=item)


@pytest.mark.parametrize(
    "key", [{}, {"id": {"N": "1"}}, {"id": {"S": "1"}, "x": {"S": "1"}}, {"x": {"S": "1"}}]
)
def test_a_key_must_be_the_schemas(db, likes, key):
    for call in (db.get_item, db.delete_item, db.update_item):
        assert "The provided key element does not match the schema" == invalid(
            call, TableName=likes, Key=key
        )


def test_numeric_keys_are_equal_by_value(db):
    make_table(db, "numbers", hash=("k", "N"))
    db.put_item(TableName="numbers", Item={"k": n("1000"), "v": s("first")})
    db.put_item(TableName="numbers", Item={"k": n("1e3"), "v": s("second")})
    assert db.scan(TableName="numbers")["Items"] == [{"k": n(1000), "v": s("second")}]
    assert db.get_item(TableName="numbers", Key={"k": n("1000.0")})["Item"]["v"] == s("second")


def test_put_and_delete_return_the_old_item_when_asked(db, likes):
    old = {"id": s("1"), "v": n(1)}
    first = db.put_item(TableName=likes, Item=old, ReturnValues="ALL_OLD")
    second = db.put_item(TableName=likes, Item={"id": s("1")}, ReturnValues="ALL_OLD")
    third = db.delete_item(TableName=likes, Key={"id": s("1")}, ReturnValues="ALL_OLD")
    fourth = db.delete_item(TableName=likes, Key={"id": s("1")}, ReturnValues="ALL_OLD")
    assert "Attributes" not in first
    assert second["Attributes"] == old
    assert third["Attributes"] == {"id": s("1")}
    assert "Attributes" not in fourth
    assert "ReturnValues can only be ALL_OLD or NONE" == invalid(
        db.put_item, TableName=likes, Item=old, ReturnValues="ALL_NEW"
    )


def test_an_unknown_table_is_not_found(db):
    expected = ("ResourceNotFoundException", "Requested resource not found")
    assert refusal(db.put_item, TableName="nothere", Item={"id": s("1")}) == expected
    assert refusal(db.get_item, TableName="nothere", Key={"id": s("1")}) == expected
    assert refusal(db.scan, TableName="nothere") == expected


def test_a_name_no_table_can_have_is_told_apart(db):
    assert "[a-zA-Z0-9_.-]+" in invalid(db.scan, TableName="no;table")
    assert "[a-zA-Z0-9_.-]+" in invalid(db.describe_table, TableName="no;table")


def test_a_query_of_a_table_without_sort_key_finds_its_item(db, likes):
    for id in ("1", "2"):
        db.put_item(TableName=likes, Item={"id": s(id)})
    arguments = {
        "TableName": likes,
        "KeyConditionExpression": "id = :id",
        "ExpressionAttributeValues": {":id": s("1")},
    }
    assert db.query(**arguments)["Items"] == [{"id": s("1")}]
    assert (
        "The provided exclusive start key is invalid: ExclusiveStartKey: {id=AttributeValue: {S:1}}"
        == invalid(db.query, ExclusiveStartKey={"id": s("1")}, **arguments)
    )


def test_a_table_can_be_named_by_its_arn(db, likes):
    arn = db.describe_table(TableName=likes)["Table"]["TableArn"]
    db.put_item(TableName=arn, Item={"id": s("1")})
    assert db.get_item(TableName=likes, Key={"id": s("1")})["Item"] == {"id": s("1")}


def test_consumed_capacity_follows_sizes(db, likes):
    put = db.put_item(
        TableName=likes, Item={"id": s("1"), "t": s("x" * 1100)}, ReturnConsumedCapacity="TOTAL"
    )
    assert put["ConsumedCapacity"] == {"TableName": likes, "CapacityUnits": 2.0}
    got = db.get_item(TableName=likes, Key={"id": s("1")}, ReturnConsumedCapacity="INDEXES")
    assert got["ConsumedCapacity"] == {
        "TableName": likes,
        "CapacityUnits": 0.5,
        "Table": {"CapacityUnits": 0.5},
    }
    scanned = db.scan(TableName=likes, ConsistentRead=True, ReturnConsumedCapacity="TOTAL")
    assert scanned["ConsumedCapacity"]["CapacityUnits"] == 1.0


def test_acknowledged_items_survive_a_kill(hydrant, db, likes):
    for i in range(20):
        db.put_item(TableName=likes, Item={"id": s(str(i)), "v": n(i)})
    hydrant.process.kill()
    hydrant.process.wait()
    hydrant.process.stdout.close()
    hydrant.start()

    again = boto3.client(
        "dynamodb",
        endpoint_url=hydrant.url,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    items = again.scan(TableName=likes)["Items"]
    assert {item["id"]["S"]: item["v"]["N"] for item in items} == {
        str(i): str(i) for i in range(20)
    }
    assert again.describe_table(TableName=likes)["Table"]["ItemCount"] == 20


# ---- scan and query -------------------------------------------------------------------------------


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
