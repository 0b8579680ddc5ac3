"""DynamoDB's rules of expressions, pages and batches, at their limits."""

import pytest
from dynamodb_kit import db, events, get, invalid, likes, n, put, s, update  # noqa: F401

INVALID = "One or more parameter values were invalid: "


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
