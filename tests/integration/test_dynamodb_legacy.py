"""The parameters from before there were expressions."""

import pytest
from dynamodb_kit import db, events, invalid, likes, make_table, n, refusal, s  # noqa: F401

INVALID = "One or more parameter values were invalid: "
FAILED = ("ConditionalCheckFailedException", "The conditional request failed")
ITEM = {
    "id": s("1"),
    "a": n(5),
    "t": s("hello"),
    "l": {"L": [s("x"), n(1)]},
    "ss": {"SS": ["a", "b"]},
}


def compare(operator, *values):
    condition = {"ComparisonOperator": operator}
    if values:
        condition["AttributeValueList"] = list(values)
    return condition


@pytest.mark.parametrize(
    "attribute, condition, holds",
    [
        ("a", {"Value": n("5.0")}, True),
        ("a", {"Value": n(6), "Exists": True}, False),
        ("a", {"Exists": False}, False),
        ("nothing", {"Exists": False}, True),
        ("nothing", {"Value": n(5)}, False),
        ("a", {"ComparisonOperator": "EQ", "Value": n(5)}, True),
        ("a", compare("EQ", n(5)), True),
        ("a", compare("EQ", s("5")), False),
        ("ss", compare("EQ", {"SS": ["b", "a"]}), True),
        ("l", compare("EQ", {"L": [s("x"), n("1.0")]}), True),
        ("a", compare("NE", n(5)), False),
        ("a", compare("NE", s("5")), True),
        ("nothing", compare("NE", n(5)), True),
        ("a", compare("LT", n(6)), True),
        ("a", compare("LT", n(5)), False),
        ("a", compare("LE", n(5)), True),
        ("a", compare("GT", n(4)), True),
        ("a", compare("GE", n(5)), True),
        ("a", compare("GT", s("4")), False),
        ("nothing", compare("LT", n(6)), False),
        ("a", compare("BETWEEN", n(5), n(7)), True),
        ("a", compare("BETWEEN", n(6), n(7)), False),
        ("a", compare("IN", n(4), n(5)), True),
        ("a", compare("IN", n(4), n(6)), False),
        ("a", compare("NOT_NULL"), True),
        ("nothing", compare("NOT_NULL"), False),
        ("nothing", compare("NULL"), True),
        ("a", compare("NULL"), False),
        ("t", compare("CONTAINS", s("ell")), True),
        ("ss", compare("CONTAINS", s("a")), True),
        ("l", compare("CONTAINS", n("1.0")), True),
        ("ss", compare("CONTAINS", s("c")), False),
        ("ss", compare("NOT_CONTAINS", s("c")), True),
        ("t", compare("NOT_CONTAINS", s("ell")), False),
        ("nothing", compare("NOT_CONTAINS", s("c")), False),
        ("t", compare("BEGINS_WITH", s("he")), True),
        ("t", compare("BEGINS_WITH", s("lo")), False),
    ],
)
def test_an_expectation_and_a_filter_hold_where_they_should(db, likes, attribute, condition, holds):
    db.put_item(TableName=likes, Item=ITEM)
    arguments = {"TableName": likes, "Key": {"id": s("1")}, "Expected": {attribute: condition}}
    updates = {"u": {"Value": n(1), "Action": "PUT"}}
    if holds:
        db.update_item(AttributeUpdates=updates, **arguments)
    else:
        assert refusal(db.update_item, AttributeUpdates=updates, **arguments) == FAILED
    after = {**ITEM, "u": n(1)} if holds else ITEM
    assert db.get_item(TableName=likes, Key={"id": s("1")})["Item"] == after
    if "ComparisonOperator" in condition and "Value" not in condition:
        answer = db.scan(TableName=likes, ScanFilter={attribute: condition})
        assert answer["Items"] == ([after] if holds else [])
        assert answer["ScannedCount"] == 1


def test_expectations_are_all_or_any(db, likes):
    db.put_item(TableName=likes, Item=ITEM)
    both = {"a": {"Value": n(5)}, "t": {"Value": s("other")}}
    put = {"TableName": likes, "Item": {"id": s("1"), "put": n(1)}}

    assert refusal(db.put_item, Expected=both, **put) == FAILED
    assert refusal(db.put_item, Expected=both, ConditionalOperator="AND", **put) == FAILED
    old = db.put_item(Expected=both, ConditionalOperator="OR", ReturnValues="ALL_OLD", **put)
    assert old["Attributes"] == ITEM

    key = {"TableName": likes, "Key": {"id": s("1")}}
    assert refusal(db.delete_item, Expected={"a": {"Value": n(5)}}, **key) == FAILED
    db.delete_item(Expected={"put": {"Value": n(1)}}, **key)
    assert "Item" not in db.get_item(**key)


@pytest.mark.parametrize(
    "condition, message",
    [
        (compare("EQ"), "Invalid number of argument(s) for the EQ ComparisonOperator"),
        (compare("EQ", n(1), n(2)), "Invalid number of argument(s) for the EQ ComparisonOperator"),
        (compare("BETWEEN", n(1)), "Invalid number of argument(s) for the BETWEEN ComparisonOperator"),
        (compare("IN"), "Invalid number of argument(s) for the IN ComparisonOperator"),
        (compare("NULL", n(1)), "Invalid number of argument(s) for the NULL ComparisonOperator"),
        (compare("NOT_NULL", n(1)), "Invalid number of argument(s) for the NOT_NULL ComparisonOperator"),
        (compare("LE", {"SS": ["a"]}), "ComparisonOperator LE is not valid for SS AttributeValue type"),
        (compare("GT", {"BOOL": True}), "ComparisonOperator GT is not valid for BOOL AttributeValue type"),
        (compare("BEGINS_WITH", n(1)), "ComparisonOperator BEGINS_WITH is not valid for N AttributeValue type"),
        (compare("CONTAINS", {"L": []}), "ComparisonOperator CONTAINS is not valid for L AttributeValue type"),
        (compare("IN", {"M": {}}), "ComparisonOperator IN is not valid for M AttributeValue type"),
        ({}, "Value must be provided when Exists is null for Attribute: a"),
        ({"Exists": True}, "Value must be provided when Exists is true for Attribute: a"),
        ({"Exists": False, "Value": n(1)}, "Value cannot be used when Exists is false for Attribute: a"),
        ({"AttributeValueList": [n(1)]}, "AttributeValueList can only be used with a ComparisonOperator for Attribute: a"),
        ({**compare("EQ", n(1)), "Exists": True}, "Exists and ComparisonOperator cannot be used together for Attribute: a"),
        ({**compare("EQ", n(1)), "Value": n(1)}, "Value and AttributeValueList cannot be used together for Attribute: a"),
    ],
)  # fmt: skip
def test_expectations_that_are_wrong_are_refused(db, likes, condition, message):
    got = invalid(db.put_item, TableName=likes, Item={"id": s("1")}, Expected={"a": condition})
    assert got == INVALID + message
    assert "Item" not in db.get_item(TableName=likes, Key={"id": s("1")})


def test_a_range_must_not_be_upside_down(db, likes, events):
    message = (
        "The BETWEEN condition was provided a range where the lower bound is greater than the "
        "upper bound"
    )
    between = compare("BETWEEN", n(2), n(1))
    assert invalid(db.scan, TableName=likes, ScanFilter={"a": between}) == message
    keys = {"pk": compare("EQ", s("1")), "sk": between}
    assert invalid(db.query, TableName=events, KeyConditions=keys) == message


def test_a_conditional_operator_needs_two_conditions(db, likes):
    one = {"a": {"Value": n(1)}}
    put = {"TableName": likes, "Item": {"id": s("1")}, "ConditionalOperator": "AND"}
    few = "ConditionalOperator can only be used when Filter or Expected has two or more elements"
    assert invalid(db.put_item, Expected=one, **put) == few
    none = "ConditionalOperator cannot be used without Filter or Expected"
    assert invalid(db.put_item, **put) == none
    assert invalid(db.scan, TableName=likes, ConditionalOperator="OR") == none


# ---- updates -------------------------------------------------------------------------------------


def update(db, updates, **more):
    return db.update_item(
        TableName="likes", Key={"id": s("1")}, AttributeUpdates=updates, **more
    )


def test_attributes_are_put_added_to_and_deleted(db, likes):
    db.put_item(TableName=likes, Item=ITEM)
    answer = update(
        db,
        {
            "t": {"Value": s("new")},
            "a": {"Action": "ADD", "Value": n("0.5")},
            "made": {"Action": "ADD", "Value": n(3)},
            "ss": {"Action": "DELETE", "Value": {"SS": ["a", "z"]}},
            "l": {"Action": "ADD", "Value": {"L": [{"BOOL": True}]}},
            "nothing": {"Action": "DELETE"},
        },
        ReturnValues="ALL_NEW",
    )
    assert answer["Attributes"] == {
        "id": s("1"),
        "t": s("new"),
        "a": n("5.5"),
        "made": n(3),
        "ss": {"SS": ["b"]},
        "l": {"L": [s("x"), n(1), {"BOOL": True}]},
    }
    answer = update(
        db,
        {"ss": {"Action": "DELETE", "Value": {"SS": ["b"]}}, "a": {"Action": "DELETE"}},
        ReturnValues="UPDATED_OLD",
    )
    assert answer["Attributes"] == {"ss": {"SS": ["b"]}, "a": n("5.5")}
    item = db.get_item(TableName=likes, Key={"id": s("1")})["Item"]
    assert set(item) == {"id", "t", "made", "l"}


def test_updates_make_what_is_missing_unless_they_only_take_away(db, likes):
    update(db, {"a": {"Action": "DELETE"}, "ss": {"Action": "DELETE", "Value": {"SS": ["x"]}}})
    assert "Item" not in db.get_item(TableName=likes, Key={"id": s("1")})
    update(db, {})
    assert db.get_item(TableName=likes, Key={"id": s("1")})["Item"] == {"id": s("1")}


@pytest.mark.parametrize(
    "updates, message",
    [
        ({"a": {"Action": "PUT"}}, INVALID + "Only DELETE action is allowed when no attribute value is specified"),
        ({"a": {}}, INVALID + "Only DELETE action is allowed when no attribute value is specified"),
        ({"a": {"Action": "DELETE", "Value": n(1)}}, INVALID + "DELETE action with value is not supported for the type N"),
        ({"a": {"Action": "ADD", "Value": s("x")}}, INVALID + "ADD action is not supported for the type S"),
        ({"t": {"Action": "ADD", "Value": n(1)}}, "Type mismatch for attribute to update"),
        ({"a": {"Action": "ADD", "Value": {"SS": ["x"]}}}, "Type mismatch for attribute to update"),
        ({"ss": {"Action": "DELETE", "Value": {"NS": ["1"]}}}, "Type mismatch for attribute to update"),
        ({"ss": {"Action": "ADD", "Value": {"L": []}}}, "Type mismatch for attribute to update"),
        ({"id": {"Value": s("2")}}, INVALID + "Cannot update attribute id. This attribute is part of the key"),
        ({"b": {"Value": {"SS": []}}}, INVALID + "An string set  may not be empty"),
        ({"a": {"Action": "ADD", "Value": n("1e130")}}, "Number overflow. Attempting to store a number with magnitude larger than supported range"),
    ],
)  # fmt: skip
def test_updates_that_are_wrong_change_nothing(db, likes, updates, message):
    db.put_item(TableName=likes, Item=ITEM)
    assert invalid(update, db=db, updates=updates) == message
    assert db.get_item(TableName=likes, Key={"id": s("1")})["Item"] == ITEM


def test_an_unknown_action_is_refused(db, likes):
    message = invalid(update, db=db, updates={"a": {"Action": "dog", "Value": n(1)}})
    assert "Member must satisfy enum value set" in message


def test_thousands_of_updates_at_once_are_no_trouble(db, likes):
    names = [f"{i:05}" for i in range(20000)]
    update(db, {name: {"Value": n(1)} for name in names})
    item = db.get_item(TableName=likes, Key={"id": s("1")})["Item"]
    assert item == {"id": s("1"), **{name: n(1) for name in names}}


# ---- reading -------------------------------------------------------------------------------------


def test_attributes_to_get_are_names_not_paths(db, likes, events):
    db.put_item(TableName=likes, Item={"id": s("1"), "a.b": n(1), "a": {"M": {"b": n(2)}}})
    key = {"id": s("1")}
    attributes = ["a.b", "nothing"]
    for answer in (
        db.get_item(TableName=likes, Key=key, AttributesToGet=attributes)["Item"],
        db.scan(TableName=likes, AttributesToGet=attributes)["Items"][0],
        db.batch_get_item(
            RequestItems={likes: {"Keys": [key], "AttributesToGet": attributes}}
        )["Responses"][likes][0],
        db.query(
            TableName=likes,
            KeyConditions={"id": compare("EQ", s("1"))},
            AttributesToGet=attributes,
            Select="SPECIFIC_ATTRIBUTES",
        )["Items"][0],
    ):
        assert answer == {"a.b": n(1)}
    assert invalid(db.get_item, TableName=likes, Key=key, AttributesToGet=["a", "b", "a"]) == (
        INVALID + "Duplicate value in attribute name: a"
    )
    assert "greater than or equal to 1" in invalid(
        db.get_item, TableName=likes, Key=key, AttributesToGet=[]
    )
    assert invalid(db.scan, TableName=likes, AttributesToGet=["a"], Select="COUNT") == (
        "Cannot specify the AttributesToGet when choosing to get only the Count"
    )


@pytest.mark.parametrize(
    "condition, expected",
    [
        (None, [-1, 0, 1, 2, 10]),
        (compare("EQ", n(1)), [1]),
        (compare("LT", n(1)), [-1, 0]),
        (compare("LE", n(1)), [-1, 0, 1]),
        (compare("GT", n(1)), [2, 10]),
        (compare("GE", n(1)), [1, 2, 10]),
        (compare("BETWEEN", n(0), n(2)), [0, 1, 2]),
    ],
)
def test_key_conditions_are_ranges(db, events, condition, expected):
    for i in (10, 2, -1, 0, 1):
        db.put_item(TableName=events, Item={"pk": s("1"), "sk": n(i), "even": {"BOOL": i % 2 == 0}})
    keys = {"pk": compare("EQ", s("1"))}
    if condition:
        keys["sk"] = condition
    answer = db.query(TableName=events, KeyConditions=keys)
    assert [int(item["sk"]["N"]) for item in answer["Items"]] == expected
    even = {"even": compare("EQ", {"BOOL": True})}
    answer = db.query(
        TableName=events, KeyConditions=keys, QueryFilter=even, ScanIndexForward=False
    )
    assert [int(item["sk"]["N"]) for item in answer["Items"]] == [
        i for i in reversed(expected) if i % 2 == 0
    ]
    assert answer["ScannedCount"] == len(expected)


@pytest.mark.parametrize(
    "keys, message",
    [
        ({}, "Conditions can be of length 1 or 2 only"),
        ({"a": compare("EQ", n(1)), "b": compare("EQ", n(1)), "c": compare("EQ", n(1))}, "Conditions can be of length 1 or 2 only"),
        ({"sk": compare("EQ", n(1))}, "Query condition missed key schema element: pk"),
        ({"pk": compare("EQ", s("1")), "x": compare("EQ", n(1))}, "Query condition missed key schema element: sk"),
        ({"pk": compare("LT", s("1"))}, "Query key condition not supported"),
        ({"pk": compare("NE", s("1"))}, "Attempted conditional constraint is not an indexable operation"),
        ({"pk": compare("EQ", s("1")), "sk": compare("IN", n(1))}, "Attempted conditional constraint is not an indexable operation"),
        ({"pk": compare("EQ", s("1")), "sk": compare("NOT_NULL")}, "Attempted conditional constraint is not an indexable operation"),
        ({"pk": compare("EQ", n(1))}, INVALID + "Condition parameter type does not match schema type"),
        ({"pk": compare("EQ", s("1")), "sk": compare("BEGINS_WITH", s("1"))}, INVALID + "Condition parameter type does not match schema type"),
        ({"pk": compare("EQ")}, INVALID + "Invalid number of argument(s) for the EQ ComparisonOperator"),
    ],
)  # fmt: skip
def test_key_conditions_that_are_wrong_are_refused(db, events, keys, message):
    assert invalid(db.query, TableName=events, KeyConditions=keys) == message


def test_a_query_filter_is_not_for_keys(db, events):
    keys = {"pk": compare("EQ", s("1"))}
    on_key = {"sk": compare("EQ", n(1))}
    assert invalid(db.query, TableName=events, KeyConditions=keys, QueryFilter=on_key) == (
        "QueryFilter can only contain non-primary key attributes: Primary key attribute: sk"
    )
    db.put_item(TableName=events, Item={"pk": s("1"), "sk": n(1)})
    assert db.scan(TableName=events, ScanFilter=on_key)["Count"] == 1


def test_scan_filters_are_all_or_any(db, likes):
    for i in range(4):
        item = {"id": s(str(i)), "a": n(i % 2), "b": n(i // 2)}
        db.put_item(TableName=likes, Item=item)
    both = {"a": compare("EQ", n(1)), "b": compare("EQ", n(1))}

    def found(**more):
        items = db.scan(TableName=likes, ScanFilter=both, **more)["Items"]
        return sorted(item["id"]["S"] for item in items)

    assert found() == ["3"]
    assert found(ConditionalOperator="AND") == ["3"]
    assert found(ConditionalOperator="OR") == ["1", "2", "3"]


# ---- mixing --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "operation, parameters, legacy, expressions",
    [
        (
            "put_item",
            {"Item": {"id": s("1")}, "Expected": {}, "ConditionExpression": "a = b"},
            "Expected",
            "ConditionExpression",
        ),
        (
            "delete_item",
            {"Key": {"id": s("1")}, "Expected": {}, "ConditionExpression": "a = b"},
            "Expected",
            "ConditionExpression",
        ),
        (
            "update_item",
            {
                "Key": {"id": s("1")},
                "Expected": {},
                "AttributeUpdates": {},
                "UpdateExpression": "REMOVE a",
                "ConditionExpression": "a = b",
            },
            "AttributeUpdates, Expected",
            "UpdateExpression, ConditionExpression",
        ),
        (
            "get_item",
            {"Key": {"id": s("1")}, "AttributesToGet": ["a"], "ProjectionExpression": "a"},
            "AttributesToGet",
            "ProjectionExpression",
        ),
        (
            "scan",
            {
                "AttributesToGet": ["a"],
                "ScanFilter": {},
                "ConditionalOperator": "OR",
                "ProjectionExpression": "a",
                "FilterExpression": "a = b",
            },
            "AttributesToGet, ScanFilter, ConditionalOperator",
            "ProjectionExpression, FilterExpression",
        ),
        (
            "query",
            {
                "AttributesToGet": ["a"],
                "QueryFilter": {},
                "ConditionalOperator": "OR",
                "KeyConditions": {},
                "ProjectionExpression": "a",
                "FilterExpression": "a = b",
                "KeyConditionExpression": "a = b",
            },
            "AttributesToGet, QueryFilter, ConditionalOperator, KeyConditions",
            "ProjectionExpression, FilterExpression, KeyConditionExpression",
        ),
    ],
)
def test_legacy_parameters_and_expressions_do_not_mix(
    db, likes, operation, parameters, legacy, expressions
):
    assert invalid(getattr(db, operation), TableName=likes, **parameters) == (
        "Can not use both expression and non-expression parameters in the same request: "
        f"Non-expression parameters: {{{legacy}}} Expression parameters: {{{expressions}}}"
    )
