"""The log: a line that came from outside is never a line of its own."""

import logging

from django.conf import settings

from tcsync.audit.logs import LineFormatter


def formatted(message, *args, error=None):
    line = settings.LOGGING["formatters"]["line"]
    formatter = LineFormatter(line["format"], style=line["style"])
    info = (type(error), error, error.__traceback__) if error else None
    return formatter.format(
        logging.LogRecord("syncconfigs", logging.WARNING, "x.py", 1, message, args, info)
    )


def test_the_formatter_is_the_one_that_is_set():
    assert settings.LOGGING["formatters"]["line"]["()"].endswith("logs.LineFormatter")


def test_an_error_text_of_a_server_stays_on_its_line():
    line = formatted("%s: %s", "Bodo", "no\n2026-01-01 INFO syncconfigs signed in\x1b[31m\u202e")
    assert line.endswith(r"Bodo: no\x0a2026-01-01 INFO syncconfigs signed in\x1b[31m\u202e")


def test_no_line_of_a_trace_looks_like_a_record():
    try:
        raise ValueError("no\n2026-01-01 INFO syncconfigs signed in")
    except ValueError as error:
        first, *trace = formatted("It failed", error=error).splitlines()
    assert first.endswith("It failed")
    assert trace
    assert all(line.startswith("  | ") for line in trace)
