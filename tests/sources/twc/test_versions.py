"""What the text of a version says."""

from __future__ import annotations

import pytest

from tcsync.sources.twc.versions import has_json_batches, major_version


@pytest.mark.parametrize(
    ("text", "major", "has_json"),
    [
        ("18.5", "18.5", False),
        ("19.0 SP3", "19.0", False),
        ("2021x", "2021x", False),
        ("2022x Refresh2", "2022x", False),
        ("2024x", "2024x", False),
        ("2024x Refresh1", "2024x", True),
        ("2024xR2HF1", "2024x", True),
        ("2026x", "2026x", True),
        ("TWC version: 2026x Refresh1, OSMC version: 2026.1.0, revision 8d1f0c2", "2026x", True),
        ("2022.2.0", "2022x", False),
        ("a build of Tuesday", "", True),
        ("", "", True),
    ],
)
def test_a_version_says_its_major_version_and_how_id_lists_are_written(text, major, has_json):
    assert major_version(text) == major
    assert has_json_batches(text) is has_json
