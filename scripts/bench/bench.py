"""Running `daybook bench`."""

import json
import os
import subprocess

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
DAYBOOK = os.path.join(ROOT, ".build", "release", "daybook")


class BenchFailed(Exception):
    pass


def start(*arguments):
    """Starts `daybook bench` with these arguments; `finish` gives its figures."""
    return subprocess.Popen(
        [DAYBOOK, "bench", *map(str, arguments), "--json"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment())


def finish(process):
    output, errors = process.communicate()
    if process.returncode != 0:
        raise BenchFailed(f"{' '.join(process.args[1:])}: {errors.strip()}")
    return json.loads(output)


def run(*arguments):
    return finish(start(*arguments))


def environment(**changes):
    """Ours without settings of Daybook's, which are for the services of this machine."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DAYBOOK_")}
    return {**kept, **changes}


def total(figures, prefix):
    """The sum of all figures that begin so: of all processes."""
    return sum(value for key, value in figures.items() if key.startswith(prefix))
