"""What a worker of the web server gets ready before somebody waits for it."""

from __future__ import annotations

import threading

EMPTY = {"mark": "point", "data": {"values": []}}


def warm_up() -> threading.Thread:
    """Starts the program inside vl-convert that draws pictures, in the background: its first drawing takes up to a
    second, all others some milliseconds. Nothing waits for it; a page that is asked for meanwhile starts it by itself.
    """
    thread = threading.Thread(target=_draw, name="warming up", daemon=True)
    thread.start()
    return thread


def _draw() -> None:
    # Only this library: rooms of ours are imported by the thread that answers, and two must not do that at once.
    import vl_convert

    vl_convert.vegalite_to_svg(EMPTY, allowed_base_urls=[])
