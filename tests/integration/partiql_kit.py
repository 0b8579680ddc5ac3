"""What the tests of PartiQL share: statements, what became of them, and tables with items."""

import pytest
from dynamodb_kit import events, invalid, likes, n, s  # noqa: F401

MALFORMED = "Statement wasn't well formed, can't be processed: "
LEFTOVER = MALFORMED + "Unexpected token after expression"
OVERFLOW = (
    "Number overflow. Attempting to store a number with magnitude larger than supported range"
)
UNDERFLOW = (
    "Number underflow. Attempting to store a number with magnitude smaller than supported range"
)
DIGITS = "Attempting to store more than 38 significant digits in a Number"
UNCONVERTIBLE = "The parameter cannot be converted to a numeric value"
NO_KEY = "Where clause does not contain a mandatory equality on all key attributes"
FAILED = ("ConditionalCheckFailedException", "The conditional request failed")
ITEM = {
    "id": s("1"),
    "ss": {"SS": ["a", "b", "c"]},
    "ns": {"NS": ["1", "2", "3"]},
    "t": s("str"),
    "a": n(5),
    "m": {"M": {"sub": s("x"), "l": {"L": [n(1), n(2)]}}},
    "nul": {"NULL": True},
    "flag": {"BOOL": True},
}


def run(db, statement, *parameters, **more):
    if parameters:
        more["Parameters"] = list(parameters)
    return db.execute_statement(Statement=statement, **more)


def items(db, statement, *parameters, **more):
    return run(db, statement, *parameters, **more)["Items"]


def wrong(db, statement, *parameters):
    more = {"Parameters": list(parameters)} if parameters else {}
    return invalid(db.execute_statement, Statement=statement, **more)


def stored(db, id, table="likes"):
    return db.get_item(TableName=table, Key={"id": s(id)}).get("Item")


@pytest.fixture
def seeded(db, likes):
    db.put_item(TableName=likes, Item=ITEM)
    return likes


@pytest.fixture
def row(db, events):
    """A partition with the sort keys 1 to 5."""
    for i in range(1, 6):
        db.put_item(TableName=events, Item={"pk": s("p"), "sk": n(i), "odd": {"BOOL": i % 2 == 1}})
    db.put_item(TableName=events, Item={"pk": s("q"), "sk": n(1)})
    return events
