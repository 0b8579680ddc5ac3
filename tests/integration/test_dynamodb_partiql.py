"""PartiQL: ExecuteStatement, BatchExecuteStatement and ExecuteTransaction."""

import pytest
from botocore.exceptions import ClientError
from dynamodb_kit import db, events, invalid, likes, make_table, n, nested, refusal, s  # noqa: F401

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


# ---- writing -------------------------------------------------------------------------------------


def test_an_insert_stores_every_kind_of_literal(db, likes):
    answer = run(
        db,
        """INSERT INTO likes VALUE {'id': 'it''s', 'n': -1.5e2, 'b': true, 'c': FALSE, 'nul': null,
        'l': [1, 'x', [], {}], 'm': {'a': {'b': ?}}, 'ss': <<'b', 'a'>>, 'ns': <<2, 1.0>>, 'e': '',
        'plus': +3, 'p': ?}""",
        {"B": b"x"},
        {"L": [n(1)]},
    )
    assert answer["Items"] == []
    assert stored(db, "it's") == {
        "id": s("it's"),
        "n": n(-150),
        "b": {"BOOL": True},
        "c": {"BOOL": False},
        "nul": {"NULL": True},
        "l": {"L": [n(1), s("x"), {"L": []}, {"M": {}}]},
        "m": {"M": {"a": {"M": {"b": {"B": b"x"}}}}},
        "ss": {"SS": ["a", "b"]},
        "ns": {"NS": ["1", "2"]},
        "e": s(""),
        "plus": n(3),
        "p": {"L": [n(1)]},
    }


def test_an_insert_does_not_replace(db, seeded):
    code, message = refusal(db.execute_statement, Statement="INSERT INTO likes VALUE {'id': '1'}")
    assert (code, message) == ("DuplicateItemException", "Duplicate primary key exists in table")
    assert stored(db, "1") == ITEM


def test_an_update_changes_what_is_there(db, seeded):
    answer = run(
        db,
        "UPDATE \"likes\" SET a = a + 1, m.l[0] = ? SET new = if_not_exists(new, 'first') "
        "SET m.l[5] = 3 REMOVE t, flag SET copy = m.sub WHERE id = '1' RETURNING ALL NEW *",
        n(9),
    )
    after = {
        **ITEM,
        "a": n(6),
        "new": s("first"),
        "copy": s("x"),
        "m": {"M": {"sub": s("x"), "l": {"L": [n(9), n(2), n(3)]}}},
    }
    del after["t"], after["flag"]
    assert answer["Items"] == [after]
    assert stored(db, "1") == after


@pytest.mark.parametrize(
    "returning, expected",
    [
        ("", []),
        ("RETURNING ALL OLD *", [ITEM]),
        ("RETURNING ALL NEW *", [{**ITEM, "a": n(7)}]),
        ("RETURNING MODIFIED OLD *", [{"a": n(5)}]),
        ("RETURNING MODIFIED NEW *", [{"a": n(7)}]),
    ],
)
def test_an_update_returns_what_it_is_asked_for(db, seeded, returning, expected):
    assert items(db, f"UPDATE likes SET a = 7 WHERE id = '1' {returning}") == expected


def test_an_update_needs_its_item_and_its_condition(db, seeded):
    for statement in (
        "UPDATE likes SET a = 1 WHERE id = 'nobody'",
        "UPDATE likes SET a = 1 WHERE id = 'nobody' AND attribute_not_exists(id)",
        "FROM likes WHERE id = 'nobody' SET a = 1",
        "UPDATE likes SET ss = set_add(ss, <<'x'>>) WHERE id = 'nobody'",
        "UPDATE likes SET a = 1 WHERE id = '1' AND attribute_exists(nothing)",
        "FROM likes WHERE id = '1' AND a = 2 SET a = 1",
        "DELETE FROM likes WHERE id = '1' AND attribute_exists(nothing)",
    ):
        assert refusal(db.execute_statement, Statement=statement) == FAILED, statement
    assert db.scan(TableName=seeded)["Items"] == [ITEM]
    with pytest.raises(ClientError) as caught:
        run(
            db,
            "UPDATE likes SET a = 1 WHERE id = '1' AND a = 6",
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )
    assert caught.value.response["Item"] == ITEM


def test_an_update_can_begin_with_from(db, seeded):
    answer = run(
        db, "from likes where id = ? and a = 5 set c = ? remove t RETURNING MODIFIED NEW *", s("1"), n(1)
    )
    assert answer["Items"] == [{"c": n(1)}]
    assert "t" not in stored(db, "1")


def test_a_delete_may_find_nothing(db, seeded):
    assert items(db, "DELETE FROM likes WHERE id = 'nobody'") == []
    assert items(db, "DELETE FROM likes WHERE id = '1' AND a = 5 RETURNING ALL OLD *") == [ITEM]
    assert stored(db, "1") is None


def test_sets_are_added_to_and_taken_from(db, seeded):
    run(
        db,
        "UPDATE likes SET ss = set_add(ss, <<'0', 'a'>>) SET ns = SET_DELETE(ns, <<1, 9>>), "
        "made = set_add(made, ?) SET nothing = set_delete(nothing, <<'a'>>) WHERE id = '1'",
        {"BS": [b"x"]},
    )
    item = stored(db, "1")
    assert item["ss"] == {"SS": ["0", "a", "b", "c"]}
    assert item["ns"] == {"NS": ["2", "3"]}
    assert item["made"] == {"BS": [b"x"]}
    assert "nothing" not in item
    run(db, "UPDATE likes SET ns = set_delete(ns, <<2, 3>>) WHERE id = '1'")
    assert "ns" not in stored(db, "1")


def test_lists_are_appended_to(db, seeded):
    run(
        db,
        "UPDATE likes SET m.l = list_append(m.l, [3]), k = list_append(if_not_exists(k, []), ?) "
        "WHERE id = '1'",
        {"L": [s("x")]},
    )
    item = stored(db, "1")
    assert item["m"]["M"]["l"] == {"L": [n(1), n(2), n(3)]}
    assert item["k"] == {"L": [s("x")]}


def test_writes_need_the_whole_key(db, events):
    for statement in (
        "UPDATE events SET a = 1 WHERE pk = 'x'",
        "UPDATE events SET a = 1 WHERE pk = 'x' AND sk > 1",
        "UPDATE events SET a = 1 WHERE pk = 'x' OR sk = 1",
        "UPDATE events SET a = 1",
        "DELETE FROM events WHERE sk = 1",
        "DELETE FROM events",
        "FROM events SET a = 1",
    ):
        assert wrong(db, statement) == NO_KEY, statement
    run(db, "INSERT INTO events VALUE {'pk': 'x', 'sk': 1}")
    run(db, "UPDATE events SET a = 1 WHERE (1 = sk) AND (pk = 'x')")
    assert db.scan(TableName=events)["Items"] == [{"pk": s("x"), "sk": n(1), "a": n(1)}]


# ---- reading -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "condition, holds",
    [
        ("attribute_exists(ss)", True),
        ("ATTRIBUTE_EXISTS(nothing)", False),
        ("attribute_not_exists(nothing)", True),
        ("NOT attribute_exists(nothing)", True),
        ("(attribute_exists(nothing) OR attribute_exists(\"ss\"))", True),
        ("attribute_exists(ss) = true", True),
        ("attribute_exists(ss) = false", False),
        ("attribute_exists(m.sub)", True),
        ("attribute_exists(m.nothing)", False),
        ("size(t) = 3", True),
        ("size(ss) > 3", False),
        ("attribute_type(ss, 'SS')", True),
        ("attribute_type(ss, 'S')", False),
        ("begins_with(t, 'st')", True),
        ("contains(ss, 'b')", True),
        ("contains(t, 'x')", False),
        ("nul IS NULL", True),
        ("t IS NULL", False),
        ("t IS NOT NULL", True),
        ("nothing IS MISSING", True),
        ("t IS NOT MISSING", True),
        ("flag IS BOOL", True),
        ("t IS STRING", True),
        ("t IS BOOL", False),
        ("a = 5 AND t = 'str'", True),
        ("a <> 5", False),
        ("a != 6", True),
        ("a < 5.5", True),
        ("a >= 50e-1", True),
        ("5 = a", True),
        ("a BETWEEN 4 AND 6 AND flag = true", True),
        ("a NOT BETWEEN 4 AND 6", False),
        ("a IN [1, 5]", True),
        ("a IN (1, 2)", False),
        ("NOT a IN [1, 5]", False),
        ("a NOT IN [1]", True),
        ("m.l[1] = 2", True),
        ("m.l = [1, 2]", True),
        ("m = {'l': [1, 2], 'sub': 'x'}", True),
        ("ss = <<'c', 'b', 'a'>>", True),
        ("a = 4 OR a = 5 AND t = 'str'", True),
        ("NOT (a = 5 AND t = 'str')", False),
        ("NOT NOT a = 5", True),
    ],
)
def test_conditions_hold_where_they_should(db, seeded, condition, holds):
    expected = [ITEM] if holds else []
    assert items(db, f"SELECT * FROM likes WHERE id = '1' AND {condition}") == expected
    assert items(db, f"SELECT * FROM likes WHERE {condition}") == expected


@pytest.mark.parametrize(
    "where, expected",
    [
        ("pk = 'p'", [1, 2, 3, 4, 5]),
        ("pk = 'p' AND sk = 3", [3]),
        ("pk = 'p' AND sk < 3", [1, 2]),
        ("pk = 'p' AND sk <= 3", [1, 2, 3]),
        ("3 < sk AND pk = 'p'", [4, 5]),
        ("pk = 'p' AND (sk >= 2 AND sk <= 3)", [2, 3]),
        ("pk = 'p' AND sk BETWEEN 2 AND 4", [2, 3, 4]),
        ("pk = 'p' AND sk IN [1, 5]", [1, 5]),
        ("pk = 'p' AND NOT sk = 1", [2, 3, 4, 5]),
        ("pk = 'p' AND sk > 1 AND odd = true", [3, 5]),
        ("pk = 'p' AND sk = 1 OR pk = 'p' AND sk = 5", [1, 5]),
        ("pk IN ['p'] AND sk = 2", [2]),
        ("odd = true", [1, 3, 5]),
    ],
)
def test_a_select_finds_ranges_of_a_partition(db, row, where, expected):
    found = items(db, f"SELECT sk FROM events WHERE {where}")
    assert sorted(int(item["sk"]["N"]) for item in found) == expected


def test_a_select_reads_only_the_partition_it_names(db, row):
    capacity = {"ReturnConsumedCapacity": "TOTAL", "ConsistentRead": True}
    for i in range(20):
        item = {"pk": s("big"), "sk": n(i), "x": s("x" * 4000)}
        db.put_item(TableName=row, Item=item)
    one = run(db, "SELECT * FROM events WHERE pk = 'q'", **capacity)
    assert one["ConsumedCapacity"]["CapacityUnits"] == 1.0
    all = run(db, "SELECT * FROM events WHERE NOT pk = 'q'", **capacity)
    assert all["ConsumedCapacity"]["CapacityUnits"] > 15


def test_a_list_of_partitions_reads_only_those(db, row):
    for pk in "abcdefgh":
        for i in range(3):
            item = {"pk": s(pk), "sk": n(i), "x": s("x" * 4000)}
            db.put_item(TableName=row, Item=item)

    def found(rest, **more):
        answer = run(db, f"SELECT pk, sk FROM events WHERE pk IN {rest}", **more)
        rows = "".join(item["pk"]["S"] + item["sk"]["N"] for item in answer["Items"])
        return rows, answer

    rows, answer = found("['c', 'nobody', 'a', 'c']", ReturnConsumedCapacity="TOTAL")
    assert rows == "c0c1c2a0a1a2"
    assert answer["ConsumedCapacity"]["CapacityUnits"] == 3.0
    assert found("['c', 'a', 'b'] AND sk >= 1 ORDER BY pk")[0] == "a1a2b1b2c1c2"
    assert found("['c', 'a', 'b'] AND sk >= 1 ORDER BY pk DESC, sk DESC")[0] == "c2c1b2b1a2a1"
    assert found("['c', 'a'] AND sk IN [0, 2]")[0] == "c0c2a0a2"
    pages, more = "", {}
    for _ in range(10):
        rows, answer = found("['h', 'b', 'nobody', 'd'] ORDER BY pk DESC", Limit=2, **more)
        pages += rows
        if "NextToken" not in answer:
            break
        more = {"NextToken": answer["NextToken"]}
    assert pages == "h0h1h2d0d1d2b0b1b2"


def test_rows_come_in_the_order_asked_for(db, row):
    def order(clause):
        found = items(db, f"SELECT * FROM events WHERE pk = 'p' ORDER BY {clause}")
        return [int(item["sk"]["N"]) for item in found]

    assert order("sk DESC") == [5, 4, 3, 2, 1]
    assert order("sk ASC") == order("sk") == order("pk, sk") == [1, 2, 3, 4, 5]
    assert order("pk DESC, sk DESC") == [5, 4, 3, 2, 1]
    assert wrong(db, "SELECT * FROM events ORDER BY sk") == (
        "Must have at least one non-optional hash key condition in WHERE clause when using ORDER "
        "BY clause."
    )
    assert "must be part of the primary key" in wrong(
        db, "SELECT * FROM events WHERE pk = 'p' ORDER BY odd"
    )


def test_columns_are_answered_under_their_last_name(db, seeded):
    assert items(db, "SELECT a, \"m\".\"sub\", m.l[1], nothing FROM likes WHERE id = '1'") == [
        {"a": n(5), "sub": s("x"), "l[1]": n(2)}
    ]
    # Of two columns of one name the last one counts.
    assert items(db, "SELECT a, m.sub, a FROM likes") == [{"a": n(5), "sub": s("x")}]
    db.put_item(TableName=seeded, Item={"id": s("2"), "x": n(1), "y": {"M": {"x": n(2)}}})
    assert items(db, "SELECT x, y.x FROM likes WHERE id = '2'") == [{"x": n(2)}]


@pytest.mark.parametrize("direction", ["ASC", "DESC"])
def test_pages_go_on_where_the_last_one_ended(db, row, direction):
    for statement in (
        f"SELECT sk FROM events WHERE pk = 'p' AND sk > 1 ORDER BY sk {direction}",
        "SELECT sk FROM events WHERE pk = 'p' AND sk > 1 AND odd = true",
        "SELECT sk, pk FROM events",
    ):
        whole = items(db, statement)
        found, token, pages = [], None, 0
        while pages < 10:
            more = {"NextToken": token} if token else {}
            answer = run(db, statement, Limit=2, **more)
            found += answer["Items"]
            pages += 1
            token = answer.get("NextToken")
            assert ("LastEvaluatedKey" in answer) == (token is not None)
            if token is None:
                break
        assert found == whole
        assert pages > 1


def test_a_token_is_of_one_statement(db, row):
    token = run(db, "SELECT * FROM events", Limit=1)["NextToken"]
    for statement, given in (("SELECT sk FROM events", token), ("SELECT * FROM events", "x" * 20)):
        message = invalid(db.execute_statement, Statement=statement, NextToken=given)
        assert "NextToken" in message


def test_a_page_ends_after_a_megabyte(db, events):
    for i in range(12):
        item = {"pk": s("p"), "sk": n(i), "x": s("x" * 100_000)}
        db.put_item(TableName=events, Item=item)
    answer = run(db, "SELECT sk FROM events WHERE pk = 'p'")
    assert [int(item["sk"]["N"]) for item in answer["Items"]] == list(range(11))
    rest = run(db, "SELECT sk FROM events WHERE pk = 'p'", NextToken=answer["NextToken"])
    assert rest["Items"] == [{"sk": n(11)}]
    assert "NextToken" not in rest


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


# ---- batches -------------------------------------------------------------------------------------


def batch(db, *statements, **more):
    return db.batch_execute_statement(Statements=list(statements), **more)["Responses"]


def test_each_statement_of_a_batch_fails_by_itself(db, seeded):
    answer = batch(
        db,
        {"Statement": "INSERT INTO likes VALUE {'id': '2'}"},
        {"Statement": "INSERT INTO likes VALUE {'id': '1'}"},
        {"Statement": "UPDATE likes SET a = 1 WHERE id = '3'"},
        {"Statement": "UPDATE nowhere SET a = 1 WHERE id = '3'"},
        {"Statement": "UPDATE likes SET a = 1"},
        {"Statement": "UPDATE likes SET a = ? WHERE id = ? RETURNING MODIFIED NEW *", "Parameters": [n(9), s("1")]},
        {"Statement": "UPDATE likes SET b = ? WHERE id = '1'", "Parameters": [n("1e99999999999")]},
    )  # fmt: skip
    assert answer == [
        {"TableName": "likes"},
        {"TableName": "likes", "Error": {"Code": "DuplicateItem", "Message": "Duplicate primary key exists in table"}},
        {"TableName": "likes", "Error": {"Code": "ConditionalCheckFailed", "Message": "The conditional request failed"}},
        {"Error": {"Code": "ResourceNotFound", "Message": "Requested resource not found"}},
        {"TableName": "likes", "Error": {"Code": "ValidationError", "Message": NO_KEY}},
        {"TableName": "likes", "Item": {"a": n(9)}},
        {"Error": {"Code": "ValidationError", "Message": f"{UNCONVERTIBLE}: 1e99999999999"}},
    ]  # fmt: skip
    assert stored(db, "2") == {"id": s("2")}
    assert stored(db, "1") == {**ITEM, "a": n(9)}


def test_a_batch_reads_single_items(db, seeded, row):
    only_key = (
        "Select statements within BatchExecuteStatement must specify the primary key in the where "
        "clause."
    )
    answer = batch(
        db,
        {"Statement": "SELECT a FROM likes WHERE id = '1'"},
        {"Statement": "SELECT * FROM likes WHERE id = 'nobody'"},
        {"Statement": "SELECT * FROM likes WHERE id = '1' AND attribute_exists(ss)"},
        {"Statement": "SELECT * FROM events WHERE pk = 'p'"},
        {"Statement": "SELECT * FROM events WHERE pk = 'q' AND sk = 1", "ConsistentRead": True},
    )
    problem = {"Code": "ValidationError", "Message": only_key}
    assert answer == [
        {"TableName": "likes", "Item": {"a": n(5)}},
        {"TableName": "likes"},
        {"TableName": "likes", "Error": problem},
        {"TableName": "events", "Error": problem},
        {"TableName": "events", "Item": {"pk": s("q"), "sk": n(1)}},
    ]


def test_a_batch_takes_capacity_for_each_statement(db, seeded):
    answer = db.batch_execute_statement(
        Statements=[
            {"Statement": "SELECT a FROM likes WHERE id = '1'", "ConsistentRead": True},
            {"Statement": "SELECT a FROM likes WHERE id = '2'"},
        ],
        ReturnConsumedCapacity="TOTAL",
    )
    assert answer["ConsumedCapacity"] == [
        {"TableName": "likes", "CapacityUnits": 1.0},
        {"TableName": "likes", "CapacityUnits": 0.5},
    ]
    mixed = [{"Statement": "SELECT * FROM likes WHERE id = '1'"}, {"Statement": "DELETE FROM likes WHERE id = '1'"}]  # fmt: skip
    refusal(db.batch_execute_statement, Statements=mixed)
    assert stored(db, "1") == ITEM
    many = [{"Statement": "DELETE FROM likes WHERE id = '1'"}] * 26
    assert "less than or equal to 25" in invalid(db.batch_execute_statement, Statements=many)


# ---- transactions --------------------------------------------------------------------------------


def transact(db, *statements, **more):
    statements = [s if isinstance(s, dict) else {"Statement": s} for s in statements]
    return db.execute_transaction(TransactStatements=statements, **more)


def test_statements_happen_together(db, seeded):
    db.put_item(TableName=seeded, Item={"id": s("3")})
    answer = transact(
        db,
        "INSERT INTO likes VALUE {'id': '2'}",
        "UPDATE likes SET a = a + 1 WHERE id = '1' AND attribute_exists(a)",
        "DELETE FROM likes WHERE id = 'nobody'",
        "EXISTS(SELECT * FROM likes WHERE id = '3' AND attribute_not_exists(a))",
        ReturnConsumedCapacity="TOTAL",
    )
    assert answer["Responses"] == []
    assert answer["ConsumedCapacity"] == [
        {"TableName": "likes", "CapacityUnits": 8.0, "WriteCapacityUnits": 8.0}
    ]
    assert stored(db, "2") == {"id": s("2")}
    assert stored(db, "1")["a"] == n(6)


def test_statements_are_cancelled_together(db, seeded):
    show = {"ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
    with pytest.raises(ClientError) as caught:
        transact(
            db,
            "INSERT INTO likes VALUE {'id': '2'}",
            "INSERT INTO likes VALUE {'id': '1'}",
            {"Statement": "UPDATE likes SET a = 1 WHERE id = 'x'", **show},
            "EXISTS(SELECT * FROM likes WHERE id = 'z' AND attribute_exists(a))",
        )
    failed = {"Code": "ConditionalCheckFailed", "Message": "The conditional request failed"}
    assert caught.value.response["CancellationReasons"] == [
        {"Code": "None"},
        {"Code": "DuplicateItem", "Message": "Duplicate primary key exists in table"},
        failed,
        failed,
    ]
    assert db.scan(TableName=seeded)["Items"] == [ITEM]


def test_a_transaction_of_reads_answers_each(db, seeded, row):
    answer = transact(
        db,
        "SELECT a FROM likes WHERE id = '1'",
        "SELECT * FROM likes WHERE id = 'nobody'",
        "SELECT * FROM events WHERE pk = 'q' AND sk = 1",
    )
    assert answer["Responses"] == [
        {"Item": {"a": n(5)}},
        {},
        {"Item": {"pk": s("q"), "sk": n(1)}},
    ]


@pytest.mark.parametrize(
    "statements, message",
    [
        (
            ["SELECT * FROM likes WHERE id = '1' AND attribute_exists(ss)"],
            "Validation failed in TransactStatements[0]: Select statements within "
            "ExecuteTransaction must specify the primary key in the where clause.",
        ),
        (
            ["EXISTS(SELECT * FROM likes WHERE id = '1')", "UPDATE likes SET z = 1 WHERE id = '2'"],
            "Validation failed in TransactStatements[0]: EXISTS() must contain a single item read "
            "with additional condition",
        ),
        (
            ["DELETE FROM likes WHERE id = '1'", "UPDATE likes SET a = 1 WHERE id = '1'"],
            "Transaction request cannot include multiple operations on one item",
        ),
        (["UPDATE likes SET a = 1 WHERE id = '1' foo"], LEFTOVER),
    ],
)
def test_transactions_that_are_wrong_change_nothing(db, seeded, statements, message):
    statements = [{"Statement": statement} for statement in statements]
    assert invalid(db.execute_transaction, TransactStatements=statements) == message
    assert db.scan(TableName=seeded)["Items"] == [ITEM]


def test_a_token_makes_statements_happen_once(hydrant, db, seeded):
    add = "UPDATE likes SET a = a + 1 WHERE id = '1'"
    transact(db, add, ClientRequestToken="token")
    transact(db, add, ClientRequestToken="token")
    assert stored(db, "1")["a"] == n(6)
    code, _ = refusal(
        db.execute_transaction,
        TransactStatements=[{"Statement": add + " AND a = 6"}],
        ClientRequestToken="token",
    )
    assert code == "IdempotentParameterMismatchException"
    hydrant.advance(601)
    transact(db, add, ClientRequestToken="token")
    assert stored(db, "1")["a"] == n(7)
