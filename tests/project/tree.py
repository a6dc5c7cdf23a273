"""The files that belong to the project: what git would commit, or everything outside a clone."""

import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LISTING = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]


def project_files(*suffixes):
    """Return the paths of all files of the project, or only of those with one of the suffixes."""
    listed = subprocess.run(LISTING, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    paths = [ROOT / name for name in listed.split("\0") if name]
    return [path for path in paths if path.is_file() and (not suffixes or path.suffix in suffixes)]


def shown(path):
    return path.relative_to(ROOT).as_posix()
