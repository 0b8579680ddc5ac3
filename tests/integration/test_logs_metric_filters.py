"""CloudWatch Logs: metric filters and what they make of events; TestMetricFilter."""

import datetime

import pytest

from logs_kit import DAY, NO_GROUP, events, logs, messages, now, refused, stream

LINE = ('127.0.0.1 - frank [10/Oct/2000:13:25:15 -0700] "GET /index.html HTTP/1.0" 404 1534')


def put(logs, pattern="", name="f", group="/g", **transformation):
    transformation = {"metricName": "m", "metricNamespace": "ns", "metricValue": "1", **transformation}
    logs.put_metric_filter(logGroupName=group, filterName=name, filterPattern=pattern,
                           metricTransformations=[transformation])


@pytest.fixture
def measured(client, now):
    """{statistic: value} of a metric, over the hours around now; None without any."""
    def ask(name="m", namespace="ns", **dimensions):
        at = datetime.datetime.fromtimestamp(now / 1000, datetime.timezone.utc)
        hour = datetime.timedelta(hours=1)
        points = client("cloudwatch").get_metric_statistics(
            Namespace=namespace, MetricName=name, StartTime=at - 2 * hour, EndTime=at + 2 * hour,
            Dimensions=[{"Name": n, "Value": v} for n, v in dimensions.items()],
            Period=86400, Statistics=["SampleCount", "Sum", "Minimum", "Maximum"])["Datapoints"]
        assert len(points) <= 1
        return (points[0]["SampleCount"], points[0]["Sum"], points[0]["Unit"]) if points else None
    return ask


def test_a_metric_filter_is_described_as_it_was_put(logs, stream, now):
    put(logs, pattern="{ $.a = 1 }", metricValue="$.b", dimensions={"d": "$.c"}, unit="Bytes")
    [found] = logs.describe_metric_filters(logGroupName="/g")["metricFilters"]
    assert abs(found.pop("creationTime") - now) < 60_000
    found.pop("applyOnTransformedLogs", None)
    assert found == {
        "filterName": "f", "logGroupName": "/g", "filterPattern": "{ $.a = 1 }",
        "metricTransformations": [{"metricName": "m", "metricNamespace": "ns", "metricValue": "$.b",
                                   "dimensions": {"d": "$.c"}, "unit": "Bytes"}]}
    [group] = logs.describe_log_groups()["logGroups"]
    assert group["metricFilterCount"] == 1
    logs.delete_metric_filter(logGroupName="/g", filterName="f")
    assert logs.describe_metric_filters(logGroupName="/g")["metricFilters"] == []
    assert refused(logs.delete_metric_filter, logGroupName="/g", filterName="f") == (
        "ResourceNotFoundException", 400, "The specified metric filter does not exist.")
    assert refused(logs.describe_metric_filters, logGroupName="/h") == NO_GROUP


def test_metric_filters_are_listed_over_all_groups_and_by_metric(logs, stream):
    logs.create_log_group(logGroupName="/h")
    for group, name in (("/g", "b"), ("/g", "a"), ("/h", "a"), ("/h", "c")):
        put(logs, name=name, group=group, metricName=name)

    def listed(**arguments):
        pages = logs.get_paginator("describe_metric_filters").paginate(
            PaginationConfig={"PageSize": 1}, **arguments)
        return [(f["logGroupName"], f["filterName"]) for page in pages for f in page["metricFilters"]]

    assert listed() == [("/g", "a"), ("/g", "b"), ("/h", "a"), ("/h", "c")]
    assert listed(metricName="a", metricNamespace="ns") == [("/g", "a"), ("/h", "a")]
    assert listed(logGroupName="/h", filterNamePrefix="c") == [("/h", "c")]
    assert refused(logs.describe_metric_filters, metricName="a")[0] == "InvalidParameterException"


def test_a_group_has_a_hundred_metric_filters_and_five_with_regular_expressions(logs, stream):
    for n in range(100):
        put(logs, name=str(n), pattern="%a%" if n < 5 else "a")
    limit = ("LimitExceededException", 400, "Resource limit exceeded.")
    transformation = {"metricName": "m", "metricNamespace": "ns", "metricValue": "1"}
    arguments = {"logGroupName": "/g", "metricTransformations": [transformation]}
    assert refused(logs.put_metric_filter, **arguments, filterName="x", filterPattern="") == limit
    assert refused(logs.put_metric_filter, **arguments, filterName="9", filterPattern="%a%") == limit
    put(logs, name="4", pattern="%b%")


@pytest.mark.parametrize("pattern, members, message", [
    ("{ $.a }", {}, "Invalid filter pattern"),
    ("{ $.a = 1 }", {"dimensions": {"d": "$.d"}, "defaultValue": 0.0},
     "Invalid metric transformation: dimensions and default value are mutually exclusive properties."),
    ("ERROR", {"dimensions": {"d": "$.d"}}, "The specified filter pattern does not support dimensions"),
    ("ERROR", {"metricValue": "$.a"}, "Invalid metric transformation value: $.a"),
    ("ERROR", {"metricValue": "many"}, "Invalid metric transformation value: many"),
])
def test_a_transformation_that_cannot_be_is_refused(logs, stream, pattern, members, message):
    transformation = {"metricName": "m", "metricNamespace": "ns", "metricValue": "1", **members}
    assert refused(logs.put_metric_filter, logGroupName="/g", filterName="f", filterPattern=pattern,
                   metricTransformations=[transformation]) == ("InvalidParameterException", 400, message)


def test_what_is_not_supported_is_refused_by_name(logs, stream):
    transformation = {"metricName": "m", "metricNamespace": "ns", "metricValue": "1"}
    assert refused(logs.put_metric_filter, logGroupName="/g", filterName="f", filterPattern="",
                   metricTransformations=[transformation], applyOnTransformedLogs=True)[2] == (
        "Hydrant does not support the parameter applyOnTransformedLogs.")


def test_each_event_that_matches_adds_the_value(hydrant, logs, stream, now, measured):
    logs.put_log_events(**stream, logEvents=events((now, "ERROR before")))
    put(logs, pattern="ERROR", metricValue="2.5", unit="Count")
    logs.put_log_events(**stream, logEvents=events((now, "ERROR"), (now, "INFO"), (now, "ERROR too")))
    hydrant.advance(1)
    assert measured() == (2, 5, "Count")


def test_the_value_can_be_a_number_in_the_event(hydrant, logs, stream, now, measured):
    put(logs, pattern="{ $.latency = * }", metricValue="$.latency")
    put(logs, name="columns", pattern="[..., bytes]", metricName="columns", metricValue="$bytes")
    put(logs, name="number", pattern="[..., bytes]", metricName="number", metricValue="$6")
    logs.put_log_events(**stream, logEvents=events(
        (now, '{"latency": 1.5}'), (now, '{"latency": "20"}'), (now, '{"latency": "slow"}'), (now, LINE)))
    hydrant.advance(1)
    assert measured() == (2, 21.5, "None")
    assert measured("columns") == (1, 1534, "None")
    assert measured("number") == (1, 404, "None")


def test_dimensions_are_fields_of_the_event(hydrant, logs, stream, now, measured):
    put(logs, pattern="{ $.n = * }", metricValue="$.n", dimensions={"Z": "$.z", "A": "$.a.b"})
    logs.put_log_events(**stream, logEvents=events(
        (now, '{"n": 1, "z": "x", "a": {"b": 7}}'), (now, '{"n": 2, "z": "y", "a": {"b": 7}}'),
        (now, '{"n": 4, "z": "x", "a": {"b": 7}}'), (now, '{"n": 8, "z": "x"}')))
    hydrant.advance(1)
    assert measured(Z="x", A="7") == (2, 5, "None")
    assert measured(Z="y", A="7") == (1, 2, "None")
    assert measured() is None


def test_a_minute_without_a_match_has_the_default_once(hydrant, logs, stream, now, measured):
    put(logs, pattern="ERROR", defaultValue=0.5)
    put(logs, name="none", pattern="ERROR", metricName="none")
    minute = now - now % 60_000
    for n in range(3):
        logs.put_log_events(**stream, logEvents=events((minute - 120_000, "INFO"), (minute - 60_000, "INFO")))
    logs.put_log_events(**stream, logEvents=events((minute - 180_000, "ERROR"), (minute - 180_000, "INFO")))
    hydrant.advance(1)
    assert measured() == (3, 2, "None")
    assert measured("none") == (1, 1, "None")


def test_metrics_count_each_event_once_over_a_crash(hydrant, logs, stream, now, measured):
    put(logs, pattern="x")
    port = hydrant.port
    for n in range(10):
        logs.put_log_events(**stream, logEvents=events(*((now, "x") for _ in range(1000))))
    hydrant.kill()
    hydrant.arguments = (*hydrant.arguments, "--port", str(port))
    hydrant.start()
    hydrant.advance(1)
    assert measured() == (10_000, 10_000, "None")


def test_a_pattern_is_tested_on_messages(logs):
    answer = logs.test_metric_filter(
        filterPattern="[..., request=*.html*, status_code=4*,]", logEventMessages=["no", LINE])
    assert answer["matches"] == [{
        "eventNumber": 2, "eventMessage": LINE, "extractedValues": {
            "$1": "127.0.0.1", "$2": "-", "$3": "frank", "$4": "10/Oct/2000:13:25:15 -0700",
            "$request": "GET /index.html HTTP/1.0", "$status_code": "404", "$7": "1534"}}]
    answer = logs.test_metric_filter(
        filterPattern='{ $.a = "x*" || $.b.c[1] >= 2 }',
        logEventMessages=['{"a":"xy","b":{"c":[1,2]}}', "xy", '{"b":{"c":[0,3]}}'])
    assert [(m["eventNumber"], m["extractedValues"]) for m in answer["matches"]] == [
        (1, {"$.a": "xy", "$.b.c[1]": "2"}), (3, {"$.b.c[1]": "3"})]
    answer = logs.test_metric_filter(filterPattern="?a ?b", logEventMessages=["c", "b"])
    assert answer["matches"] == [{"eventNumber": 2, "eventMessage": "b", "extractedValues": {}}]
    assert refused(logs.test_metric_filter, filterPattern="{", logEventMessages=["x"])[2] == (
        "Invalid filter pattern")
