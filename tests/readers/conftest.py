from __future__ import annotations

import pytest

from tests.readers.environments import Reader, reader


@pytest.fixture(scope="session")
def relbench_1() -> Reader:
    return reader("relbench_1")


@pytest.fixture(scope="session")
def relbench_3() -> Reader:
    return reader("relbench_3")


@pytest.fixture(scope="session")
def relational_transformer() -> Reader:
    return reader("relational_transformer")


@pytest.fixture(scope="session")
def hub() -> Reader:
    return reader("hub")
