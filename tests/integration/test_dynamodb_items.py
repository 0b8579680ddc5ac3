"""DynamoDB through boto3: items."""

import boto3
import pytest

from dynamodb_kit import db, likes  # noqa: F401
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
