"""DynamoDB's rules of numbers, keys and values, at their limits."""

import pytest
from dynamodb_kit import (  # noqa: F401
    db, get, invalid, likes, make_table, n, nested, put, s, update,
)

INVALID = "One or more parameter values were invalid: "
OVERFLOW = (
    "Number overflow. Attempting to store a number with magnitude larger than supported range"
)
UNDERFLOW = (
    "Number underflow. Attempting to store a number with magnitude smaller than supported range"
)
NOT_A_NUMBER = "The parameter cannot be converted to a numeric value"
NESTING = (
    "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels "
    "beyond supported limit"
)
HASH_SIZE = INVALID + "Size of hashkey has exceeded the maximum size limit of2048 bytes"
RANGE_SIZE = (
    INVALID + "Aggregated size of all range keys has exceeded the size limit of 1024 bytes"
)


# ---- numbers -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "given, kept",
    [
        ("9" * 38 + "E87", "9" * 38 + "0" * 87),
        ("1E-130", "0." + "0" * 129 + "1"),
        ("-1E-130", "-0." + "0" * 129 + "1"),
        ("1E125", "1" + "0" * 125),
        ("+3", "3"),
        (".123", "0.123"),
        ("001.23", "1.23"),
        ("00", "0"),
        ("+0", "0"),
        ("-0", "0"),
        ("1e+5", "100000"),
        ("-17.4E37", "-174" + "0" * 36),
        ("1.10", "1.1"),
        ("1.5E2", "150"),
        ("00042", "42"),
        ("0.0000000000000000000000000000000000000000001", "0." + "0" * 42 + "1"),
        ("0E999999999999", "0"),
    ],
)
def test_numbers_are_kept_exactly(db, likes, given, kept):
    put(db, {"a": n(given)})
    assert get(db)["a"] == n(kept)


@pytest.mark.parametrize(
    "given, message",
    [
        ("1E126", OVERFLOW),
        ("-1E126", OVERFLOW),
        ("1e2147483648", OVERFLOW),
        ("1e99999999999", OVERFLOW),
        ("1E-131", UNDERFLOW),
        ("1e-99999999999", UNDERFLOW),
        ("1" * 39, "Attempting to store more than 38 significant digits in a Number"),
        ("abc", NOT_A_NUMBER + ": abc"),
        ("1.2.3", NOT_A_NUMBER + ": 1.2.3"),
        (" 1", NOT_A_NUMBER + ":  1"),
        ("1 ", NOT_A_NUMBER + ": 1 "),
        ("0x10", NOT_A_NUMBER + ": 0x10"),
        ("1e", NOT_A_NUMBER + ": 1e"),
        ("NaN", NOT_A_NUMBER + ": NaN"),
        ("Infinity", NOT_A_NUMBER + ": Infinity"),
        ("-", NOT_A_NUMBER + ": -"),
        ("", NOT_A_NUMBER),
    ],
)
def test_numbers_that_are_none_are_refused_wherever_they_stand(db, likes, given, message):
    assert invalid(put, db=db, item={"a": n(given)}) == message
    assert invalid(put, db=db, item={"a": {"L": [{"M": {"b": n(given)}}]}}) == message
    assert invalid(put, db=db, item={"a": {"NS": ["1", given]}}) == message
    make_table(db, "numbers", hash=("id", "N"))
    assert invalid(db.get_item, TableName="numbers", Key={"id": n(given)}) == message
    assert message in invalid(
        db.update_item,
        TableName=likes,
        Key={"id": s("1")},
        UpdateExpression="SET a = :a",
        ExpressionAttributeValues={":a": n(given)},
    )


def test_arithmetic_is_exact_and_bounded(db, likes):
    put(db, {"a": n("0.1"), "big": n("9" * 38), "huge": n("9E125")})
    assert update(db, "SET b = a + :x", x=n("0.2"))["b"] == n("0.3")
    assert update(db, "SET b = a - :x", x=n("1e20"))["b"] == n("-99999999999999999999.9")
    key = {"TableName": likes, "Key": {"id": s("1")}}
    message = invalid(
        db.update_item,
        UpdateExpression="SET b = huge + :x",
        ExpressionAttributeValues={":x": n("9E125")},
        **key,
    )
    assert message == OVERFLOW
    message = invalid(
        db.update_item,
        UpdateExpression="SET b = big + :x",
        ExpressionAttributeValues={":x": n("0.1")},
        **key,
    )
    assert "number" in message.lower()


def test_numeric_keys_are_one_whatever_their_spelling(db):
    make_table(db, "numbers", hash=("id", "N"), range=("r", "N"))
    for spelling in ("1000", "1e3", "1000.0", "0001E+03"):
        db.put_item(TableName="numbers", Item={"id": n(spelling), "r": n(spelling), "a": n(1)})
        assert db.scan(TableName="numbers")["Items"] == [{"id": n(1000), "r": n(1000), "a": n(1)}]
        answer = db.query(
            TableName="numbers",
            KeyConditionExpression="id = :a AND r = :a",
            ExpressionAttributeValues={":a": n(spelling)},
        )
        assert answer["Count"] == 1
    twice = [
        {"PutRequest": {"Item": {"id": n("1000"), "r": n(1)}}},
        {"DeleteRequest": {"Key": {"id": n("1e3"), "r": n("1.0")}}},
    ]
    assert invalid(db.batch_write_item, RequestItems={"numbers": twice}) == (
        "Provided list of item keys contains duplicates"
    )


def test_numbers_are_in_order_over_their_whole_range(db):
    make_table(db, "numbers", hash=("id", "S"), range=("r", "N"))
    ordered = [
        "-9.9E125", "-1E125", "-100", "-10.5", "-10", "-1.01", "-1", "-0.5", "-1E-129", "-1E-130", "0",
        "1E-130", "1.5E-130", "1E-129", "0.1", "0.5", "1", "1.01", "2", "10", "10.5", "99", "100", "1E125",
    ]  # fmt: skip
    for number in reversed(ordered):
        db.put_item(TableName="numbers", Item={"id": s("x"), "r": n(number), "as": s(number)})
    for forward in (True, False):
        answer = db.query(
            TableName="numbers",
            KeyConditionExpression="id = :i",
            ExpressionAttributeValues={":i": s("x")},
            ScanIndexForward=forward,
        )
        found = [item["as"]["S"] for item in answer["Items"]]
        assert found == (ordered if forward else ordered[::-1])


# ---- keys ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("type, one", [("S", "x"), ("S", "é"), ("B", b"x")])
def test_keys_have_a_maximum_in_bytes(db, type, one):
    make_table(db, "keys", hash=("p", type), range=("r", type))
    step = len(one.encode()) if type == "S" else 1

    def key(hash, range):
        return {"p": {type: one * (hash // step)}, "r": {type: one * (range // step)}}

    db.put_item(TableName="keys", Item=key(2048, 1024))
    assert db.get_item(TableName="keys", Key=key(2048, 1024))["Item"] == key(2048, 1024)
    for call in (
        lambda k: invalid(db.put_item, TableName="keys", Item=k),
        lambda k: invalid(db.get_item, TableName="keys", Key=k),
        lambda k: invalid(db.delete_item, TableName="keys", Key=k),
    ):
        assert call(key(2048 + step, 10)) == HASH_SIZE
        assert call(key(10, 1024 + step)) == RANGE_SIZE


def test_string_keys_are_in_the_order_of_their_utf8(db):
    make_table(db, "keys", hash=("p", "S"), range=("r", "S"))
    ordered = ["A", "B", "a", "aa", "z", "é", "\uffff", "\U00010000"]
    for text in reversed(ordered):
        db.put_item(TableName="keys", Item={"p": s("x"), "r": s(text)})
    answer = db.query(
        TableName="keys",
        KeyConditionExpression="p = :p",
        ExpressionAttributeValues={":p": s("x")},
    )
    assert [item["r"]["S"] for item in answer["Items"]] == ordered


def test_binary_keys_are_unsigned_bytes(db):
    make_table(db, "keys", hash=("p", "S"), range=("r", "B"))
    ordered = [b"\x00", b"\x00\x00", b"\x01", b"\x7f", b"\x80", b"\xff", b"\xff\x00"]
    for bytes in reversed(ordered):
        db.put_item(TableName="keys", Item={"p": s("x"), "r": {"B": bytes}})
    answer = db.query(
        TableName="keys",
        KeyConditionExpression="p = :p AND begins_with(r, :b)",
        ExpressionAttributeValues={":p": s("x"), ":b": {"B": b"\xff"}},
    )
    assert [item["r"]["B"] for item in answer["Items"]] == [b"\xff", b"\xff\x00"]
    answer = db.scan(TableName="keys")
    assert [item["r"]["B"] for item in answer["Items"]] == ordered


def test_empty_keys_are_refused_in_every_operation(db, likes):
    message = (
        "One or more parameter values are not valid. The AttributeValue for a key attribute cannot "
        "contain an empty string value. Key: id"
    )
    key = {"id": s("")}
    assert invalid(db.put_item, TableName=likes, Item=key) == message
    for call in (db.get_item, db.update_item, db.delete_item):
        assert invalid(call, TableName=likes, Key=key) == message
    for body in ({"PutRequest": {"Item": key}}, {"DeleteRequest": {"Key": key}}):
        assert invalid(db.batch_write_item, RequestItems={likes: [body]}) == message
    assert invalid(db.batch_get_item, RequestItems={likes: {"Keys": [key]}}) == message


# ---- values --------------------------------------------------------------------------------------


def test_nesting_is_counted_in_every_kind_of_write(db, likes):
    put(db, {"a": nested(31)})
    assert get(db)["a"] == nested(31)
    assert invalid(put, db=db, item={"a": nested(32)}) == NESTING
    lists = s("x")
    for _ in range(32):
        lists = {"L": [lists]}
    assert invalid(put, db=db, item={"a": lists}) == NESTING
    batch = [{"PutRequest": {"Item": {"id": s("2"), "a": nested(32)}}}]
    assert invalid(db.batch_write_item, RequestItems={likes: batch}) == NESTING
    assert NESTING in invalid(
        db.put_item,
        TableName=likes,
        Item={"id": s("1")},
        ConditionExpression="a = :a",
        ExpressionAttributeValues={":a": nested(32)},
    )


@pytest.mark.parametrize(
    "value, bytes",
    [
        (s("é"), 2),
        ({"B": b"abc"}, 3),
        (n("1"), 2),
        (n("0"), 1),
        (n("1E125"), 2),
        (n("3.14159"), 5),
        (n("123456"), 4),
        (n("-1"), 3),
        ({"BOOL": True}, 1),
        ({"NULL": True}, 1),
        ({"SS": ["a", "bc"]}, 3),
        ({"NS": ["1", "2"]}, 4),
        ({"L": []}, 3),
        ({"L": [s("a"), n(1)]}, 3 + 2 + 3),
        ({"M": {}}, 3),
        ({"M": {"key": s("a")}}, 3 + 1 + 3 + 1),
    ],
)
def test_an_items_size_is_counted_as_aws_counts(db, likes, value, bytes):
    put(db, {"a": value})
    size = db.describe_table(TableName=likes)["Table"]["TableSizeBytes"]
    assert size - len("id") - len("1") - len("a") == bytes


@pytest.mark.parametrize(
    "value, message",
    [
        ({"SS": []}, INVALID + "An string set  may not be empty"),
        ({"NS": []}, INVALID + "An number set  may not be empty"),
        ({"BS": []}, INVALID + "Binary sets should not be empty"),
        ({"NULL": False}, INVALID + "Null attribute value types must have the value of true"),
        ({}, "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes"),
        ({"S": "a", "N": "1"}, "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes"),
        ({"SS": ["a", "a"]}, INVALID + "Input collection [a, a] contains duplicates."),
        ({"BS": [b"b", b"b"]}, INVALID + "Input collection [Yg==, Yg==]of type BS contains duplicates."),
        ({"NS": ["1", "1.0"]}, "Input collection contains duplicates"),
    ],
)  # fmt: skip
def test_values_that_cannot_be_are_refused_at_any_depth(db, likes, value, message):
    assert invalid(put, db=db, item={"a": value}) == message
    assert invalid(put, db=db, item={"a": {"M": {"b": {"L": [value]}}}}) == message


def test_what_is_empty_may_be_so(db, likes):
    item = {
        "s": s(""),
        "b": {"B": b""},
        "l": {"L": [s("")]},
        "m": {"M": {"": s("")}},
        "e": {"L": []},
        "f": {"M": {}},
        "ss": {"SS": ["", "a"]},
    }
    put(db, item)
    assert get(db) == {"id": s("1"), **item}


def test_sets_and_maps_are_equal_in_any_order(db, likes):
    value = {"M": {"b": {"SS": ["x", "y"]}, "a": {"L": [{"NS": ["1", "2"]}]}}}
    other = {"M": {"a": {"L": [{"NS": ["2.0", "1"]}]}, "b": {"SS": ["y", "x"]}}}
    put(db, {"v": value})
    put(db, {"v": value}, ConditionExpression="v = :v", ExpressionAttributeValues={":v": other})
