"""Scores tell what was planted: what keys bring, what is trivial, and what nothing tells."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from plurel_cli import load
from plurel_cli.numerics.stream import Stream
from plurel_cli.schema.task import Task, TaskType
from plurel_cli.storage.document import read_schema
from plurel_cli.tasks.judged import TaskVerdict
from plurel_cli.tasks.links import link_verdict
from plurel_cli.tasks.past import past_of
from plurel_cli.tasks.score import EFFORTS, Scorer
from plurel_cli.tasks.tables import NS_PER_DAY, Tables
from plurel_cli.tasks.trees import Boosting, TaskTarget, auc
from tests.tasks.samples import made

N_ENTITIES, N_CUT_OFFS = 150, 12

TYPES: tuple[TaskType, ...] = (
    *("binary_classification", "regression", "multiclass_classification"),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("scores") / "db"
    made(folder, 5)
    return folder


def _task(**others: object) -> Task:
    values: dict[str, object] = {
        "name": "planted",
        "kind": "forecast",
        "task_type": "binary_classification",
        "description": "",
        "entity_table": "customer",
        "entity_col": "row_idx",
        "target_col": "target",
        "time_col": "timestamp",
        "horizon_days": 30,
        "rows": (1, 1, 1),
    }
    return Task.model_validate(values | others)


def _cut_offs(folder: Path) -> np.ndarray:
    window = read_schema(folder).window
    assert window is not None
    days = [window.start + dt.timedelta(days=200 + 60 * n) for n in range(N_CUT_OFFS)]
    return np.array(days, dtype="datetime64[ns]")


def _splits(folder: Path, labels: np.ndarray) -> dict[str, pl.DataFrame]:
    """Labels of all customers at cut-offs 60 days apart, the last two for validation and test."""
    days = _cut_offs(folder)
    frame = pl.DataFrame(
        {
            "timestamp": np.repeat(days, N_ENTITIES),
            "row_idx": np.tile(np.arange(N_ENTITIES), N_CUT_OFFS),
            "target": labels,
        }
    )
    n = N_ENTITIES
    train = frame.slice(0, (N_CUT_OFFS - 2) * n)
    return {"train": train, "val": frame[-2 * n : -n], "test": frame[-n:]}


def _verdict(folder: Path, labels: np.ndarray, **task: object) -> TaskVerdict:
    scorer = Scorer(Tables.of(folder, read_schema(folder)), EFFORTS["fast"])
    return scorer.verdict(_task(**task), _splits(folder, labels), keeps_hopeless=True)


def _generator() -> np.random.Generator:
    return Stream(0).child("test").numpy_generator()


def _visitors(folder: Path) -> np.ndarray:
    """Whether a customer came often in the 60 days before, with one label in twenty wrong."""
    database = load(folder)
    visits = database.tables["visit"].drop_nulls("customer_id")
    time = visits[str(database.schema.by_name["visit"].time_column)].to_numpy()
    labels = []
    for cut_off in _cut_offs(folder):
        is_recent = (time <= cut_off) & (time > cut_off - np.timedelta64(60, "D"))
        customers = visits["customer_id"].to_numpy()[is_recent]
        labels.append(np.bincount(customers, minlength=N_ENTITIES) >= 2)
    many = np.concatenate(labels)
    flipped = _generator().random(many.size) < 0.05
    return (many ^ flipped).astype(int)


def test_what_visits_tell_is_a_lift_of_keys(folder: Path) -> None:
    verdict = _verdict(folder, _visitors(folder), horizon_days=60)
    assert not verdict.is_trivial
    assert not verdict.is_hopeless
    assert verdict.baselines["lift_of_keys"] > 0.2
    assert verdict.baselines["is_real"]


def test_what_is_told_of_late_rows_alone_is_hopeless(folder: Path) -> None:
    """Validation rows and the last fifth of training are told by visits, the rest are coins."""
    labels = _visitors(folder)
    n_early = (N_CUT_OFFS - 4) * N_ENTITIES
    labels[:n_early] = _generator().random(n_early) < 0.5
    verdict = _verdict(folder, labels, horizon_days=60)
    skill = verdict.baselines["skill"]["trees"]
    assert min(skill.values()) > 0.55
    assert verdict.is_hopeless


def test_coins_are_hopeless(folder: Path) -> None:
    coins = (_generator().random(N_ENTITIES * N_CUT_OFFS) < 0.5).astype(int)
    verdict = _verdict(folder, coins)
    assert verdict.is_hopeless
    assert not verdict.is_trivial
    assert abs(verdict.baselines["skill"]["trees"]["test"] - 0.5) < 0.15


def test_one_label_is_trivial(folder: Path) -> None:
    labels = np.zeros(N_ENTITIES * N_CUT_OFFS, dtype=int)
    labels[::200] = 1
    assert _verdict(folder, labels).is_trivial


def test_numbers_that_stay_are_told_by_the_last_one(folder: Path) -> None:
    own = np.tile(_generator().normal(size=N_ENTITIES), N_CUT_OFFS)
    labels = np.exp(own + 0.1 * _generator().normal(size=own.size))
    skill = _verdict(folder, labels, task_type="regression").baselines["skill"]
    assert skill["last_value"]["test"] > 0.9
    assert skill["entity_mean"]["test"] > 0.9
    assert abs(skill["constant"]["test"]) < 0.05


def test_past_is_known_when_its_horizon_is_over() -> None:
    entity = np.array([0, 0, 0, 1])
    time = np.array([0, 10, 15, 10]) * NS_PER_DAY
    labels = np.array([1.0, 2.0, 4.0, 8.0])
    past = past_of(entity, time + 10 * NS_PER_DAY, labels, entity, time)
    assert past.count.tolist() == [0, 1, 1, 0]
    assert past.last.tolist()[1:3] == [1.0, 1.0]
    assert np.isnan(past.last[[0, 3]]).all()


def test_auc_counts_pairs() -> None:
    generator = _generator()
    predictions = np.round(generator.random(60), 1)
    truth = generator.random(60) < 0.4
    pairs = predictions[truth][:, None] - predictions[~truth][None, :]
    assert auc(predictions, truth) == pytest.approx(((pairs > 0) + 0.5 * (pairs == 0)).mean())


def test_resamples_are_judged_as_rows_that_are_there_several_times() -> None:
    generator = _generator()
    times = np.bincount(generator.integers(0, 80, 80), minlength=80)
    for task_type in TYPES:
        n_labels = {"binary_classification": 2, "multiclass_classification": 4}.get(task_type, 99)
        labels = generator.integers(0, n_labels, 80).astype(float)
        target = TaskTarget(task_type, labels)
        predicted = np.round(generator.random(80), 1)
        if task_type == "multiclass_classification":
            predicted = generator.dirichlet(np.ones(4), 80)
        scores = target.scores(labels)
        rows = np.repeat(np.arange(80), times)
        (skill,) = target.resampled(predicted, scores, times[None].astype(float))
        assert skill == pytest.approx(target.skill_of_scores(predicted[rows], scores[rows]))


def test_constant_has_no_skill_and_the_truth_all() -> None:
    generator = _generator()
    numbers = np.exp(generator.normal(size=500))
    target = TaskTarget("regression", numbers)
    assert target.skill(target.constants(500), numbers) == pytest.approx(0, abs=1e-9)
    assert target.skill(target.scores(numbers), numbers) == pytest.approx(1)
    codes = generator.integers(0, 3, 500).astype(float)
    classes = TaskTarget("multiclass_classification", codes)
    assert classes.skill(classes.constants(500), codes) == pytest.approx(0, abs=0.01)
    assert classes.skill(np.eye(3)[codes.astype(int)], codes) > 0.95


@pytest.mark.parametrize("task_type", TYPES)
@pytest.mark.parametrize(
    "inputs",
    [np.empty((200, 0)), np.full((200, 2), np.nan), np.ones((200, 1)), np.full((200, 1), np.inf)],
    ids=["none", "nulls", "constant", "infinite"],
)
def test_inputs_that_tell_nothing_give_a_constant(task_type: TaskType, inputs: np.ndarray) -> None:
    """As of a table without columns, of which the row alone is seen."""
    labels = _generator().integers(0, 2, 200).astype(float)
    target = TaskTarget(task_type, labels)
    grown = target.grown(inputs, labels, Boosting(10, 0.1, 63), np.arange(100))
    predicted, of_early = (predict(inputs) for predict in grown)
    assert np.ptp(of_early, axis=0).max() < 1e-9
    assert predicted.shape == target.constants(200).shape
    assert np.ptp(predicted, axis=0).max() < 1e-9
    assert target.skill(predicted, labels) == pytest.approx(target.chance, abs=0.01)


def test_links_to_what_was_referred_to_before_are_told() -> None:
    generator = _generator()
    rows = []
    for step in range(8):
        for source in range(60):
            usual = [source % 20, (source * 7 + 1) % 20]
            other = int(generator.integers(0, 20)) if generator.random() < 0.3 else usual[0]
            rows.append((step, source, sorted({usual[1], other})))
    frame = pl.DataFrame(rows, schema=["timestamp", "source", "others"], orient="row")
    splits = {
        "train": frame.filter(pl.col("timestamp") < 6),
        "val": frame.filter(pl.col("timestamp") == 6),
        "test": frame.filter(pl.col("timestamp") == 7),
    }
    task = _task(
        kind="link",
        task_type="recommendation",
        entity_col="source",
        target_col="others",
        other_table="product",
        eval_k=3,
    )
    verdict = link_verdict(task, splits, EFFORTS["fast"], Stream(1))
    skill = verdict.baselines["skill"]
    assert skill["trees"]["test"] > skill["constant"]["test"] + 0.2
    assert verdict.baselines["lift_of_keys"] > 0.2


N_STEPS, N_SOURCES, N_COHORTS, OF_COHORT = 10, 120, 6, 12


def _links(others: Callable[[int, int], list[int]]) -> tuple[Task, dict[str, pl.DataFrame]]:
    """A link, with what each source refers to at each cut-off."""
    rows = [
        (step, source, sorted(set(others(step, source))))
        for step in range(N_STEPS)
        for source in range(N_SOURCES)
    ]
    frame = pl.DataFrame(rows, schema=["timestamp", "source", "others"], orient="row")
    step = pl.col("timestamp")
    masks = {"train": step < N_STEPS - 2, "val": step == N_STEPS - 2, "test": step == N_STEPS - 1}
    task = _task(
        kind="link", task_type="recommendation", entity_col="source", target_col="others",
        other_table="product", eval_k=5,
    )  # fmt: skip
    return task, {split: frame.filter(mask) for split, mask in masks.items()}


def test_cohorts_that_no_column_shows_are_told() -> None:
    """Sources refer to any row of their cohort: what others of it refer to tells more than they."""
    generator = _generator()

    def of_cohort(step: int, source: int) -> list[int]:
        return [OF_COHORT * (source % N_COHORTS) + int(generator.integers(0, OF_COHORT))]

    verdict = link_verdict(*_links(of_cohort), EFFORTS["fast"], Stream(1))
    skill = {name: of["test"] for name, of in verdict.baselines["skill"].items()}
    assert skill["trees"] > max(skill["constant"], skill["trees_shuffled_keys"]) + 0.05
    oracle = sum(1 / place for place in range(1, 6)) / OF_COHORT
    assert skill["trees"] > 0.8 * oracle


def test_links_that_nothing_tells_are_hopeless() -> None:
    """Also those that only the validation rows seem to tell: trees rehearse on earlier ones."""
    generator = _generator()

    def of_any(step: int, source: int) -> list[int]:
        return [int(generator.integers(0, N_COHORTS * OF_COHORT))]

    def of_last_steps(step: int, source: int) -> list[int]:
        return [source % 5] if step == N_STEPS - 2 else of_any(step, source)

    for others in (of_any, of_last_steps):
        assert link_verdict(*_links(others), EFFORTS["fast"], Stream(1)).is_hopeless


def test_a_link_to_what_is_popular_at_the_moment_is_told() -> None:
    """Rows come into fashion and go out: what is frequent on the whole is not what comes next."""
    generator = _generator()

    def of_fashion(step: int, source: int) -> list[int]:
        return [3 * step + int(generator.integers(0, 8))]

    verdict = link_verdict(*_links(of_fashion), EFFORTS["fast"], Stream(1))
    skill = verdict.baselines["skill"]
    assert skill["trees"]["test"] > skill["constant"]["test"] + 0.1
    assert verdict.is_hopeless  # no key has a part in it: of any other source, as much is told
