"""Daybook beside its peers: see scripts/bench-peers."""

import argparse
import datetime
import os
import shutil
import statistics
import sys
import tempfile
import time

import bench
import machine
from daybook import Daybook
from influx import InfluxDB
from question import differences, questions
from victoria import VictoriaMetrics

SERVERS = [VictoriaMetrics, InfluxDB, Daybook]


class Size:
    """How much of everything."""

    def __init__(self, quick):
        self.hosts, self.steps = (20, 60) if quick else (1_000, 500)
        self.lines = 50 if quick else 1_000
        self.singles = 1_000 if quick else 60_000
        self.minutes, self.days = (8, 20) if quick else (83, 365)
        self.rounds, self.seconds = (10, 1) if quick else (200, 2)
        self.rate = 5_000 if quick else 100_000
        # Samples arrive so long before the first question under load, and so long in all.
        self.lead, self.loaded = (0.5, 3) if quick else (6, 13)

    @property
    def samples(self):
        return self.hosts * 10 * self.steps

    @property
    def load(self):
        return ["--hosts", self.hosts, "--lines", self.lines]


def measure(server, size, answers):
    """One server's turn: a dictionary of figures. `answers`: what each server said to the first version of each question."""
    figures = {}
    target = server.load_arguments()
    batches = bench.run("ingest", *target, *size.load, "--steps", size.steps)
    figures["batch"] = batches["samples_per_second"]
    figures["acknowledged"] = batches["acknowledged_seconds"]
    figures["queryable"] = batches.get("queryable_seconds")
    figures["cpu"] = bench.total(batches, "cpu_seconds_")
    figures["memory"] = batches["peak_pss_mb"]
    server.settle()
    figures["disk"] = stored(server, batches) / 1e6
    for connections in (32, 128):
        singles = bench.run("ingest", *target, "--singles", "--requests", size.singles, "--connections", connections)
        figures[f"singles{connections}"] = singles["requests_per_second"]
        figures[f"singles{connections}_p99"] = singles["request_p99_ms"]
    # Ten minutes more, and a year with ten days more, so that windows can move.
    bench.run("ingest", *target, *size.load, "--first-step", size.steps, "--steps", 60)
    bench.run("ingest", *target, "--measurement", "year", "--hosts", 1, "--fields", 1, "--lines", 10_000, "--steps",
              (size.days + 10) * 8_640)
    server.settle()
    asked = questions(size.minutes, size.days)
    for question in asked:
        answers.setdefault(question.key, {})[server.name] = server.answer(question, question.windows()[0])
        figures[question.key] = ask(server, size, question, question.windows())
        if isinstance(server, VictoriaMetrics):
            figures[question.key + "_cached"] = ask(server, size, question, question.windows(), cached=True)
    load = bench.start("ingest", *server.load_arguments(), *size.load, "--first-step", size.steps + 60, "--rate",
                       size.rate, "--seconds", size.loaded)
    time.sleep(size.lead)
    for question in asked:
        # Windows of cpu fields now reach into what arrives.
        windows = question.windows(10 if question.step == 60 else 0)
        figures[question.key + "_loaded"] = ask(server, size, question, windows)
    figures["arrived"] = bench.finish(load)["samples_per_second"]
    return figures


def ask(server, size, question, windows, cached=False):
    urls = [part for window in windows for part in ("--url", server.url(question, window, cached=cached))]
    return bench.run("query", *urls, "--rounds", size.rounds, "--seconds", size.seconds)["query_p50_ms"]


def stored(server, batches):
    """Of Daybook what it keeps: events and read models. WAL and tail, which are used again, and Postgres' own catalogue
    are not in it. Of the others all files."""
    if isinstance(server, Daybook):
        return batches["event_store_bytes"] + batches["read_model_bytes"]
    return server.stored_bytes()


class Row:
    """One line of the table. `must` and `goal`: ratios to VictoriaMetrics; `lower` is better, or not."""

    def __init__(self, label, key, unit, must=None, goal=None, lower=False, peer=None):
        self.label, self.key, self.unit = label, key, unit
        self.must, self.goal, self.lower = must, goal, lower
        self.peer = peer or key

    def verdict(self, ratio):
        if self.must is None or ratio is None:
            return ""
        def reaches(limit):
            return ratio <= limit if self.lower else ratio >= limit
        return "goal" if reaches(self.goal) else "must" if reaches(self.must) else "MISSED"


def rows(size):
    asked = questions(size.minutes, size.days)
    limits = {"one": (1.0, 0.4), "region": (1.0, 0.6), "year": (0.05, 0.02)}
    table = [
        Row("batches, samples/s", "batch", "", 2.0, 5.0),
        Row("first byte to all queryable, s (peers: to the last acknowledgement)", "queryable", "", 1.0, 0.4, True,
            peer="acknowledged"),
        Row("one sample a request, 32 connections, requests/s", "singles32", "", 0.6, 1.0),
        Row("one sample a request, 128 connections, requests/s", "singles128", "", 0.9, 1.3),
    ]
    table += [Row(f"{question.label}, ms", question.key, "", *limits[question.key], True) for question in asked]
    table += [
        Row(f"the same while {size.rate:,} samples/s arrive: {question.key}, ms", question.key + "_loaded", "", 1.5, 1.0,
            True) for question in asked]
    table += [
        Row(f"(VictoriaMetrics with its cache of answers: {question.key}, ms)", question.key, "", lower=True,
            peer=question.key + "_cached") for question in asked]
    return table + [
        Row(f"disk for the {size.samples:,} samples of batches, MB", "disk", "", lower=True),
        Row("processor time of the batches, s", "cpu", "", lower=True),
        Row("highest memory during the batches (PSS), MB", "memory", "", lower=True),
        Row("one sample a request, 32 connections, p99, ms", "singles32_p99", "", lower=True),
        Row("one sample a request, 128 connections, p99, ms", "singles128_p99", "", lower=True),
        Row("arrived under load, samples/s", "arrived", ""),
    ]


def number(value):
    if value is None:
        return "–"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def median(rounds, name, key):
    values = [figures[name][key] for figures in rounds if figures.get(name, {}).get(key) is not None]
    return statistics.median(values) if values else None


def table(rounds, names, size):
    lines = ["| work | " + " | ".join(names) + " | Daybook / VictoriaMetrics | must | goal | |",
             "| --- |" + " --- |" * (len(names) + 4)]
    for row in rows(size):
        values = [median(rounds, name, row.key if name == Daybook.name else row.peer) for name in names]
        # A ratio of medians of a few rounds hides nothing: each round's figures stand below the table.
        ours, theirs = median(rounds, Daybook.name, row.key), median(rounds, VictoriaMetrics.name, row.peer)
        ratio = ours / theirs if ours is not None and theirs else None
        limits = ["", ""] if row.must is None else [f"{'≤' if row.lower else '≥'} {limit:g}" for limit in (row.must, row.goal)]
        lines.append(f"| {row.label} | {' | '.join(map(number, values))} | {number(ratio)} | {' | '.join(limits)} | "
                     f"{row.verdict(ratio)} |")
    return lines


def details(rounds, names):
    """Every figure of every round."""
    keys = sorted({key for figures in rounds for name in names for key in figures.get(name, {})})
    lines = ["| figure | " + " | ".join(names) + " |", "| --- |" + " --- |" * len(names)]
    for key in keys:
        cells = [", ".join(number(figures[name].get(key)) for figures in rounds if name in figures) for name in names]
        lines.append(f"| {key} | " + " | ".join(cells) + " |")
    return lines


def agreement(answers):
    """Lines that say whether all gave the same numbers."""
    lines = []
    for key, by_server in answers.items():
        ours = by_server[Daybook.name]
        buckets = sum(map(len, ours.values()))
        for name, theirs in by_server.items():
            if name == Daybook.name:
                continue
            count = differences(ours, theirs)
            lines.append(f"- {key}: {buckets} buckets, {'the same from' if not count else f'{count} DIFFER from those of'} {name}")
    return lines


def parse():
    parser = argparse.ArgumentParser(prog="scripts/bench-peers", description=(
        "Sends Daybook, VictoriaMetrics and InfluxDB the same bytes with the same loader, asks them the same questions, "
        "in turns, each in a fresh folder, and prints medians and ratios. Takes two to three minutes a round."))
    parser.add_argument("--rounds", type=int, default=None, help="how many; 3 unless given, 1 with --quick")
    parser.add_argument("--quick", action="store_true", help="very little of everything: whether it works, no figures")
    parser.add_argument("--without", action="append", default=[], choices=["influxdb"], help="leave a peer out")
    parser.add_argument("--write", metavar="FOLDER", default=None,
                        help="where the dated file goes; docs/measurements unless given, none with --quick")
    arguments = parser.parse_args()
    if arguments.rounds is not None and not 1 <= arguments.rounds <= 100:
        parser.error("--rounds must be from 1 to 100")
    return arguments


def main():
    arguments = parse()
    bench.build(arguments.quick)
    size = Size(arguments.quick)
    servers = [server for server in SERVERS if server.package not in arguments.without]
    names = [server.name for server in servers]
    folder = tempfile.mkdtemp(prefix="daybook-peers-")
    os.chmod(folder, 0o755)
    rounds, answers = [], {}
    try:
        about = machine.describe(folder, [server.package for server in servers if server.package])
        count = arguments.rounds or (1 if arguments.quick else 3)
        for index in range(count):
            rounds.append({})
            # Each is first once: what the one before left in the machine's caches hits all.
            for server in servers[index % len(servers):] + servers[:index % len(servers)]:
                print(f"round {index + 1} of {count}: {server.name}", file=sys.stderr, flush=True)
                running = server(os.path.join(folder, f"{server.__name__.lower()}-{index}"))
                try:
                    running.up()
                    rounds[-1][server.name] = measure(running, size, answers)
                finally:
                    running.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    today = datetime.date.today().isoformat()
    text = "\n".join([
        f"# Daybook and its peers, {today}", "",
        f"Made by `scripts/bench-peers`{' --quick' if arguments.quick else ''}: {count} rounds in turns on one machine, "
        "loader beside, medians. Absolute figures of such machines vary; ratios of one run count.", "", *about, "",
        *table(rounds, names, size), "",
        f"Batches: {size.hosts:,} hosts × 10 fields × {size.steps} steps, {size.lines:,} lines a request, 4 connections. "
        "Daybook and InfluxDB answer after fsync, VictoriaMetrics before. Queries: medians over HTTP, one connection, "
        "windows that move from one question to the next; VictoriaMetrics is asked past its cache of answers "
        "(`nocache=1`), which the others do not have. Under load the windows reach into what arrives. Disk of Daybook: "
        "event store and read models, all folded; of the others: all files.", "",
        "Do the answers agree?", "", *agreement(answers), "", "Every round:", "", *details(rounds, names), ""])
    bench.publish(text, "peers", bench.report_folder(arguments))


if __name__ == "__main__":
    bench.measure(main, "bench-peers")
