"""CustomTimeZone: whose clock the times in keys are read from."""

import datetime
import re
import zoneinfo

import pytest
from firehose_kit import *  # noqa: F401,F403
from firehose_kit import create, destination, objects, put, refused, update

STAMP = r"s-\d+-(\d{4}-\d\d-\d\d-\d\d-\d\d-\d\d)-[0-9a-f-]{36}$"


@pytest.fixture
def at(hydrant):
    """Move the clock to a moment, given in UTC."""

    def move(moment):
        status, answer = hydrant.admin("POST", "/_hydrant/clock/advance", {"to": moment})
        assert status == 200, answer
        return datetime.datetime.fromisoformat(moment)

    return move


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Asia/Kolkata",
                                  "Australia/Lord_Howe", "Pacific/Apia", "UTC", "Etc/UTC"])
@pytest.mark.parametrize("moment", ["2027-01-15T22:45:10Z", "2027-07-15T22:45:10Z"])
def test_prefix_and_suffix_are_in_the_zone(firehose, s3, hydrant, at, zone, moment):
    create(firehose, CustomTimeZone=zone)
    when = at(moment)
    put(firehose, b"hello")
    hydrant.advance(300)
    [key] = objects(s3)
    local = when.astimezone(zoneinfo.ZoneInfo(zone))
    assert key.startswith(local.strftime("%Y/%m/%d/%H/"))
    stamp = datetime.datetime.strptime(re.search(STAMP, key).group(1), "%Y-%m-%d-%H-%M-%S")
    assert abs(stamp - local.replace(tzinfo=None)) < datetime.timedelta(seconds=5)


def test_timestamp_expressions_are_in_the_zone(firehose, s3, hydrant, at):
    create(firehose, CustomTimeZone="Asia/Tokyo", Prefix="!{timestamp:yyyy-MM-dd'T'HH}/",
           ErrorOutputPrefix="!{firehose:error-output-type}/")
    at("2026-12-31T15:30:00Z")
    put(firehose, b"hello")
    hydrant.advance(300)
    [key] = objects(s3)
    assert key.startswith("2027-01-01T00/")


@pytest.mark.parametrize("zone, before, after", [
    ("Europe/Berlin", ("2027-03-28T00:59:30Z", "2027-03-28T01+0100"), "2027-03-28T03+0200"),
    ("Europe/Berlin", ("2027-10-31T00:59:30Z", "2027-10-31T02+0200"), "2027-10-31T02+0100"),
    ("America/New_York", ("2039-03-13T06:59:30Z", "2039-03-13T01-0500"), "2039-03-13T03-0400"),
    ("America/New_York", ("2039-11-06T05:59:30Z", "2039-11-06T01-0400"), "2039-11-06T01-0500"),
    ("Australia/Lord_Howe", ("2027-10-02T15:29:30Z", "2027-10-03T01+1030"),
     "2027-10-03T02+1100"),
])
def test_clocks_change_within_a_minute(firehose, s3, hydrant, at, zone, before, after):
    create(firehose, CustomTimeZone=zone, Prefix="!{timestamp:yyyy-MM-dd'T'HHZ}/",
           ErrorOutputPrefix="!{firehose:error-output-type}/")
    moment, folder = before
    at(moment)
    put(firehose, b"before")
    hydrant.flush("s")
    hydrant.advance(60)
    put(firehose, b"after")
    hydrant.flush("s")
    assert {body: key.split("/")[0] for key, body in objects(s3).items()} == {
        b"before": folder, b"after": after}


@pytest.mark.parametrize("pattern, shown", [
    ("YYYY-'W'ww", "2027-W01"),  # the week of the coming year
    ("yyyy-'Q'Q-DDD", "2026-Q4-364"),
    ("EEEE, d. MMMM h a", "Wednesday, 30. December 9 PM"),
    ("yyyyMMdd'T'HHX", "20261230T21+09"),
    ("G-e-W-OOOO", "AD-4-5-GMT+09:00"),
    ("''yy''", "'26'"),
])
def test_patterns_are_those_of_java(firehose, s3, hydrant, at, pattern, shown):
    create(firehose, CustomTimeZone="Asia/Tokyo", Prefix="!{timestamp:%s}/" % pattern,
           ErrorOutputPrefix="!{firehose:error-output-type}/")
    at("2026-12-30T12:30:00Z")
    put(firehose, b"hello")
    hydrant.flush("s")
    [key] = objects(s3)
    assert key.split("/")[0] == shown


def test_the_zone_changes_with_an_update(firehose, s3, hydrant, at):
    create(firehose)
    at("2026-12-31T23:30:00Z")
    put(firehose, b"hello")
    update(firehose, CustomTimeZone="Europe/Berlin")
    assert destination(firehose)["CustomTimeZone"] == "Europe/Berlin"
    hydrant.advance(300)
    [key] = objects(s3)
    assert key.startswith("2027/01/01/00/")


@pytest.mark.parametrize("zone", ["Mars/Olympus", "Europe", "Etc/passwd", "localtime",
                                  "posixrules", "Factory", "europe/berlin"])
def test_an_unknown_zone_is_refused(firehose, zone):
    assert zone in refused(create, firehose, CustomTimeZone=zone)
