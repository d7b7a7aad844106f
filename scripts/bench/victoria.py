import json
import time
import urllib.parse

import bench
import server


class VictoriaMetrics(server.Server):
    """Single node, as Debian ships it. It answers a write before an fsync. Its cache of answers is passed by (nocache=1):
    the others have none; `cached` asks with it."""

    name = "VictoriaMetrics"
    package = "victoria-metrics"

    def __init__(self, folder):
        super().__init__(folder)
        self.base = f"http://127.0.0.1:{server.free_port()}"

    def up(self):
        self.start(
            ["victoria-metrics", f"-storageDataPath={self.folder}/data", f"-httpListenAddr={self.base[7:]}",
             "-retentionPeriod=100y", "-loggerLevel=ERROR"], bench.environment(), self.base + "/health")

    def load_arguments(self):
        return ["--url", self.base + "/write", "--pid", self.process.pid]

    def settle(self):
        server.get(self.base + "/internal/force_flush")
        time.sleep(2)

    def url(self, question, window, cached=False):
        # A range vector at T covers (T - step, T] in milliseconds: asked a millisecond before its end, a bucket has its
        # first moment and not the next one's.
        selector = f"{question.measurement}_{question.field}"
        if question.host:
            selector += '{hostname="%s"}' % question.host
        expression = f"avg_over_time({selector}[{question.step}s])"
        if question.by:
            expression = f"avg by ({question.by}) ({expression})"
        start, end = window
        return self.base + "/api/v1/query_range?" + urllib.parse.urlencode({
            "query": expression, "start": f"{start + question.step - 0.001:.3f}", "end": f"{end - 0.001:.3f}",
            "step": f"{question.step}s", **({} if cached else {"nocache": 1})})

    def answer(self, question, window):
        result = json.loads(server.get(self.url(question, window)))["data"]["result"]
        return {
            series["metric"].get(question.by or "hostname"): {
                round(float(at) + 0.001 - question.step): float(value) for at, value in series["values"]}
            for series in result}
