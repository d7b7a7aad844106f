import json
import os
import urllib.parse

import bench
import server

CONFIGURATION = """
reporting-disabled = true
bind-address = "127.0.0.1:{rpc}"
[meta]
  dir = "{folder}/meta"
[data]
  dir = "{folder}/data"
  wal-dir = "{folder}/wal"
  query-log-enabled = false
[http]
  bind-address = "127.0.0.1:{http}"
  log-enabled = false
[monitor]
  store-enabled = false
[logging]
  level = "error"
"""


class InfluxDB(server.Server):
    """As Debian ships it, with its own settings: an fsync for each write."""

    name = "InfluxDB"
    package = "influxdb"

    def __init__(self, folder):
        super().__init__(folder)
        self.port = server.free_port()
        self.base = f"http://127.0.0.1:{self.port}"

    def up(self):
        path = os.path.join(self.folder, "influxdb.conf")
        with open(path, "w") as file:
            file.write(CONFIGURATION.format(folder=self.folder, http=self.port, rpc=server.free_port()))
        self.start(["influxd", "-config", path], bench.environment(), self.base + "/ping")
        server.get(self.base + "/query", data=b"q=CREATE+DATABASE+bench")

    def load_arguments(self):
        return ["--url", self.base + "/write?db=bench", "--pid", self.process.pid]

    def url(self, question, window, cached=False):
        start, end = window
        host = f" AND hostname = '{question.host}'" if question.host else ""
        by = f", {question.by}" if question.by else ""
        text = (
            f"SELECT mean({question.field}) FROM {question.measurement} WHERE time >= {start}s AND time < {end}s{host}"
            f" GROUP BY time({question.step}s){by} fill(none)")
        return self.base + "/query?" + urllib.parse.urlencode({"db": "bench", "epoch": "s", "q": text})

    def answer(self, question, window):
        result = json.loads(server.get(self.url(question, window)))["results"][0].get("series", [])
        return {
            series.get("tags", {}).get(question.by) if question.by else question.host: dict(series["values"])
            for series in result}
