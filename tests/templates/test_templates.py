"""Rules for all templates: small, without inline script or style, drawn without the network."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import get_template, render_to_string

ROOT = Path(settings.BASE_DIR) / "templates"
TEMPLATES = sorted(path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*.html"))
LINES = 80
FORBIDDEN = {
    "inline script": re.compile(r"<script(?![^>]*\bsrc=)"),
    "inline style": re.compile(r"<style|\sstyle="),
    "inline handler": re.compile(r"\son[a-z]+\s*=\s*[\"']"),
    "another host": re.compile(r"(src|href|action)=\"(https?:)?//"),
    "unescaped text": re.compile(r"\|safe\b|autoescape off"),
}


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_is_small_and_follows_the_content_security_policy(name):
    text = (ROOT / name).read_text()
    assert len(text.splitlines()) <= LINES
    assert not [rule for rule, pattern in FORBIDDEN.items() if pattern.search(text)]


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_compiles(name):
    assert get_template(name)


@pytest.mark.parametrize("name", TEMPLATES)
def test_each_form_that_posts_carries_its_csrf_token(name):
    text = (ROOT / name).read_text()
    forms = re.findall(r"<form[^>]*method=\"post\".*?</form>", text, re.DOTALL)
    assert all("{% csrf_token %}" in form for form in forms)


@pytest.mark.parametrize("name", TEMPLATES)
def test_static_files_that_a_template_names_exist(name):
    named = re.findall(r"\{% static '([^']+)' %\}", (ROOT / name).read_text())
    assert [path for path in named if finders.find(path) is None] == []


@pytest.mark.parametrize("name", ["400.html", "404.html", "500.html", "403_csrf.html"])
def test_an_error_page_is_drawn_without_any_context(name):
    text = render_to_string(name)
    assert "<h1>" in text
    assert 'href="/"' in text
