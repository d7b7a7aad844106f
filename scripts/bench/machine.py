"""What a measurement was made on."""

import os
import platform
import re
import statistics
import subprocess
import tempfile
import time

import bench


def first_line(*command):
    try:
        text = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError:
        return "?"
    lines = (text.stdout + text.stderr).strip().splitlines()
    return lines[0].strip() if lines else "?"


def package(name):
    return first_line("dpkg-query", "-W", "-f", "${Version}", name)


def field(path, name):
    with open(path) as file:
        for line in file:
            if line.startswith(name):
                return line.split(":", 1)[1].strip()
    return "?"


def fsync_milliseconds(folder, rounds=100):
    """Median of writing 4 KiB and waiting until it is on disk."""
    times = []
    with tempfile.TemporaryFile(dir=folder) as file:
        for _ in range(rounds):
            file.write(b"x" * 4096)
            file.flush()
            started = time.perf_counter()
            os.fsync(file.fileno())
            times.append(time.perf_counter() - started)
    return statistics.median(times) * 1000


def commit():
    text = first_line("git", "-C", bench.ROOT, "rev-parse", "--short", "HEAD")
    return text if re.fullmatch("[0-9a-f]+", text) else "?"


def describe(folder, peers):
    """Lines of markdown. `peers`: Debian packages."""
    memory = int(field("/proc/meminfo", "MemTotal").split()[0]) / 1024 / 1024
    postgres = next((name for name in sorted(os.listdir("/usr/lib/postgresql"), key=int, reverse=True)), "?")
    lines = [
        f"- processor: {field('/proc/cpuinfo', 'model name')}, {len(os.sched_getaffinity(0))} cores",
        f"- memory: {memory:.0f} GiB; kernel {platform.release()}",
        f"- write and fsync of 4 KiB, median: {fsync_milliseconds(folder):.2f} ms",
        f"- {first_line(bench.DAYBOOK, '--version')} of commit {commit()}; Postgres {package('postgresql-' + postgres)}",
    ]
    return lines + [f"- {name} {package(name)}" for name in peers]
