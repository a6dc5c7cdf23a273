"""Which PostgreSQL the tests can use: the one that is named, else one on the usual sockets."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import environ
import psycopg

VARIABLE = "TCSYNC_TEST_DATABASE_URL"
USUAL_SOCKETS = ("/var/run/postgresql", "/tmp")  # noqa: S108 - where PostgreSQL itself puts it
CONNECT_SECONDS = 5


@dataclass(frozen=True, slots=True)
class Postgres:
    """A server that can make test databases (`url`), or else the `reason` why there is none."""

    url: str
    reason: str


def find() -> Postgres:
    """Look for a server that accepts us and lets us create databases."""
    if named := os.environ.get(VARIABLE):
        refusal = _refusal(named)
        return Postgres("" if refusal else named, f"{VARIABLE}: {refusal}")
    sockets = [folder for folder in USUAL_SOCKETS if any(Path(folder).glob(".s.PGSQL.*"))]
    reasons = []
    for folder in sockets:
        url = f"postgres:///{folder}/postgres"
        if not (refusal := _refusal(url)):
            return Postgres(url, "")
        reasons.append(f"{folder}: {refusal}")
    return Postgres("", "; ".join(reasons) or f"no server answers on {' or '.join(USUAL_SOCKETS)}")


def _refusal(url: str) -> str:
    """Return why the server at `url` is of no use, empty if it is."""
    target = environ.Env.db_url_config(url)
    try:
        with psycopg.connect(
            host=target["HOST"] or None,
            port=target["PORT"] or None,
            user=target["USER"] or None,
            password=target["PASSWORD"] or None,
            dbname=target["NAME"] or "postgres",
            connect_timeout=CONNECT_SECONDS,
        ) as connection:
            row = connection.execute(
                "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
            ).fetchone()
    except psycopg.Error as error:
        return " ".join(str(error).split())
    return "" if row and row[0] else "this role may not create databases"
