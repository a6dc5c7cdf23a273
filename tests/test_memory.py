"""Memory that was freed is used again: a process that moves packs meets few page faults."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

ROUNDS = """
import resource
def faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt
def use():
    return [b"x" * (1 << 20) for _ in range(8)] and None
use()
use()
before = faults()
for _ in range(10):
    use()
print(faults() - before)
"""


def faults(begin: str) -> int:
    """Return the page faults of ten times the same memory, in a process that begins like this."""
    done = subprocess.run(
        [sys.executable, "-c", begin + ROUNDS], capture_output=True, check=True, text=True
    )
    return int(done.stdout)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="the C library is not glibc")
def test_memory_that_was_freed_is_used_again():
    assert faults("from tcsync import memory; memory.keep_freed()") < 100


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="the C library is not glibc")
def test_a_process_that_loads_the_repository_keeps_what_it_freed():
    begin = "import os; os.environ['DJANGO_SETTINGS_MODULE'] = 'tests.settings'; import django"
    assert faults(f"{begin}; django.setup()") < 100 < faults("")
