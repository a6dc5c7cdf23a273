"""What every test has: a data folder of its own, and the choice of the database."""

from pathlib import Path

import hypothesis
import pytest

ROOT = Path(__file__).resolve().parent.parent
DATABASE_FIXTURES = {"db", "transactional_db", "django_db_reset_sequences", "live_server"}

# A busy machine must not make a property fail; what it found stays out of the tree.
hypothesis.settings.register_profile("tcsync", deadline=None, database=None)
hypothesis.settings.load_profile("tcsync")


def pytest_addoption(parser):
    parser.addoption(
        "--only-database",
        action="store_true",
        help="run only tests that use a database or are marked both_databases",
    )


def pytest_collection_modifyitems(config, items):
    if not config.getoption("only_database"):
        return
    chosen = [item for item in items if _uses_database(item)]
    config.hook.pytest_deselected(items=[item for item in items if item not in chosen])
    items[:] = chosen


def _uses_database(item):
    marked = any(item.get_closest_marker(name) for name in ("django_db", "both_databases"))
    return marked or not DATABASE_FIXTURES.isdisjoint(getattr(item, "fixturenames", ()))


@pytest.fixture(autouse=True)
def data_folder(settings, tmp_path, monkeypatch):
    """Give each test its own TCSYNC_DATA, in the settings and for processes that it starts."""
    folder = tmp_path / "data"
    folder.mkdir()
    settings.TCSYNC_DATA = folder
    monkeypatch.setenv("TCSYNC_DATA", str(folder))
    return folder


@pytest.fixture(scope="session")
def shared_data():
    """Return the folder of real histories beside the project."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("../shared/data is not there")
    return folder
