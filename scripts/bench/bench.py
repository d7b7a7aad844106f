"""Running `daybook bench`."""

import datetime
import json
import os
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
DAYBOOK = os.path.join(ROOT, ".build", "release", "daybook")


class BenchFailed(Exception):
    pass


def build(quick):
    """Builds what is in this folder, so that figures are of the commit that they are said to be of. With --quick, which has
    no figures worth keeping, what was built before will do."""
    if quick and os.access(DAYBOOK, os.X_OK):
        return
    built = subprocess.run(["swift", "build", "-c", "release", "--product", "daybook"], cwd=ROOT, stdout=sys.stderr)
    if built.returncode != 0:
        raise BenchFailed("swift build failed: see above")


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


def publish(text, kind, folder):
    """Prints a report, and writes it with the day in its name; `folder` None: prints only."""
    print(text)
    if folder:
        path = os.path.join(folder, f"{datetime.date.today().isoformat()}-{kind}.md")
        with open(path, "w") as file:
            file.write(text)
        print(f"written: {path}", file=sys.stderr)


def report_folder(arguments):
    """Where the report of these arguments goes: with --quick nowhere unless asked for, for its figures mean nothing."""
    return arguments.write or (None if arguments.quick else os.path.join(ROOT, "docs", "measurements"))


def measure(main, script):
    """Runs `main`; what goes wrong with what is measured is said without a traceback."""
    try:
        main()
    # URLError, which a server that is away gives, is an OSError.
    except (BenchFailed, RuntimeError, OSError) as problem:
        sys.exit(f"scripts/{script}: {problem}")
    except KeyboardInterrupt:
        sys.exit("stopped: nothing was measured")
