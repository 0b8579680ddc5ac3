"""Reading what was measured of one resource."""

import datetime

HOUR = datetime.timedelta(hours=1)


def now(hydrant):
    _, answer = hydrant.admin("GET", "/_hydrant/clock")
    return datetime.datetime.fromisoformat(answer["now"].replace("Z", "+00:00"))


def dimensions(**named):
    return [{"Name": name, "Value": value} for name, value in named.items()]


class Measured:
    """Statistics over the last hours of one resource's metrics."""

    def __init__(self, hydrant, cloudwatch, namespace, **named):
        self.hydrant = hydrant
        self.cloudwatch = cloudwatch
        self.namespace = namespace
        self.dimensions = dimensions(**named)

    def datapoints(self, name, *statistics):
        end = now(self.hydrant)
        return self.cloudwatch.get_metric_statistics(
            Namespace=self.namespace, MetricName=name, Dimensions=self.dimensions,
            StartTime=end - 3 * HOUR, EndTime=end + HOUR, Period=86400,
            Statistics=statistics,
        )["Datapoints"]

    def __call__(self, name, *statistics):
        """The values in the order of the statistics."""
        points = self.datapoints(name, *(statistics or ("SampleCount", "Sum")))
        assert len(points) <= 1
        return tuple(points[0][s] for s in statistics or ("SampleCount", "Sum")) if points else None

    def unit(self, name):
        return self.datapoints(name, "Sum")[0]["Unit"]
