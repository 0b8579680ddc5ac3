"""PartiQL: what a statement may be, and AWS's words for what it may not."""

import pytest
from dynamodb_kit import db, invalid, likes, make_table, n, nested, refusal, s  # noqa: F401
from partiql_kit import (  # noqa: F401
    DIGITS, ITEM, LEFTOVER, MALFORMED, OVERFLOW, UNCONVERTIBLE, UNDERFLOW, items, seeded, stored,
    wrong,
)


# ---- the grammar ---------------------------------------------------------------------------------


def test_numbers_and_comments_are_read_as_aws_reads_them(db):
    make_table(db, "numbers", hash=("id", "N"))
    for number in ("7310000", "7.3", "-7.3"):
        db.put_item(TableName="numbers", Item={"id": n(number)})
    for literal in ("7.31e6", "7.31E6", "7.31e+6", "731e4", "73100000e-1"):
        assert items(db, f"SELECT * FROM numbers WHERE id = {literal}") == [{"id": n(7310000)}]
    assert items(db, "SELECT * FROM numbers WHERE id = .73e1") == [{"id": n("7.3")}]
    assert items(db, "SELECT * FROM numbers WHERE id = -.73e1") == [{"id": n("-7.3")}]
    for statement in (
        "SELECT * FROM numbers WHERE id = 7.3 -- a note",
        "SELECT * FROM numbers -- a note\nWHERE id = 7.3",
        "-- a note\nSELECT * FROM numbers WHERE id = 7.3",
        "SELECT * FROM numbers /* a note */ WHERE id = 7.3",
        "SELECT * FROM numbers WHERE id = 7.3 /* a\nnote */",
    ):
        assert items(db, statement) == [{"id": n("7.3")}], statement


@pytest.mark.parametrize(
    "statement, message",
    [
        ("SELECT * FROM likes WHERE id = 'x' foo", LEFTOVER),
        ("SELECT * FROM likes WHERE a = 1 e5", LEFTOVER),
        ("INSERT INTO likes VALUE {'id': 'x'} foo", LEFTOVER),
        ("UPDATE likes SET a = 9 WHERE id = 'x' foo", LEFTOVER),
        ("DELETE FROM likes WHERE id = 'x' foo", LEFTOVER),
        ("SELECT * FROM likes WHERE a = 1)", LEFTOVER),
        ("DELETE FROM likes WHERE id = 'x' ORDER BY id", LEFTOVER),
        ("SELECT * FROM likes ORDER BY id WHERE id = 'x'", LEFTOVER),
        ("SELECT * FROM likes WHERE a = 1e2147483648", MALFORMED),
        ("SELECT * FROM likes WHERE a = 1e99999999999", MALFORMED),
        ("SELECT * FROM likes WHERE a = 1.5e-2147483647", MALFORMED),
        ("SELECT * FROM likes WHERE a = 1 # note", MALFORMED),
        ("SELECT * FROM likes WHERE a = 1 /* note", MALFORMED),
        ("SELECT * FROM likes t WHERE id = 'x'", "Aliasing is not supported"),
        ("SELECT * FROM likes AS t WHERE id = 'x'", "Aliasing is not supported"),
        ("UPDATE likes t SET a = 3 WHERE id = 'x'", "Aliasing is not supported"),
        ("DELETE FROM likes t WHERE id = 'x'", "Aliasing is not supported"),
        ("INSERT INTO likes t VALUE {'id': 'x'}", LEFTOVER),
        ("SELECT * FROM likes WHERE a = 1e126", OVERFLOW + " under root"),
        ("SELECT * FROM likes WHERE a = 1e-131", UNDERFLOW + " under root"),
        ("SELECT * FROM likes WHERE a = 123456789012345678901234567890123456789", DIGITS + " under root"),
        ("INSERT INTO likes VALUE {'id': 1e126}", OVERFLOW + " under root"),
        ("UPDATE likes SET a = 1e-131 WHERE id = 'x'", UNDERFLOW + " under root"),
        ("INSERT INTO likes VALUE {'id': 'x', 'm': {'x': 1e126}}", OVERFLOW + " under root.x"),
        ("INSERT INTO likes VALUE {'id': 'x', 'l': [1, 1e126]}", OVERFLOW + " under root[1]"),
    ],
)  # fmt: skip
def test_statements_that_are_wrong_are_refused_in_awss_words(db, likes, statement, message):
    assert wrong(db, statement) == message
    assert db.scan(TableName=likes)["Items"] == []


TYPE = "Incorrect operand type for operator or function; operator or function: {}, operand type: {}"


@pytest.mark.parametrize(
    "condition, message",
    [
        ("attribute_exists('ss')", "Operator or function requires a document path; operator or function: attribute_exists"),
        ("attribute_exists()", "Incorrect number of operands for operator or function; operator or function: attribute_exists, number of operands: 0"),
        ("attribute_exists(ss, ns)", "Incorrect number of operands for operator or function; operator or function: attribute_exists, number of operands: 2"),
        ("EXISTS(ss)", "Unrecognized function: exists at 1:40:6"),
        ("set_add(ss, <<'x'>>) = ss", "Unrecognized function: set_add at 1:40:7"),
        ("attribute_exists(m.inner)", MALFORMED + "Invalid path dot component"),
        ("a < true", TYPE.format("<", "BOOL")),
        ("a >= null", TYPE.format(">=", "NULL")),
        ("a < [1]", TYPE.format("<", "L")),
        ("a > {'a': 1}", TYPE.format(">", "M")),
        ("a < <<'a'>>", TYPE.format("<", "SS")),
        ("a BETWEEN true AND false", TYPE.format("BETWEEN", "BOOL")),
        ("a = <<>>", "Empty bags are not supported"),
    ],
)  # fmt: skip
def test_conditions_that_are_wrong_are_refused_in_awss_words(db, seeded, condition, message):
    assert wrong(db, f"SELECT * FROM likes WHERE id = '1' AND {condition}") == message


@pytest.mark.parametrize(
    "clause, message",
    [
        ("t = set_add(ss, <<'x'>>)", "The first argument to SET_ADD must equal the assignment value at 1:22:7"),
        ("ss = set_add(<<'a'>>, <<'b'>>)", "The first argument to SET_ADD must equal the assignment value at 1:23:7"),
        ("ss = set_add(ss, 'x')", "The second argument to SET_ADD must be a value with type SET at 1:31:2"),
        ("ss = set_add(ss, ['x'])", "The second argument to SET_ADD must be a value with type SET at 1:31:2"),
        ("ss = set_add(ss)", "SET_ADD must have exactly two arguments at 1:23:7"),
        ("ss = set_add(ss, <<'x'>>, <<'y'>>)", "SET_ADD must have exactly two arguments at 1:23:7"),
        ("ss = set_delete(ss, 'a')", "The second argument to SET_DELETE must be a value with type SET at 1:34:2"),
        ("t = set_delete(ss, <<'a'>>)", "The first argument to SET_DELETE must equal the assignment value at 1:22:10"),
        ("ss = set_add(ss, <<1>>)", "An operand in the update expression has an incorrect data type"),
        ("ss = set_delete(ss, <<1>>)", "An operand in the update expression has an incorrect data type"),
        ("t = set_add(t, <<'x'>>)", "An operand in the update expression has an incorrect data type"),
        ("ss = set_add(ss, <<'x', 'x'>>)", "One or more parameter values were invalid: Input collection [x, x] contains duplicates."),
        ("ss = set_add(ss, <<>>)", "Empty bags are not supported"),
        ("m.inner = set_add(m.inner, <<'y'>>)", MALFORMED + "Invalid path dot component"),
        ("a = 1, a.b = 2", "Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [a], path two: [a, b]"),
        ("a = nothing", "The provided expression refers to an attribute that does not exist in the item"),
        ("id = 'y'", "One or more parameter values were invalid: Cannot update attribute id. This attribute is part of the key"),
    ],
)  # fmt: skip
def test_updates_that_are_wrong_change_nothing(db, seeded, clause, message):
    assert wrong(db, f"UPDATE likes SET {clause} WHERE id = '1'") == message
    assert stored(db, "1") == ITEM


def test_positions_count_characters_and_lines(db, likes):
    assert wrong(db, "SELECT * FROM likes\nWHERE a = 'é𝄞' AND nope(a)") == (
        "Unrecognized function: nope at 2:20:4"
    )
    assert wrong(db, "SELECT attribute_exists(a) FROM likes") == (
        "Unexpected path component at 1:8:16"
    )
    assert wrong(db, "INSERT INTO likes VALUE {'id': 'x', 'a': set_add(<<'a'>>, <<'b'>>)}") == (
        "Unsupported data type: set_add under key root at 1:42:7"
    )


@pytest.mark.parametrize(
    "value, message",
    [
        ("1e99999999999", f"{UNCONVERTIBLE}: 1e99999999999"),
        ("-1e99999999999", f"{UNCONVERTIBLE}: -1e99999999999"),
        ("1e2147483648", f"{UNCONVERTIBLE}: 1e2147483648"),
        ("1e-2147483648", f"{UNCONVERTIBLE}: 1e-2147483648"),
        ("1e2147483647", UNDERFLOW),
        ("", UNCONVERTIBLE),
        ("abc", f"{UNCONVERTIBLE}: abc"),
        ("1e126", OVERFLOW),
    ],
)
def test_parameters_are_numbers_as_java_reads_them(db, likes, value, message):
    for statement in (
        "SELECT * FROM likes WHERE id = 'x' AND a = ?",
        "INSERT INTO likes VALUE {'id': 'x', 'a': ?}",
        "UPDATE likes SET a = ? WHERE id = 'x'",
        "SELECT * FROM likes WHERE id = ?",
    ):
        assert wrong(db, statement, n(value)) == message
    if value not in ("", "1e126"):
        select = "SELECT * FROM likes WHERE a = ?"
        assert wrong(db, select, {"L": [n(1), {"M": {"x": n(value)}}]}) == message
        assert wrong(db, select, {"NS": ["1", value]}) == message


def test_parameters_must_match_the_statement(db, likes):
    few = "Number of parameters in request and statement don't match."
    assert wrong(db, "SELECT * FROM likes WHERE id = ?") == few
    assert wrong(db, "SELECT * FROM likes WHERE id = ?", s("1"), s("2")) == few
    assert wrong(db, "SELECT * FROM likes", s("1")) == few
    deep = {"M": {"a": nested(40)}}
    assert "Nesting Levels" in wrong(db, "SELECT * FROM likes WHERE a = ?", deep)


def test_tables_that_are_not_there_are_not_found(db, likes):
    missing = ("ResourceNotFoundException", "Requested resource not found")
    for statement in (
        "SELECT * FROM nowhere",
        "INSERT INTO nowhere VALUE {'id': 'x'}",
        "UPDATE nowhere SET a = 1 WHERE id = 'x'",
        "DELETE FROM nowhere WHERE id = 'x'",
    ):
        assert refusal(db.execute_statement, Statement=statement) == missing
    assert wrong(db, "SELECT * FROM likes.nothing") == (
        "The table does not have the specified index: nothing"
    )


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM likes WHERE " + "(" * 4000,
        "SELECT * FROM likes WHERE " + "NOT " * 2000,
        "INSERT INTO likes VALUE " + "[" * 8000,
        "INSERT INTO likes VALUE {'id': " + "{'a':" * 1500,
        "UPDATE likes SET a = " + "list_append(" * 600,
        "UPDATE likes SET a = " + "(" * 5000 + " WHERE id = 'x'",
        "SELECT * FROM likes WHERE " + "size(" * 1500,
        "SELECT " + "a." * 4000 + "a FROM likes",
        "'" * 8000 + "'",
        "\"" * 8191,
        "<<" * 4000,
        "SELECT",
        ";",
        "\u0000",
        "DROP TABLE likes",
        "SELECT * FROM likes WHERE a LIKE 'x'",
        "SELECT COUNT(*) FROM likes",
        "SELECT * FROM likes WHERE a IN []",
        "SELECT * FROM likes WHERE size(a)",
        "SELECT * FROM likes WHERE a",
        "SELECT * FROM likes, likes",
        "SELECT * FROM likes GROUP BY a",
    ],
)
def test_hostile_statements_are_refused_and_nothing_else(db, seeded, statement):
    code, _ = refusal(db.execute_statement, Statement=statement)
    assert code in ("ValidationException", "SerializationException")
    assert db.scan(TableName=seeded)["Items"] == [ITEM]


def test_parentheses_may_nest_300_deep(db, seeded):
    nest = "(" * 300 + "a = 5" + ")" * 300
    assert items(db, f"SELECT * FROM likes WHERE {nest}") == [ITEM]
