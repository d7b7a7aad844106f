"""How cost grows: see scripts/bench-growth."""

import argparse
import datetime
import os
import shutil
import sys
import tempfile

import bench
import machine
from daybook import Daybook
from question import MINUTE, Question


class Case:
    """One line of the table: a load, into a fresh Daybook unless there are more command services."""

    def __init__(self, label, hosts, steps, lines=1_000):
        self.label, self.hosts, self.steps, self.lines = label, hosts, steps, lines

    @property
    def load(self):
        return ["--hosts", self.hosts, "--steps", self.steps, "--lines", min(self.lines, self.hosts * self.steps)]

    def questions(self):
        # The same window whatever the history: 83 minutes, or what there is of them.
        length = min(83, max(1, self.steps // 6)) * MINUTE
        metric = ("cpu", "usage_user")
        return [Question("one", "", metric, MINUTE, length, host="host_0"),
                Question("region", "", metric, MINUTE, length, by="region")]


def cases(quick):
    unit = 100 if quick else 1
    by_series = [Case(f"{series:,} series × {steps:,} steps", series // 10, steps) for series, steps in (
        [(100, 60), (1_000, 6)] if quick else [(1_000, 5_000), (10_000, 500), (100_000, 50), (1_000_000, 5)])]
    by_history = [Case(f"10,000 series, {times} × the history" if not quick else f"100 series, {times} ×",
                       1_000 // unit, 500 * times // unit) for times in (1, 10, 30)]
    return by_series, by_history


def measure(case, folder, rounds, seconds):
    daybook = Daybook(folder)
    try:
        daybook.up()
        figures = bench.run("ingest", *daybook.load_arguments(), *case.load)
        for question in case.questions():
            urls = [part for window in question.windows(count=5) for part in ("--url", daybook.url(question, window))]
            try:
                asked = bench.run("query", *urls, "--rounds", rounds, "--seconds", seconds)
                figures[question.key] = asked["query_p50_ms"]
            except bench.BenchFailed as refused:
                # More series than a query may read: that is an answer, too.
                print(f"  {question.key}: {refused}", file=sys.stderr)
        return figures
    finally:
        daybook.stop()


COLUMNS = [
    ("samples", "samples", lambda figures: figures["samples"]),
    ("samples_per_second", "samples/s", lambda figures: figures["samples_per_second"]),
    ("queryable_seconds", "queryable after, s", lambda figures: figures["queryable_seconds"]),
    ("request_p99_ms", "request p99, ms", lambda figures: figures["request_p99_ms"]),
    ("one", "one series by minute, ms", lambda figures: figures.get("one")),
    ("region", "by region and minute, ms", lambda figures: figures.get("region")),
    ("cpu", "processor µs a sample", lambda figures: bench.total(figures, "cpu_seconds_") / figures["samples"] * 1e6),
    ("memory", "highest memory, MB", lambda figures: figures["peak_pss_mb"]),
    ("wal", "WAL B a sample", lambda figures: figures["wal_bytes_per_sample"]),
    ("events", "event store B a sample", lambda figures: figures["event_store_bytes_per_sample"]),
    ("read", "read models B a sample", lambda figures: figures["read_model_bytes_per_sample"]),
]


def number(value):
    if value is None:
        return "–"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def table(measured, columns):
    lines = ["| load | " + " | ".join(label for _, label, _ in columns) + " |", "| --- |" + " --- |" * len(columns)]
    for label, figures in measured:
        cells = [number(value(figures)) for _, _, value in columns]
        lines.append(f"| {label} | " + " | ".join(cells) + " |")
    return lines


def parse():
    parser = argparse.ArgumentParser(prog="scripts/bench-growth", description=(
        "Measures the same with more and more series, with more and more history, and with two command services, each in "
        "a fresh Daybook, and prints tables. Takes about ten minutes."))
    parser.add_argument("--quick", action="store_true", help="very little of everything: whether it works, no figures")
    parser.add_argument("--write", metavar="FOLDER", default=None,
                        help="where the dated file goes; docs/measurements unless given, none with --quick")
    return parser.parse_args()


def main():
    arguments = parse()
    bench.build(arguments.quick)
    by_series, by_history = cases(arguments.quick)
    rounds, seconds = (5, 1) if arguments.quick else (100, 5)
    folder = tempfile.mkdtemp(prefix="daybook-growth-")
    os.chmod(folder, 0o755)
    try:
        about = machine.describe(folder, [])
        measured = {}
        for index, case in enumerate(by_series + by_history):
            print(case.label, file=sys.stderr, flush=True)
            measured[case.label] = measure(case, os.path.join(folder, str(index)), rounds, seconds)
        services = []
        size = by_history[0]
        for count in (1, 2):
            print(f"{count} command services", file=sys.stderr, flush=True)
            services.append((f"batches, {count} command services", bench.run(
                "ingest", "--command-services", count, *size.load, "--connections", 8)))
        for count in (1, 2):
            services.append((f"one sample a request, {count} command services", bench.run(
                "ingest", "--command-services", count, "--singles", "--connections", 64, "--requests",
                1_000 if arguments.quick else 60_000)))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    today = datetime.date.today().isoformat()
    asked = {"one", "region"}
    text = "\n".join([
        f"# How cost grows, {today}", "",
        f"Made by `scripts/bench-growth`{' --quick' if arguments.quick else ''}: `daybook bench`, loader beside, each "
        "line in a fresh Daybook, measured once. Batches of ten-field lines, 4 connections; queries ask for 83 minutes, "
        "or what there is of them, over HTTP. Bytes and WAL are what the load added, all folded.", "", *about, "",
        "## Series", "", *table([(case.label, measured[case.label]) for case in by_series], COLUMNS), "",
        "## History", "", *table([(case.label, measured[case.label]) for case in by_history], COLUMNS), "",
        "## Command services on one store", "",
        *table(services, [column for column in COLUMNS if column[0] not in asked]), ""])
    bench.publish(text, "growth", bench.report_folder(arguments))


if __name__ == "__main__":
    bench.measure(main, "bench-growth")
