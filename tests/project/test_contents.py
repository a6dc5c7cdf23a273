"""What must not stand in any file of the project: places of one machine, addresses of packages."""

import re

from tests.project.tree import project_files, shown

# Written in pieces, so that this file does not find itself.
HOME_FOLDER = re.compile(
    r"(?<![\w.*{}])/(?:ro" r"ot|ho" r"me/\w+|Us" r"ers/\w+|tm" r"p/\w+|wo" r"rk)/"
)
PACKAGE_INDEX = re.compile(
    r"--(?:extra-)?index-" r"url[= ]|--find-li" r"nks[= ]|https?://[^\s\"')]+/simp" r"le\b"
)
LOCK_LINE = re.compile(
    r"^(?:[\w.\[\],-]+==[\w.!+]+( ; .*)? \\|    --hash=sha256:[0-9a-f]{64}( \\)?)$"
)


def _matches(pattern):
    found = {}
    for path in project_files():
        text = path.read_text(encoding="utf-8", errors="replace")
        if hits := pattern.findall(text):
            found[shown(path)] = hits
    return found


def test_no_file_names_a_folder_of_one_machine():
    assert _matches(HOME_FOLDER) == {}


def test_no_file_names_a_package_index():
    assert _matches(PACKAGE_INDEX) == {}


def test_lock_files_hold_versions_and_hashes_only():
    locks = [path for path in project_files(".lock") if path.name.startswith("requirements")]
    lines = [line for path in locks for line in path.read_text().splitlines()]
    assert lines
    assert [line for line in lines if not LOCK_LINE.match(line)] == []
