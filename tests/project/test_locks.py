"""The lock files hold what pyproject.toml asks for; `make lock` writes them anew."""

import tomllib

import pytest
from packaging.requirements import Requirement

from tests.project.tree import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
RUNTIME = PROJECT["project"]["dependencies"]
DEVELOPMENT = PROJECT["dependency-groups"]["dev"]


def _locked(name):
    """Return {package: version} of a lock file."""
    heads = [
        line for line in (ROOT / name).read_text().splitlines() if "==" in line and line[0] != " "
    ]
    pins = [Requirement(line.rstrip(" \\")) for line in heads]
    return {pin.name: next(iter(pin.specifier)).version for pin in pins}


@pytest.mark.parametrize(
    ("lock", "wanted"),
    [("requirements.lock", RUNTIME), ("requirements-dev.lock", RUNTIME + DEVELOPMENT)],
)
def test_lock_satisfies_the_project(lock, wanted):
    locked = _locked(lock)
    asked = [Requirement(text) for text in wanted]
    lacking = [str(ask) for ask in asked if locked.get(ask.name, "") not in ask.specifier]
    assert lacking == []


def test_development_uses_the_shipped_versions():
    shipped, used = _locked("requirements.lock"), _locked("requirements-dev.lock")
    assert {name: used.get(name) for name in shipped} == shipped
