"""Lines of the log that nobody can forge: what came from outside stays on its own line."""

from __future__ import annotations

import logging

from tcsync.audit.texts import escape

TRACE_MARK = "  | "


class LineFormatter(logging.Formatter):
    """Writes each record as one line; the lines of a trace below it are marked as such."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 (the name of logging)
        """Return the line, control characters escaped."""
        return escape(super().formatMessage(record))

    def formatException(self, ei: object) -> str:  # noqa: N802 (the name of logging)
        """Return the trace, no line of which looks like a record."""
        return _marked(super().formatException(ei))  # type: ignore[arg-type]

    def formatStack(self, stack_info: str) -> str:  # noqa: N802 (the name of logging)
        """Return the stack, no line of which looks like a record."""
        return _marked(super().formatStack(stack_info))


def _marked(text: str) -> str:
    return "\n".join(f"{TRACE_MARK}{escape(line)}" for line in text.split("\n"))
