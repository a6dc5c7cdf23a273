"""The filter `size`: a number of bytes with its unit, on one line."""

from __future__ import annotations

from django import template

from tcsync import amounts

register = template.Library()


@register.filter
def size(count: float | None) -> str:
    """Return a number of bytes with its unit, which no line break parts; nothing is 0 B."""
    return amounts.size(count or 0).replace(" ", "\N{NO-BREAK SPACE}")
