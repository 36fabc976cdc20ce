"""nginx in front of a measured site, with the configuration that operators are given (`server/nginx.conf`)."""

import os
import shutil
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from esaylov.bench.site import free_port
from esaylov.server.processes import STATIC

SAMPLE = Path(__file__).resolve().parent.parent / "server" / "nginx.conf"
WAIT = 10.0


def program() -> str | None:
    """Where nginx is, None where it is not installed."""
    return shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")


@contextmanager
def nginx(upstream: int, static: Path = STATIC) -> Iterator[int]:
    """nginx before the site that answers on port `upstream`; gives nginx's own port. RuntimeError when it does not start."""
    found = program()
    if found is None:
        raise RuntimeError("nginx is not installed")
    with tempfile.TemporaryDirectory(prefix="esaylov-nginx-") as name:
        folder, port = Path(name), free_port()
        folder.chmod(0o755)
        (folder / "nginx.conf").write_text(configuration(folder, port, upstream, static))
        server = subprocess.Popen(
            [found, "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log")],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            _wait(port, server, folder / "error.log")
            yield port
        finally:
            server.terminate()
            server.wait(WAIT)


def configuration(folder: Path, port: int, upstream: int, static: Path) -> str:
    """The sample filled in, with everything that nginx writes inside `folder`."""
    values = {
        "$LISTEN": f"127.0.0.1:{port}",
        "$UPSTREAM": f"127.0.0.1:{upstream}",
        "$UNCACHED": f"127.0.0.1:{free_port()}",
        "$STATIC": str(static),
        "$DATA": os.environ.get("ESAYLOV_DATA", str(folder)),
        "$CACHE": str(folder / "cache"),
    }
    text = "\n".join(line for line in SAMPLE.read_text().splitlines() if not line.startswith("#"))
    for mark, value in values.items():
        text = text.replace(mark, value)
    paths = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = "".join(f"    {one}_temp_path {folder}/{one};\n" for one in paths)
    user = "user root;\n" if os.geteuid() == 0 else ""
    head = f"{user}daemon off;\npid {folder}/nginx.pid;\n"
    return head + text.replace("http {\n", "http {\n" + temporary, 1) + "\n"


def _wait(port: int, server: "subprocess.Popen[bytes]", errors: Path) -> None:
    deadline = time.monotonic() + WAIT
    while server.poll() is None and time.monotonic() < deadline:
        with suppress(urllib.error.URLError, ConnectionError):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/robots.txt", timeout=WAIT).close()
            except urllib.error.HTTPError:
                return
            return
        time.sleep(0.05)
    raise RuntimeError(f"nginx did not start: {errors.read_text() if errors.exists() else ''}")
