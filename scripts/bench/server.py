"""Servers that are started for a measurement, in folders of their own, and stopped after it."""

import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def get(url, data=None, timeout=60):
    """The body of a good answer."""
    with urllib.request.urlopen(urllib.request.Request(url, data=data), timeout=timeout) as answer:
        return answer.read()


class Server:
    """One process tree. Subclasses say how it is started and asked."""

    name = "?"

    def __init__(self, folder):
        self.folder = folder
        self.process = None
        self.log = None
        os.makedirs(folder)

    def start(self, command, environment, ready, patience=90):
        """Starts it and waits until the URL `ready` answers well."""
        self.log = open(os.path.join(self.folder, "server.log"), "wb")
        self.process = subprocess.Popen(
            command, env=environment, stdout=self.log, stderr=self.log, start_new_session=True)
        deadline = time.monotonic() + patience
        while True:
            try:
                get(ready, timeout=2)
                return
            except (OSError, urllib.error.URLError):
                pass
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{self.name} does not start:\n{self.tail()}")
            time.sleep(0.02)

    def tail(self):
        with open(os.path.join(self.folder, "server.log"), errors="replace") as file:
            return file.read()[-2000:]

    def stop(self):
        """Ends it and removes its folder."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(60)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        if self.log:
            self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def settle(self):
        """Returns when what was written is where it stays."""

    def stored_bytes(self):
        total = 0
        for folder, _, files in os.walk(self.folder):
            for file in files:
                if file != "server.log":
                    try:
                        total += os.stat(os.path.join(folder, file)).st_blocks * 512
                    except FileNotFoundError:
                        pass
        return total
