"""DynamoDB through boto3: conditions and updates."""

import pytest
from botocore.exceptions import ClientError

from dynamodb_kit import db, events, likes  # noqa: F401
from dynamodb_kit import invalid, n, nested, s, update


# ---- conditions -----------------------------------------------------------------------------------


def test_a_failed_condition_changes_nothing_and_can_show_the_item(db, likes):
    db.put_item(TableName=likes, Item={"id": s("1"), "v": n(1)})
    with pytest.raises(ClientError) as caught:
        db.put_item(
            TableName=likes,
            Item={"id": s("1"), "v": n(2)},
            ConditionExpression="attribute_not_exists(id)",
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )
    response = caught.value.response
    assert response["Error"]["Code"] == "ConditionalCheckFailedException"
    assert response["Error"]["Message"] == "The conditional request failed"
    assert response["Item"] == {"id": s("1"), "v": n(1)}
    assert db.get_item(TableName=likes, Key={"id": s("1")})["Item"]["v"] == n(1)


def test_conditions_are_true_where_they_should_be(db, likes):
    db.put_item(
        TableName=likes,
        Item={
            "id": s("1"),
            "num": n(5),
            "txt": s("hello"),
            "tags": {"SS": ["x", "y"]},
            "items_": {"L": [s("x"), {"M": {"k": n(1)}}]},
            "map": {"M": {"k": n(1), "z": s("")}},
            "flag": {"BOOL": True},
            "sign": s("é𝄞"),
        },
    )
    db.put_item(TableName=likes, Item={"id": s("2"), "num": s("5")})
    only_first, only_second, both, none = ["1"], ["2"], ["1", "2"], []
    for expression, values, expected in (
        ("num = :a", {"a": n("5.0")}, only_first),
        ("num <> :a", {"a": n(5)}, only_second),
        ("nothere <> :a", {"a": n(5)}, both),
        ("nothere < :a", {"a": n(5)}, none),
        ("num < :a", {"a": n(6)}, only_first),
        ("num BETWEEN :a AND :b", {"a": n(1), "b": n(5)}, only_first),
        ("num IN (:a, :b)", {"a": s("5"), "b": n(7)}, only_second),
        ("attribute_exists(tags)", {}, only_first),
        ("attribute_not_exists(tags)", {}, only_second),
        ("attribute_exists(items_[1].k)", {}, only_first),
        ("attribute_exists(items_[2])", {}, none),
        ("attribute_type(num, :a)", {"a": s("S")}, only_second),
        ("begins_with(txt, :a)", {"a": s("hel")}, only_first),
        ("contains(txt, :a)", {"a": s("ell")}, only_first),
        ("contains(tags, :a)", {"a": s("y")}, only_first),
        ("contains(tags, :a)", {"a": s("z")}, none),
        ("contains(items_, :a)", {"a": {"M": {"k": n(1)}}}, only_first),
        ("tags = :a", {"a": {"SS": ["y", "x"]}}, only_first),
        ("#m = :a", {"a": {"M": {"z": s(""), "k": n(1)}}}, only_first),
        ("size(sign) = :a", {"a": n(3)}, only_first),
        ("size(items_) = :a", {"a": n(2)}, only_first),
        ("size(num) <> :a", {"a": n(9)}, only_second),
        ("NOT num = :a", {"a": n(5)}, only_second),
        ("NOT NOT num = :a", {"a": n(5)}, only_first),
        ("num = :a or num = :b and flag = :c", {"a": s("5"), "b": n(5), "c": {"BOOL": True}}, both),
        ("(num = :a OR num = :b) AND flag = :c", {"a": s("5"), "b": n(5), "c": {"BOOL": True}},
         only_first),
        ("num=:a AND(txt=:b)", {"a": n(5), "b": s("hello")}, only_first),
        (":a = num", {"a": n(5)}, only_first),
    ):
        arguments = {"TableName": likes, "FilterExpression": expression}
        if values:
            arguments["ExpressionAttributeValues"] = {f":{k}": v for k, v in values.items()}
        if "#m" in expression:
            arguments["ExpressionAttributeNames"] = {"#m": "map"}
        found = sorted(item["id"]["S"] for item in db.scan(**arguments)["Items"])
        assert found == expected, expression


@pytest.mark.parametrize(
    "expression, message",
    [
        ("", "The expression can not be empty;"),
        ("!!", 'Syntax error; token: "!", near: "!!"'),
        ("(", 'Syntax error; token: "<EOF>", near: "("'),
        ("a = = b", 'Syntax error; token: "=", near: "= = b"'),
        ("a", 'Syntax error; token: "<EOF>", near: "a"'),
        ("a = :a AND", 'Syntax error; token: "<EOF>", near: "AND"'),
        ("((a = :a))", "The expression has redundant parentheses;"),
        ("abOrt = :a", "Attribute name is a reserved keyword; reserved keyword: abOrt"),
        ("f(a)", "Invalid function name; function: f"),
        (
            "size(a)",
            "The function is not allowed to be used this way in an expression; function: size",
        ),
        (
            "attribute_exists(a) < :a",
            "The function is not allowed to be used this way in an expression; function: "
            "attribute_exists",
        ),
        (
            "size(a, b) = :a",
            "Incorrect number of operands for operator or function; operator or function: size, "
            "number of operands: 2",
        ),
        (
            "attribute_exists(:a)",
            "Operator or function requires a document path; operator or function: "
            "attribute_exists",
        ),
        (
            "a = a",
            "The first operand must be distinct from the remaining operands for this operator or "
            "function; operator: =, first operand: [a]",
        ),
        (
            "#x = :a",
            "An expression attribute name used in the document path is not defined; attribute "
            "name: #x",
        ),
        (
            "a = :b",
            "An expression attribute value used in expression is not defined; attribute value: :b",
        ),
        (
            "a.b[99999999999999] = :a",
            "List index is not within the allowable range; index: [99999999999999]",
        ),
        (
            ".".join("a" * 33) + " = :a",
            "The document path has too many nesting levels; nesting levels: 33",
        ),
        (
            "a = :a" + " OR a = :a" * 150,
            "The expression contains too many operators; operator count: 301",
        ),
        (
            "a = :a" + " " * 4100,
            "Expression size has exceeded the maximum allowed size; expression size: 4106",
        ),
    ],
)
def test_conditions_that_are_wrong_are_refused(db, likes, expression, message):
    assert f"Invalid ConditionExpression: {message}" == invalid(
        db.put_item,
        TableName=likes,
        Item={"id": s("1")},
        ConditionExpression=expression,
        ExpressionAttributeValues={":a": n(1)},
    )
    assert db.scan(TableName=likes)["Items"] == []


def test_placeholders_must_be_used_and_well_formed(db, likes):
    arguments = {"TableName": likes, "Item": {"id": s("1")}}
    condition = {"ConditionExpression": "attribute_not_exists(id)"}
    assert (
        "Value provided in ExpressionAttributeValues unused in expressions: keys: {:a, :b}"
        == invalid(
            db.put_item,
            ExpressionAttributeValues={":b": n(1), ":a": n(1)},
            **condition,
            **arguments,
        )
    )
    assert "Value provided in ExpressionAttributeNames unused in expressions: keys: {#a}" == invalid(
        db.put_item, ExpressionAttributeNames={"#a": "a"}, **condition, **arguments
    )
    assert 'ExpressionAttributeNames contains invalid key: Syntax error; key: "a"' == invalid(
        db.put_item, ExpressionAttributeNames={"a": "a"}, **condition, **arguments
    )
    assert "ExpressionAttributeValues must not be empty" == invalid(
        db.put_item, ExpressionAttributeValues={}, **condition, **arguments
    )
    assert "ExpressionAttributeNames can only be specified when using expressions" == invalid(
        db.put_item, ExpressionAttributeNames={"#a": "a"}, **arguments
    )
    assert (
        "ExpressionAttributeValues can only be specified when using expressions: "
        "ConditionExpression is null"
        == invalid(db.put_item, ExpressionAttributeValues={":a": n(1)}, **arguments)
    )
    assert (
        "ExpressionAttributeValues contains invalid value: The parameter cannot be converted to a "
        "numeric value: x for key :a"
        == invalid(
            db.put_item,
            ExpressionAttributeValues={":a": n("x")},
            ConditionExpression="v = :a",
            **arguments,
        )
    )


# ---- updates --------------------------------------------------------------------------------------


def test_an_update_makes_the_item_it_does_not_find(db, likes):
    assert update(db, "SET v = :a, w = if_not_exists(nothere, :a)", a=n(1)) == {
        "id": s("1"),
        "v": n(1),
        "w": n(1),
    }
    db.update_item(TableName=likes, Key={"id": s("2")})
    assert db.get_item(TableName=likes, Key={"id": s("2")})["Item"] == {"id": s("2")}
    assert update(db, "REMOVE v", id="3") is None
    assert "Item" not in db.get_item(TableName=likes, Key={"id": s("3")})


def test_updates_compute_from_the_item_as_it_was(db, likes):
    db.put_item(TableName=likes, Item={"id": s("1"), "a": n("0.1"), "b": n(2)})
    assert update(db, "SET a = b, b = a + :x", x=n("0.2")) == {
        "id": s("1"),
        "a": n(2),
        "b": n("0.3"),
    }
    assert update(db, "SET a = (:x - b)", x=n("1e10"))["a"] == n("9999999999.7")


def test_lists_are_changed_by_their_old_indices(db, likes):
    db.put_item(TableName=likes, Item={"id": s("1"), "l": {"L": [n(0), n(1), n(2), n(3)]}})
    assert update(db, "REMOVE l[0], l[2]")["l"] == {"L": [n(1), n(3)]}
    assert update(db, "SET l[9] = :b, l[5] = :a, l[0] = :c", a=s("a"), b=s("b"), c=s("c"))["l"] == {
        "L": [s("c"), n(3), s("a"), s("b")]
    }
    assert update(db, "SET l = list_append(:a, l)", a={"L": [n(7)]})["l"] == {
        "L": [n(7), s("c"), n(3), s("a"), s("b")]
    }


def test_add_and_delete_work_on_numbers_and_sets(db, likes):
    assert update(db, "ADD hits :one, m :set", one=n(1), set={"SS": ["b"]}) == {
        "id": s("1"),
        "hits": n(1),
        "m": {"SS": ["b"]},
    }
    changed = update(db, "ADD hits :two, m :set", two=n(2), set={"SS": ["c", "a", "b"]})
    assert changed["hits"] == n(3)
    assert changed["m"] == {"SS": ["a", "b", "c"]}
    assert update(db, "DELETE m :set", set={"SS": ["a", "z"]})["m"] == {"SS": ["b", "c"]}
    assert "m" not in update(db, "DELETE m :set", set={"SS": ["b", "c"]})


def test_nested_paths_are_set_in_place(db, likes):
    db.put_item(TableName=likes, Item={"id": s("1"), "m": {"M": {"a": n(1), "c": n(3)}}})
    assert update(db, "SET m.b = :v REMOVE m.a ADD m.c :v", v=n(2))["m"] == {
        "M": {"b": n(2), "c": n(5)}
    }


def test_updated_values_are_only_the_paths_touched(db, likes):
    db.put_item(
        TableName=likes,
        Item={"id": s("1"), "m": {"M": {"a": n(1), "b": n(2)}}, "l": {"L": [n(0), n(1), n(2)]}},
    )

    def touched(expression, which, **values):
        arguments = {"ExpressionAttributeValues": values} if values else {}
        return db.update_item(
            TableName=likes,
            Key={"id": s("1")},
            UpdateExpression=expression,
            ReturnValues=which,
            **arguments,
        ).get("Attributes")

    assert touched("SET m.a = :v", "UPDATED_OLD", **{":v": n(9)}) == {"m": {"M": {"a": n(1)}}}
    assert touched("SET m.a = :v", "UPDATED_NEW", **{":v": n(8)}) == {"m": {"M": {"a": n(8)}}}
    assert touched("SET l[1] = :v", "UPDATED_NEW", **{":v": n(7)}) == {"l": {"L": [n(7)]}}
    assert touched("REMOVE l[1]", "UPDATED_NEW") == {"l": {"L": [n(2)]}}
    assert touched("SET fresh = :v", "UPDATED_OLD", **{":v": n(7)}) is None
    assert touched("REMOVE fresh", "UPDATED_NEW") is None


@pytest.mark.parametrize(
    "expression, message",
    [
        ("", "The expression can not be empty;"),
        ("INVALID SYNTAX", 'Syntax error; token: "INVALID", near: "INVALID SYNTAX"'),
        ("SET a = :n SET b = :n", 'The "SET" section can only be used once in an update expression;'),
        (
            "SET a = :n, a.b = :n",
            "Two document paths overlap with each other; must remove or rewrite one of these "
            "paths; path one: [a], path two: [a, b]",
        ),
        (
            "SET a.b = :n, a[1] = :n",
            "Two document paths conflict with each other; must remove or rewrite one of these "
            "paths; path one: [a, b], path two: [a, [1]]",
        ),
        (
            "ADD a :s",
            "Incorrect operand type for operator or function; operator: ADD, operand type: STRING",
        ),
        (
            "SET a = :s + :n",
            "Incorrect operand type for operator or function; operator or function: +, operand "
            "type: S",
        ),
        ("SET a = nofunction(:n)", "Invalid function name; function: nofunction"),
    ],
)
def test_updates_that_are_wrong_are_refused(db, likes, expression, message):
    values = {":n": n(1), ":s": s("x")}
    used = {k: v for k, v in values.items() if k in expression}
    arguments = {"ExpressionAttributeValues": used} if used else {}
    assert f"Invalid UpdateExpression: {message}" == invalid(
        db.update_item,
        TableName=likes,
        Key={"id": s("1")},
        UpdateExpression=expression,
        **arguments,
    )


@pytest.mark.parametrize(
    "expression, message",
    [
        (
            "SET a = nothere",
            "The provided expression refers to an attribute that does not exist in the item",
        ),
        (
            "SET nothere.a = :n",
            "The document path provided in the update expression is invalid for update",
        ),
        (
            "REMOVE nothere.a",
            "The document path provided in the update expression is invalid for update",
        ),
        (
            "SET a = txt + :n",
            "An operand in the update expression has an incorrect data type",
        ),
        (
            "ADD txt :n",
            "An operand in the update expression has an incorrect data type",
        ),
        (
            "SET a = big + big",
            "Number overflow. Attempting to store a number with magnitude larger than supported "
            "range",
        ),
        (
            "SET id = :n",
            "One or more parameter values were invalid: Cannot update attribute id. This attribute "
            "is part of the key",
        ),
        (
            "SET id.a = :n",
            "Key attributes must be scalars; list random access '[]' and map lookup '.' are not "
            "allowed: Key: id",
        ),
    ],
)
def test_updates_that_do_not_fit_the_item_change_nothing(db, likes, expression, message):
    item = {"id": s("1"), "txt": s("x"), "big": n("9" + "0" * 125)}
    db.put_item(TableName=likes, Item=item)
    arguments = {"ExpressionAttributeValues": {":n": n(1)}} if ":n" in expression else {}
    assert message == invalid(
        db.update_item,
        TableName=likes,
        Key={"id": s("1")},
        UpdateExpression=expression,
        **arguments,
    )
    assert db.get_item(TableName=likes, Key={"id": s("1")})["Item"] == item


def test_updates_cannot_nest_items_without_end(db, likes):
    db.put_item(TableName=likes, Item={"id": s("1"), "v": nested(31)})
    assert invalid(
        update, db=db, expression="SET w = list_append(:e, :e), x = :v", e={"L": [s("a")]}, v=nested(32)
    ).startswith("ExpressionAttributeValues contains invalid value: Nesting Levels")
    db.put_item(TableName=likes, Item={"id": s("1"), "v": nested(31), "m": {"M": {}}})
    assert invalid(update, db=db, expression="SET m.a = v").startswith("Nesting Levels")


def test_updates_cannot_make_items_too_large(db, likes):
    half = {"L": [s("x" * 300_000)]}
    db.put_item(TableName=likes, Item={"id": s("1"), "v": half})
    twice = "list_append(v, v)"
    many = "v"
    for _ in range(60):
        many = f"list_append({many}, v)"
    for expression in (f"SET w = {twice}", "SET w = v", f"SET w = {many}", "SET " + ", ".join(
        f"a{i} = v" for i in range(200)
    )):
        assert "Item size to update has exceeded the maximum allowed size" == invalid(
            update, db=db, expression=expression
        )
    assert db.get_item(TableName=likes, Key={"id": s("1")})["Item"] == {"id": s("1"), "v": half}


def test_attribute_names_have_a_maximum_in_bytes(db, likes):
    long = "é" * 40_000
    assert "65535" in invalid(db.put_item, TableName=likes, Item={"id": s("1"), long: n(1)})
    assert "65535" in invalid(
        update, db=db, expression="SET #a = :a", names={"#a": long}, a=n(1)
    )
