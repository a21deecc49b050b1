"""What Python's collector is told holds while databases are fitted, and no longer."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator

import pytest

from plurel_cli import generate, parse_config
from plurel_cli.features.garbage import N_OBJECTS, looked_for_rarely


@pytest.fixture(autouse=True)
def thresholds() -> Iterator[None]:
    former = gc.get_threshold()
    gc.set_threshold(700, 10, 10)
    yield
    gc.set_threshold(*former)


def test_garbage_is_looked_for_rarely_and_then_as_before() -> None:
    with looked_for_rarely():
        assert gc.get_threshold() == (N_OBJECTS, 10, 10)
        with looked_for_rarely():
            pass
        assert gc.get_threshold() == (N_OBJECTS, 10, 10)
    assert gc.get_threshold() == (700, 10, 10)


@pytest.mark.parametrize("former", [(0, 10, 10), (90_000, 5, 5)])
def test_who_looks_less_often_or_never_goes_on_so(former: tuple[int, int, int]) -> None:
    gc.set_threshold(*former)
    with looked_for_rarely():
        assert gc.get_threshold() == former
    assert gc.get_threshold() == former


def test_what_is_set_meanwhile_stays() -> None:
    with looked_for_rarely():
        gc.set_threshold(123, 4, 5)
    assert gc.get_threshold() == (123, 4, 5)


def test_the_last_of_several_threads_sets_it_back() -> None:
    entered, leave = threading.Event(), threading.Event()

    def other() -> None:
        with looked_for_rarely():
            entered.set()
            leave.wait()

    thread = threading.Thread(target=other)
    with looked_for_rarely():
        thread.start()
        entered.wait()
    assert gc.get_threshold()[0] == N_OBJECTS
    leave.set()
    thread.join()
    assert gc.get_threshold() == (700, 10, 10)


def test_a_fit_that_fails_or_ends_sets_it_back(monkeypatch: pytest.MonkeyPatch) -> None:
    from plurel_cli.features.engine.work import Work

    config = parse_config({"schema": {"tables": 2}})
    generate(config, 0)
    assert gc.get_threshold() == (700, 10, 10)
    seen = []

    def failing(*_: object) -> None:
        seen.append(gc.get_threshold()[0])
        raise ZeroDivisionError

    monkeypatch.setattr(Work, "fit", failing)
    with pytest.raises(ZeroDivisionError):
        generate(config, 0)
    assert seen == [N_OBJECTS]
    assert gc.get_threshold() == (700, 10, 10)
