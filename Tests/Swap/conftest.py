import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))
from ends import KEY, Ends  # noqa: E402
from host import MailHost  # noqa: E402
from postgres import Postgres  # noqa: E402


@pytest.fixture(scope="session")
def postgres():
    running = Postgres()
    yield running
    running.close()


@pytest.fixture(scope="session")
def ends():
    running = Ends()
    yield running
    running.close()


@pytest.fixture
def host(ends, postgres):
    """A host of the test's own, which begins with SendGrid."""
    running = MailHost(ends, postgres, KEY)
    yield running
    running.close()
