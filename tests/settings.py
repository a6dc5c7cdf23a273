"""tcsync.settings for the tests: the same for everybody, whatever the caller's environment says.

The database is the one that TCSYNC_TEST_DATABASE_URL names, else SQLite in a folder of its own.
"""

import atexit
import os
import shutil
import tempfile

_READ = ("ALLOWED_HOSTS", "CSRF_TRUSTED_ORIGINS", "DATABASE_URL", "DEBUG", "SECRET_KEY", "TZ")
_KEPT = ("TCSYNC_TEST_DATABASE_URL", "TCSYNC_TEST_FOLDER")


def _is_foreign(name):
    return (
        name in _READ or name.startswith(("TCSYNC_", "DJANGO_")) or name.lower().endswith("_proxy")
    )


for _name in [name for name in os.environ if _is_foreign(name) and name not in _KEPT]:
    del os.environ[_name]

# pytest's worker processes end without cleaning up, so theirs lie in the folder of the first one.
if "TCSYNC_TEST_FOLDER" not in os.environ:
    os.environ["TCSYNC_TEST_FOLDER"] = tempfile.mkdtemp(prefix="tcsync-tests-")
    atexit.register(shutil.rmtree, os.environ["TCSYNC_TEST_FOLDER"], ignore_errors=True)
_data = tempfile.mkdtemp(dir=os.environ["TCSYNC_TEST_FOLDER"])
os.environ |= {"TCSYNC_DATA": _data, "TCSYNC_ALLOW_LOOPBACK": "1"}
if _database_url := os.environ.get("TCSYNC_TEST_DATABASE_URL"):
    os.environ["DATABASE_URL"] = _database_url

from tcsync.settings import *  # noqa: E402, F403 - it reads the environment made above
from tcsync.settings import DATABASES  # noqa: E402

# A file, not memory: threads and processes must meet the locks that they meet in a node. The
# process's number keeps apart the runs of several people on one server.
_is_sqlite = DATABASES["default"]["ENGINE"].endswith("sqlite3")
DATABASES["default"]["TEST"] = {
    "NAME": f"{_data}/test.sqlite3" if _is_sqlite else f"test_tcsync_{os.getpid()}"
}
# Sign-in is not what most tests are about, and the real hasher takes 0.4 s each time.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# Nodes that tests start as processes have the settings of a node, and never the server that the
# tests themselves run on.
os.environ.pop("DATABASE_URL", None)
os.environ["DJANGO_SETTINGS_MODULE"] = "tcsync.settings"
