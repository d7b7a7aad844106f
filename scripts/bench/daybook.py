import json
import os
import shutil
import time
import urllib.parse

import bench
import server


class Daybook(server.Server):
    """`daybook up` as a user starts it: Postgres with fsync, projector and query service beside."""

    name = "Daybook"
    package = None

    def __init__(self, folder):
        super().__init__(folder)
        # Postgres' own user must be able to come in, also where it is root who measures.
        os.chmod(folder, 0o755)
        self.home = os.path.join(folder, "home")
        self.command, self.query, self.projector = (f"127.0.0.1:{server.free_port()}" for _ in range(3))

    def up(self):
        self.start(
            [bench.DAYBOOK, "up", "--log-level", "error"],
            bench.environment(
                DAYBOOK_HOME=self.home, DAYBOOK_COMMAND_LISTEN=self.command, DAYBOOK_QUERY_LISTEN=self.query,
                DAYBOOK_PROJECTOR_LISTEN=self.projector), f"http://{self.query}/readyz")
        deadline = time.monotonic() + 60
        while True:
            try:
                server.get(f"http://{self.command}/readyz")
                return
            except OSError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.02)

    def load_arguments(self):
        # With the store, the bench waits until all is folded.
        return ["--url", f"http://{self.command}/write", "--query-listen", self.query, "--pid", self.process.pid,
                "--store", self.home]

    def stop(self):
        # Where Postgres' user cannot come into the home, its data are elsewhere.
        try:
            with open(os.path.join(self.home, "postgres.location")) as file:
                elsewhere = file.readline().strip()
        except OSError:
            elsewhere = ""
        super().stop()
        if elsewhere.startswith("/var/lib/daybook/"):
            shutil.rmtree(elsewhere, ignore_errors=True)

    def url(self, question, window, cached=False):
        start, end = window
        host = {"label.hostname": question.host} if question.host else {}
        by = {"by": question.by} if question.by else {}
        return f"http://{self.query}/v1/timeline?" + urllib.parse.urlencode({
            "name": f"{question.measurement}_{question.field}", **host, **by, "step": f"{question.step // 60}m",
            "from": start * 1000, "to": end * 1000})

    def answer(self, question, window):
        result = json.loads(server.get(self.url(question, window)))["series"]
        return {
            series["labels"].get(question.by or "hostname"): dict(
                zip((at // 1000 for at in series["time"]), series["avg"]))
            for series in result}
