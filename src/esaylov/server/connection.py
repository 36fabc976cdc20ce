"""Connection URLs as Django wants them."""

from typing import Any

from psycopg.conninfo import conninfo_to_dict

NOWHERE = "postgresql:///esaylov?host=/nonexistent/database-was-not-started"


def django_database(url: str | None) -> dict[str, Any]:
    """Return Django's settings of the database that a libpq URL names; without one, of none that can be
    reached.

    (Tools that only read the models need no database; a forgotten URL must not find somebody else's server.)
    """
    parts: dict[str, Any] = conninfo_to_dict(url or NOWHERE)
    names = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    settings: dict[str, Any] = {key: str(parts.pop(name, "") or "") for name, key in names.items()}
    return settings | {
        "ENGINE": "django.db.backends.postgresql",
        # A server's threads are few and live long: each keeps its connection, and a dead one is noticed
        # before use.
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"application_name": "esaylov"} | parts,
    }
