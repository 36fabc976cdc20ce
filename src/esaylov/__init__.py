"""esaylov: open election management. See docs/architecture.md."""

__version__ = "0.1.0"
