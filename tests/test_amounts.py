"""Amounts of bytes: the same words on every page and in what commands print."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template import Context, Template

from tcsync.amounts import counted, size

TEMPLATES = Path(settings.BASE_DIR) / "templates"


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.0 kB"),
        (1023.7, "1.0 kB"),
        (999_960, "1.0 MB"),
        (48_190_000, "48.2 MB"),
        (2_500_000_000, "2.5 GB"),
        (3 * 10**15, "3,000.0 TB"),
    ],
)
def test_sizes_read_as_people_say_them(count, text):
    assert size(count) == text


@pytest.mark.parametrize(
    ("value", "text"), [(2048, "2.0\xa0kB"), (None, "0\xa0B"), (7.4, "7\xa0B")]
)
def test_a_page_says_a_size_in_one_piece(value, text):
    template = Template("{% load amounts %}{{ value|size }}")
    assert template.render(Context({"value": value})) == text


def test_no_template_has_another_way_to_say_a_size():
    others = re.compile(r"filesizeformat|\b[KMG]i?B\b|\bkB\b")
    assert [p.name for p in TEMPLATES.rglob("*.html") if others.search(p.read_text())] == []


@pytest.mark.parametrize(
    ("count", "text"), [(0, "0 resources"), (1, "1 resource"), (1200, "1,200 resources")]
)
def test_one_is_singular_and_thousands_are_parted(count, text):
    assert counted(count, "resource") == text
