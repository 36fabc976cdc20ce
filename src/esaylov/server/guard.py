"""No orphans: a process ends when the one that started it is gone, killed with -9 or not."""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
import sys
import threading
import time

PARENT = "ESAYLOV_PARENT"
PR_SET_PDEATHSIG = 1


def die_with_parent(parent: int, number: signal.Signals) -> None:
    """Have this process get the signal when its parent ends, or at once when it is gone already.

    To be called from the main thread, for a child that its parent's main thread started.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, int(number), 0, 0, 0)
        if os.getppid() != parent:
            os.kill(os.getpid(), number)
    else:
        threading.Thread(target=_watch, args=(parent, number), daemon=True).start()


def _watch(parent: int, number: signal.Signals) -> None:
    while os.getppid() == parent:
        time.sleep(0.5)
    os.kill(os.getpid(), number)


def guard_service() -> None:
    """For a service's first process: ask it to stop when the supervisor ends. Without a supervisor nothing
    happens.
    """
    if parent := os.environ.get(PARENT):
        die_with_parent(int(parent), signal.SIGTERM)


def guard_worker() -> None:
    """For a web server's worker: end it with the server's main process, which stopped it already if it
    could.
    """
    parent = multiprocessing.parent_process()
    if parent is not None and parent.pid is not None and PARENT in os.environ:
        die_with_parent(parent.pid, signal.SIGKILL)
