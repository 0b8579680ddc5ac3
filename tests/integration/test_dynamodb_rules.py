"""DynamoDB's rules of values, keys, expressions, pages and batches, at their limits."""

import pytest
from dynamodb_kit import db, events, invalid, likes, make_table, n, nested, refusal, s, update  # noqa: F401

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
MISMATCH = "The provided key element does not match the schema"
HASH_SIZE = INVALID + "Size of hashkey has exceeded the maximum size limit of2048 bytes"
RANGE_SIZE = (
    INVALID + "Aggregated size of all range keys has exceeded the size limit of 1024 bytes"
)


def put(db, item, **more):
    return db.put_item(TableName="likes", Item={"id": s("1"), **item}, **more)


def get(db, id="1"):
    return db.get_item(TableName="likes", Key={"id": s(id)}).get("Item")


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


# ---- expressions ---------------------------------------------------------------------------------


def condition(db, expression, values=None, names=None):
    arguments = {"ConditionExpression": expression}
    if values:
        arguments["ExpressionAttributeValues"] = values
    if names:
        arguments["ExpressionAttributeNames"] = names
    return invalid(put, db=db, item={}, **arguments)


PREFIX = "Invalid ConditionExpression: "
V = {":v": n(1)}


@pytest.mark.parametrize(
    "expression, values, message",
    [
        ("", None, "The expression can not be empty;"),
        ("a = = b", None, 'Syntax error; token: "=", near: "= = b"'),
        ("!!", None, 'Syntax error; token: "!", near: "!!"'),
        ("attribute_exists(", None, 'Syntax error; token: "<EOF>", near: "("'),
        ("INVALID SYNTAX", None, 'Syntax error; token: "SYNTAX", near: "INVALID SYNTAX"'),
        ("abOrt = :v", V, "Attribute name is a reserved keyword; reserved keyword: abOrt"),
        ("f(a)", None, "Invalid function name; function: f"),
        ("Attribute_exists(a)", None, "Invalid function name; function: Attribute_exists"),
        ("size(a, b) = :v", V, "Incorrect number of operands for operator or function; operator or function: size, number of operands: 2"),
        ("begins_with(a, :v)", V, "Incorrect operand type for operator or function; operator or function: begins_with, operand type: N"),
        ("attribute_exists(:v)", V, "Operator or function requires a document path; operator or function: attribute_exists"),
        ("size(a)", None, "The function is not allowed to be used this way in an expression; function: size"),
        ("attribute_exists(a) < :v", V, "The function is not allowed to be used this way in an expression; function: attribute_exists"),
        ("attribute_type(a, :v)", {":v": s("X")}, "Invalid attribute type name found; type: X, valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}"),
        ("a = a", None, "The first operand must be distinct from the remaining operands for this operator or function; operator: =, first operand: [a]"),
        ("contains(a.b, a.b)", None, "The first operand must be distinct from the remaining operands for this operator or function; operator: contains, first operand: [a, b]"),
        ("a BETWEEN :v AND :w", {":v": s("a"), ":w": n(1)}, "The BETWEEN operator requires same data type for lower and upper bounds; lower bound operand: AttributeValue: {S:a}, upper bound operand: AttributeValue: {N:1}"),
        ("a BETWEEN :v AND :w", {":v": n(2), ":w": n(1)}, "The BETWEEN operator requires upper bound to be greater than or equal to lower bound; lower bound operand: AttributeValue: {N:2}, upper bound operand: AttributeValue: {N:1}"),
        ("((a = :v))", V, "The expression has redundant parentheses;"),
        ("#n = :v", V, "An expression attribute name used in the document path is not defined; attribute name: #n"),
        ("a = :w", None, "An expression attribute value used in expression is not defined; attribute value: :w"),
        ("a < :v", {":v": {"BOOL": True}}, "Incorrect operand type for operator or function; operator or function: <, operand type: BOOL"),
        ("size(:v) > :w", {":v": n(1), ":w": n(1)}, "Incorrect operand type for operator or function; operator or function: size, operand type: N"),
        ("a[99999999999999] = :v", V, "List index is not within the allowable range; index: [99999999999999]"),
    ],
)  # fmt: skip
def test_conditions_are_refused_in_awss_words(db, likes, expression, values, message):
    assert condition(db, expression, values) == PREFIX + message


def test_expressions_have_their_limits(db, likes):
    text = "a = :v" + " " * 4091
    assert condition(db, text, V) == (
        PREFIX + "Expression size has exceeded the maximum allowed size; expression size: 4097"
    )
    many = " OR ".join(["a = :v"] * 151)
    assert condition(db, many, V) == (
        PREFIX + "The expression contains too many operators; operator count: 301"
    )
    key = {"TableName": likes, "Key": {"id": s("1")}}
    assert invalid(db.update_item, UpdateExpression="SET a = " + "b" * 4096, **key) == (
        "Invalid UpdateExpression: Expression size has exceeded the maximum allowed size;"
    )
    path = ".".join(["a"] * 33)
    assert invalid(db.get_item, ProjectionExpression=path, **key) == (
        "Invalid ProjectionExpression: The document path has too many nesting levels; nesting "
        "levels: 33"
    )
    assert "Item" not in db.get_item(ProjectionExpression=path[2:], **key)
    ins = ", ".join(f":v{i}" for i in range(101))
    values = {f":v{i}": n(i) for i in range(101)}
    assert "IN, number of operands: 102" in condition(db, f"a IN ({ins})", values)
    put(db, {}, ConditionExpression=f"NOT a IN ({ins[:-7]})", ExpressionAttributeValues={
        name: value for name, value in values.items() if name != ":v100"
    })  # fmt: skip


def test_not_binds_before_and_before_or(db, likes):
    put(db, {"a": n(1), "b": n(2)})
    for expression in (
        "a = :one OR a = :two AND b = :one",
        "NOT a = :two AND b = :two AND a = :one",
        "a between :one and :two and b = :two",
        "(a = :two OR b = :two) AND NOT (a = :two) AND NOT b = :one",
        "a\t=\n:one And Not b=:one or a=:two",
    ):
        put(
            db,
            {"a": n(1), "b": n(2)},
            ConditionExpression=expression,
            ExpressionAttributeValues={":one": n(1), ":two": n(2)},
        )


def test_sizes_of_strings_are_utf16_units(db, likes):
    put(db, {"a": s("é𝄞")})
    put(
        db, {}, ConditionExpression="size(a) = :n", ExpressionAttributeValues={":n": n(3)}
    )


@pytest.mark.parametrize(
    "given, message",
    [
        ({"ExpressionAttributeNames": {"#a": "a"}}, "ExpressionAttributeNames can only be specified when using expressions"),
        ({"ExpressionAttributeValues": V}, "ExpressionAttributeValues can only be specified when using expressions: ConditionExpression is null"),
        ({"ExpressionAttributeNames": {}, "ConditionExpression": "attribute_exists(id)"}, "ExpressionAttributeNames must not be empty"),
        ({"ExpressionAttributeValues": {}, "ConditionExpression": "attribute_exists(id)"}, "ExpressionAttributeValues must not be empty"),
        ({"ExpressionAttributeNames": {"a": "a"}, "ConditionExpression": "attribute_exists(id)"}, 'ExpressionAttributeNames contains invalid key: Syntax error; key: "a"'),
        ({"ExpressionAttributeNames": {"#a": "a", "#b": "b"}, "ConditionExpression": "attribute_exists(id)"}, "Value provided in ExpressionAttributeNames unused in expressions: keys: {#a, #b}"),
        ({"ExpressionAttributeValues": {":v": n("x")}, "ConditionExpression": "a = :v"}, "ExpressionAttributeValues contains invalid value: The parameter cannot be converted to a numeric value: x for key :v"),
    ],
)  # fmt: skip
def test_placeholders_are_refused_in_awss_words(db, likes, given, message):
    assert invalid(put, db=db, item={}, **given) == message


@pytest.mark.parametrize(
    "expression, values, message",
    [
        ("SET a = :v SET b = :v", V, 'The "SET" section can only be used once in an update expression;'),
        ("SET a = :v REMOVE a", V, "Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [a], path two: [a]"),
        ("SET a.b = :v, a[1] = :v", V, "Two document paths conflict with each other; must remove or rewrite one of these paths; path one: [a, b], path two: [a, [1]]"),
        ("ADD a :v", {":v": s("x")}, "Incorrect operand type for operator or function; operator: ADD, operand type: STRING"),
        ("DELETE a :v", V, "Incorrect operand type for operator or function; operator: DELETE, operand type: NUMBER"),
        ("SET a = size(b)", None, "Invalid function name; function: size"),
        ("SET a = list_append(b, :v)", V, "Incorrect operand type for operator or function; operator or function: list_append, operand type: N"),
        ("SET a = if_not_exists(:v, :v)", V, "Operator or function requires a document path; operator or function: if_not_exists"),
    ],
)  # fmt: skip
def test_updates_are_refused_in_awss_words(db, likes, expression, values, message):
    arguments = {"ExpressionAttributeValues": values} if values else {}
    got = invalid(
        db.update_item,
        TableName=likes,
        Key={"id": s("1")},
        UpdateExpression=expression,
        **arguments,
    )
    assert got == "Invalid UpdateExpression: " + message


# ---- pages ---------------------------------------------------------------------------------------


def test_limits_of_pages_and_segments(db, events):
    key = {"KeyConditionExpression": "pk = :p", "ExpressionAttributeValues": {":p": s("x")}}
    assert invalid(db.scan, TableName=events, Limit=0) == (
        "1 validation error detected: Value '0' at 'limit' failed to satisfy constraint: Member "
        "must have value greater than or equal to 1"
    )
    assert invalid(db.query, TableName=events, Limit=0, **key) == (
        "1 validation error detected: Value at 'Limit' failed to satisfy constraint: Member must "
        "have value greater than or equal to 1"
    )
    assert invalid(db.scan, TableName=events, Segment=5, TotalSegments=5) == (
        "The Segment parameter is zero-based and must be less than parameter TotalSegments: "
        "Segment: 5 is not less than TotalSegments: 5"
    )
    for wrong in (
        {"Segment": 0, "TotalSegments": 1000001},
        {"Segment": -1, "TotalSegments": 2},
        {"Segment": 0, "TotalSegments": 0},
    ):
        invalid(db.scan, TableName=events, **wrong)
    assert invalid(db.scan, TableName=events, ReturnConsumedCapacity="X") == (
        "1 validation error detected: Value 'X' at 'returnConsumedCapacity' failed to satisfy "
        "constraint: Member must satisfy enum value set: [INDEXES, TOTAL, NONE]"
    )


def test_segments_do_not_share_items_and_miss_none(db, likes):
    for i in range(60):
        db.put_item(TableName=likes, Item={"id": s(str(i))})
    for total in (1, 2, 3, 7, 4096, 1000000):
        found = []
        for segment in range(total) if total < 10 else (0, 1, total - 1):
            answer = db.scan(TableName=likes, Segment=segment, TotalSegments=total)
            found += [item["id"]["S"] for item in answer["Items"]]
        assert len(found) == len(set(found))
        if total < 10:
            assert len(found) == 60


def test_a_page_that_is_full_says_where_it_ended_even_at_the_end(db, events):
    for i in range(3):
        db.put_item(TableName=events, Item={"pk": s("x"), "sk": n(i)})
    answer = db.scan(TableName=events, Limit=3)
    assert answer["LastEvaluatedKey"] == {"pk": s("x"), "sk": n(2)}
    rest = db.scan(TableName=events, ExclusiveStartKey=answer["LastEvaluatedKey"])
    assert rest["Items"] == [] and "LastEvaluatedKey" not in rest
    none = db.scan(TableName=events, Limit=2, FilterExpression="attribute_exists(nothing)")
    assert (none["Count"], none["ScannedCount"]) == (0, 2)
    assert none["LastEvaluatedKey"] == {"pk": s("x"), "sk": n(1)}


def test_key_conditions_may_have_the_value_first(db, events):
    for i in range(5):
        db.put_item(TableName=events, Item={"pk": s("x"), "sk": n(i)})
    answer = db.query(
        TableName=events,
        KeyConditionExpression=":p = pk AND :v >= sk",
        ExpressionAttributeValues={":p": s("x"), ":v": n(2)},
    )
    assert [item["sk"]["N"] for item in answer["Items"]] == ["0", "1", "2"]


# ---- batches -------------------------------------------------------------------------------------


def test_a_batch_get_leaves_what_is_beyond_16_megabytes(db, likes):
    big = {"x": s("x" * 390_000)}
    for i in range(50):
        db.put_item(TableName=likes, Item={"id": s(str(i)), **big})
    keys = [{"id": s(str(i))} for i in range(50)]
    request = {likes: {"Keys": keys, "ProjectionExpression": "id", "ConsistentRead": True}}
    found, rounds = [], 0
    while request:
        answer = db.batch_get_item(RequestItems=request)
        found += answer["Responses"][likes]
        request = answer["UnprocessedKeys"]
        rounds += 1
        if rounds == 1:
            assert 40 <= len(found) < 50
            assert request[likes]["ProjectionExpression"] == "id"
            assert request[likes]["ConsistentRead"] is True
    assert rounds == 2
    assert sorted(item["id"]["S"] for item in found) == sorted(str(i) for i in range(50))


def test_batches_refuse_too_many_and_too_few(db, likes, events):
    writes = [{"PutRequest": {"Item": {"id": s(str(i))}}} for i in range(26)]
    message = invalid(db.batch_write_item, RequestItems={likes: writes})
    assert message.startswith("1 validation error detected: Value '{")
    assert message.endswith(
        "at 'requestItems' failed to satisfy constraint: Map value must satisfy constraint: "
        "[Member must have length less than or equal to 25, Member must have length greater than "
        "or equal to 1]"
    )
    keys = {"Keys": [{"id": s(str(i))} for i in range(101)]}
    assert invalid(db.batch_get_item, RequestItems={likes: keys}) == (
        "1 validation error detected: Value at 'RequestItems.likes.member.Keys' failed to satisfy "
        "constraint: Member must have length less than or equal to 100"
    )
    assert invalid(db.batch_get_item, RequestItems={}) == (
        "The requestItems parameter is required for BatchGetItem"
    )
    assert invalid(db.batch_write_item, RequestItems={}) == (
        "The requestItems parameter is required for BatchWriteItem"
    )
    split = {
        likes: {"Keys": [{"id": s(str(i))} for i in range(60)]},
        events: {"Keys": [{"pk": s("x"), "sk": n(i)} for i in range(60)]},
    }
    assert invalid(db.batch_get_item, RequestItems=split) == (
        "Too many items requested for the BatchGetItem call"
    )
    assert db.scan(TableName=likes)["Count"] == 0


def test_names_have_a_maximum_and_a_minimum(db, likes):
    put(db, {"a" * 65535: n(1)})
    assert "65535" in invalid(put, db=db, item={"a" * 65536: n(1)})
    assert "Empty attribute name" in invalid(put, db=db, item={"": n(1)})


@pytest.mark.parametrize(
    "name, message",
    [
        ("", "greater than or equal to 1"),
        ("a" * 256, "less than or equal to 255"),
    ],
)
def test_table_names_are_checked_before_anything_else(db, name, message):
    for call, more in (
        (db.get_item, {"Key": {"id": s("1")}}),
        (db.put_item, {"Item": {"id": s("1")}}),
        (db.scan, {"ReturnConsumedCapacity": "TOTAL"}),
    ):
        assert message in invalid(call, TableName=name, **more)


def test_return_values_are_those_of_the_operation(db, likes):
    put(db, {"a": n(1)})
    for value in ("ALL_NEW", "UPDATED_OLD", "UPDATED_NEW"):
        message = "ReturnValues can only be ALL_OLD or NONE"
        assert invalid(put, db=db, item={}, ReturnValues=value) == message
        key = {"TableName": likes, "Key": {"id": s("1")}}
        assert invalid(db.delete_item, ReturnValues=value, **key) == message
    assert "[ALL_NEW, UPDATED_OLD, ALL_OLD, NONE, UPDATED_NEW]" in invalid(
        put, db=db, item={}, ReturnValues="X"
    )


def test_updated_values_of_nested_paths_stand_in_their_parents(db, likes):
    put(db, {"a": {"M": {"b": n(1), "c": {"L": [n(0), n(1), n(2)]}}}})

    def updated(expression, which, **values):
        arguments = {f":{k}": v for k, v in values.items()}
        return db.update_item(
            TableName=likes,
            Key={"id": s("1")},
            UpdateExpression=expression,
            ReturnValues=which,
            **({"ExpressionAttributeValues": arguments} if arguments else {}),
        ).get("Attributes")

    assert updated("SET a.b = :v", "UPDATED_NEW", v=n(9)) == {"a": {"M": {"b": n(9)}}}
    assert updated("SET a.c[1] = :v", "UPDATED_OLD", v=n(7)) == {"a": {"M": {"c": {"L": [n(1)]}}}}
    assert updated("SET a.c[100] = :v", "UPDATED_NEW", v=n(5)) is None
    assert updated("REMOVE a.c[1]", "UPDATED_NEW") == {"a": {"M": {"c": {"L": [n(2)]}}}}
    assert updated("SET made = :v", "UPDATED_OLD", v=n(1)) is None
    assert updated("REMOVE made", "UPDATED_NEW") is None
    assert updated("SET x = :v, y = :v", "UPDATED_NEW", v=n(3)) == {"x": n(3), "y": n(3)}
