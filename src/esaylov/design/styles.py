"""The style sheet's address, which changes with its content."""

from hashlib import sha256
from pathlib import Path

STATIC = Path(__file__).parent / "static"
STYLESHEET = f"/static/esaylov.css?v={sha256((STATIC / 'esaylov.css').read_bytes()).hexdigest()[:12]}"
