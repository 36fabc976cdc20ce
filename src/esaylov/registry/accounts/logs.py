"""Lines of the log, without the secrets of one-time links and of programs: Django writes the address of a request that failed."""

from __future__ import annotations

import logging
import re

SECRET = re.compile(r"(/account/(?:link|password/forgotten|e-mail/confirm)/)[^/\s'\"]+|(esaylov_)[\w-]{20,}")


class Line(logging.Formatter):
    """A line in which an address that opens an account, or a token, ends before its secret."""

    def format(self, record: logging.LogRecord) -> str:
        return SECRET.sub(r"\1\2…", super().format(record))
