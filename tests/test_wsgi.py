"""The node as a WSGI application."""

import subprocess
import sys


def test_its_pages_are_loaded_before_the_first_request():
    program = "import sys, tcsync.wsgi; sys.exit('syncconfigs.views.home' not in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
