"""A standalone Spark cluster on this machine, from the jars of the pip package: a master and workers."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port


class Cluster:
    """A master and two workers of one core each; `kill_worker` takes one with all it runs, as a power cut would."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        import pyspark  # not at the top: without it this module must still be importable, and its tests be skipped

        home = Path(pyspark.__file__).parent
        self._class = home / "bin" / "spark-class"
        self._environment = os.environ | {
            "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
            "PYSPARK_PYTHON": sys.executable,
            "SPARK_LOCAL_IP": "127.0.0.1",
            "SPARK_HOME": str(home),
            "SPARK_DAEMON_MEMORY": "256m",
        }
        port, self._page = free_port(), free_port()
        self.master = f"spark://127.0.0.1:{port}"
        self._processes = [
            self._start("master.Master", "--host", "127.0.0.1", "--port", str(port), "--webui-port", str(self._page))
        ]
        self.workers = [self._start_worker(number) for number in range(2)]
        self._wait_for_workers(2)

    def _start(self, name: str, *arguments: str) -> subprocess.Popen[bytes]:
        log = (self._folder / f"{name}-{time.monotonic_ns()}.log").open("wb")
        command = [str(self._class), f"org.apache.spark.deploy.{name}", *arguments]
        with log:
            return subprocess.Popen(
                command, env=self._environment, cwd=self._folder, stdout=log, stderr=log, start_new_session=True
            )

    def _start_worker(self, number: int) -> subprocess.Popen[bytes]:
        folder = self._folder / f"worker-{number}"
        arguments = ["--host", "127.0.0.1", "--cores", "1", "--memory", "1g", "--webui-port", "0", "--work-dir"]
        worker = self._start("worker.Worker", *arguments, str(folder), self.master)
        self._processes.append(worker)
        return worker

    def alive(self) -> int:
        """How many workers the master knows to be alive."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self._page}/json/", timeout=5) as answer:
                return answer.read().decode().count('"ALIVE"') - 1  # the master is, too
        except OSError:
            return 0

    def _wait_for_workers(self, number: int) -> None:
        deadline = time.monotonic() + 90
        while self.alive() < number:
            if time.monotonic() > deadline:
                logs = "\n".join(path.read_text()[-2000:] for path in self._folder.glob("*.log"))
                self.stop()
                raise AssertionError(f"the cluster did not come up:\n{logs}")
            time.sleep(0.2)

    def kill_worker(self) -> None:
        os.killpg(self.workers[0].pid, signal.SIGKILL)
        self.workers[0].wait()

    def mend(self) -> None:
        """Have two workers again."""
        if self.workers[0].poll() is not None:
            self.workers[0] = self._start_worker(len(self._processes))
            self._wait_for_workers(2)

    def stop(self) -> None:
        for process in reversed(self._processes):
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
