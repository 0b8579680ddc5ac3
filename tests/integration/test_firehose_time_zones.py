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


def test_the_zone_changes_with_an_update(firehose, s3, hydrant, at):
    create(firehose)
    at("2026-12-31T23:30:00Z")
    put(firehose, b"hello")
    update(firehose, CustomTimeZone="Europe/Berlin")
    assert destination(firehose)["CustomTimeZone"] == "Europe/Berlin"
    hydrant.advance(300)
    [key] = objects(s3)
    assert key.startswith("2027/01/01/00/")


@pytest.mark.parametrize("zone", ["Mars/Olympus", "Europe", "Etc/passwd"])
def test_an_unknown_zone_is_refused(firehose, zone):
    assert zone in refused(create, firehose, CustomTimeZone=zone)
