"""The published files on the live site: the same paths as in the published folder (docs/formats.md, section
6).
"""

from __future__ import annotations

import os
from pathlib import Path

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from esaylov.acts.identity import log_folder
from esaylov.design.assets import STATIC
from esaylov.publication.origin import absolute

TYPES = {
    ".json": "application/json",
    ".csv": "text/csv; charset=utf-8; header=present",
    ".gz": "application/gzip",
    ".parquet": "application/vnd.apache.parquet",
    ".toml": "application/toml",
    ".py": "text/x-python; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}
BYTES = "application/octet-stream"
TEXT = "text/plain; charset=utf-8"
FOREVER = "public, max-age=31536000, immutable"
ASK_AGAIN = "public, no-cache"
SOON = "public, max-age=1, must-revalidate"
BLOCK = 1 << 18


def published_folder() -> Path:
    """The latest publication's folder; the publisher switches the link to it in one step."""
    return Path(os.path.realpath(Path(settings.ESAYLOV_DATA) / "public" / "current"))


@require_safe
def published(request: HttpRequest, path: str) -> HttpResponseBase:
    """A file of the latest publication: `manifest.json`, `verify.py`, `data/…`."""
    folder = published_folder()
    found = _inside(folder, path)
    return _send(request, found, ASK_AGAIN, TYPES.get(found.suffix, BYTES), version=folder.name)


@require_safe
def log(request: HttpRequest, path: str) -> HttpResponseBase:
    """A file of the log: tiles never change, the checkpoint is new every second."""
    found = _inside(log_folder(), path)
    tile = path.startswith("tile/")
    return _send(request, found, FOREVER if tile else SOON, BYTES if tile else TEXT)


@require_safe
def static(request: HttpRequest, path: str) -> HttpResponseBase:
    """A file of the built front end, compressed for those who take it; its name changes with its content."""
    found = _inside(STATIC, path)
    content_type = TYPES.get(found.suffix, BYTES)
    packed = found.with_name(f"{found.name}.gz")
    if found.suffix == ".gz" or not packed.is_file():
        return _send(request, found, FOREVER, content_type)
    takes = "gzip" in request.headers.get("Accept-Encoding", "")
    response = _send(request, packed if takes else found, FOREVER, content_type)
    response.headers["Vary"] = "Accept-Encoding"
    if takes:
        response.headers["Content-Encoding"] = "gzip"
    return response


def _inside(folder: Path, path: str) -> Path:
    """The regular file at a path below a folder, links resolved; Http404 for anything else."""
    if "\0" in path or any(not part or part.startswith(".") for part in path.split("/")):
        raise Http404
    root = Path(os.path.realpath(folder))
    found = Path(os.path.realpath(root / path))
    try:
        there = found.is_relative_to(root) and found.is_file()
    except OSError:  # a name longer than the file system takes
        there = False
    if not there:
        raise Http404
    return found


def _send(
    request: HttpRequest, found: Path, caching: str, content_type: str, version: str = ""
) -> HttpResponseBase:
    try:
        file = found.open("rb")
    except OSError:
        raise Http404 from None
    status = os.fstat(file.fileno())
    tag = f'"{version}-{status.st_size:x}-{status.st_mtime_ns:x}"'
    response: HttpResponseBase | None = get_conditional_response(request, etag=tag)
    if response is None:
        response = _file(file, content_type)
    else:
        file.close()
    response.headers["ETag"] = tag
    response.headers["Cache-Control"] = caching
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def _file(file: object, content_type: str) -> FileResponse:
    response = FileResponse(file, content_type=content_type)
    response.block_size = BLOCK
    del response.headers["Content-Disposition"]
    return response


def robots(request: HttpRequest) -> HttpResponse:
    """robots.txt: everything public may be read by everybody, and where the list of all pages is."""
    sitemap = absolute(request, "/sitemap.xml")
    return HttpResponse(f"User-agent: *\nAllow: /\n\nSitemap: {sitemap}\n", content_type=TEXT)
