"""The questions that every server is asked, in words that are nobody's query language."""

START = 1_735_689_600
"""2025-01-01T00:00:00Z, where the bench's load begins, in seconds."""

MINUTE, DAY = 60, 86_400


class Question:
    """The average of a metric per bucket, over a window that moves a bucket from one version to the next, so that no
    answer can be one of before."""

    def __init__(self, key, label, metric, step, length, host=None, by=None):
        self.key, self.label = key, label
        self.measurement, self.field = metric
        self.step, self.length = step, length
        self.host, self.by = host, by

    def windows(self, first=0, count=10):
        """Pairs of seconds since 1970, the end exclusive."""
        starts = [START + (first + index) * self.step for index in range(count)]
        return [(start, start + self.length) for start in starts]


def questions(minutes, days):
    cpu, year = ("cpu", "usage_user"), ("year", "usage_user")
    return [
        Question("one", f"one series, {minutes} minutes by minute", cpu, MINUTE, minutes * MINUTE, host="host_0"),
        Question("region", f"all hosts by region, {minutes} minutes by minute", cpu, MINUTE, minutes * MINUTE, by="region"),
        Question("year", f"one series, {days} days of 10-second samples by day", year, DAY, days * DAY, host="host_0"),
    ]


def differences(expected, actual):
    """How many buckets of two answers ({label value: {bucket start: average}}) are not the same but for the last bits
    of a sum."""
    count = 0
    for label in set(expected) | set(actual):
        one, other = expected.get(label, {}), actual.get(label, {})
        for bucket in set(one) | set(other):
            a, b = one.get(bucket), other.get(bucket)
            if a is None or b is None or abs(a - b) > 1e-9 * max(1.0, abs(a), abs(b)):
                count += 1
    return count
