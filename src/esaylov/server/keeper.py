"""Stops an embedded database when the last of its clients is gone, however it went.

Started by `embedded.py` as a program of its own, by its path and with the standard library only:
``keeper.py LOCK CLUSTER PID [FOLDER TO REMOVE]…``. Every client holds a shared lock on LOCK; the kernel frees
it when a client ends, by kill -9 too. Whoever gets the exclusive lock is alone: then the postmaster PID of
CLUSTER is stopped, and the folders are removed.
"""

import fcntl
import os
import shutil
import signal
import sys
import time
from pathlib import Path


def postmaster_of(cluster: Path) -> int:
    """Return the process id in the cluster's `postmaster.pid`, or 0 without one."""
    try:
        return int((cluster / "postmaster.pid").read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return 0


def runs_in(pid: int, cluster: Path) -> bool:
    """Whether the process lives and is the cluster's (an old number may be another process by now)."""
    try:
        if Path("/proc/self/cwd").exists():
            return Path(os.readlink(f"/proc/{pid}/cwd")) == cluster
        os.kill(pid, 0)
    except OSError:
        return False
    return True


def stop(pid: int, cluster: Path, seconds: float = 60) -> None:
    """Ask the postmaster for a fast shutdown, after `seconds` for an immediate one."""
    for number, patience in ((signal.SIGINT, seconds), (signal.SIGQUIT, 10.0)):
        if not runs_in(pid, cluster):
            return
        os.kill(pid, number)
        limit = time.monotonic() + patience
        while time.monotonic() < limit:
            if postmaster_of(cluster) != pid:
                return
            time.sleep(0.02)


def main() -> None:
    lock, cluster, pid = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    descriptor = os.open(lock, os.O_RDWR)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    running = postmaster_of(cluster)
    if running in (0, pid):
        if running:
            stop(pid, cluster)
        for folder in sys.argv[4:]:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
