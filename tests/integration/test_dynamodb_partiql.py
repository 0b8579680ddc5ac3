"""PartiQL: statements that write and statements that read."""

import pytest
from botocore.exceptions import ClientError
from dynamodb_kit import db, events, invalid, likes, n, refusal, s  # noqa: F401
from partiql_kit import FAILED, ITEM, NO_KEY, items, row, run, seeded, stored, wrong  # noqa: F401


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
