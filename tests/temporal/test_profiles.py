from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from plurel_cli.numerics.stream import Stream
from plurel_cli.schema.arrivals import Profile
from plurel_cli.temporal.profiles import profiles
from tests.statistics import assert_mean, mean_z, z_limit

FIXED: dict[str, Any] = {
    "weekday_ratio": 4.0,
    "hour_ratio": 30.0,
    "month_ratio": 2.0,
    "peak_month": 6,
    "shift": 0,
    "jitter": 0.0,
}

OF_FAMILY: dict[str, dict[str, Any]] = {"peak": {"peak_weekday": 7, "peak_hour": 15}}


def _drawn(name: str, seed: int = 1, **changes: Any) -> Profile:
    profile = profiles[name].function(Stream(seed), **FIXED | OF_FAMILY.get(name, {}) | changes)
    assert isinstance(profile, Profile)
    return profile


@pytest.mark.parametrize("name", profiles.names())
def test_weights_average_to_1_and_span_their_ratios(name: str) -> None:
    its = _drawn(name)
    assert its.name == name
    ratios = {"weekdays": 4.0, "working_hours": 30.0, "weekend_hours": 30.0, "months": 2.0}
    for part, ratio in ratios.items():
        weights = np.array(getattr(its, part))
        assert weights.mean() == pytest.approx(1.0)
        assert weights.max() / weights.min() == pytest.approx(ratio)


@pytest.mark.parametrize("name", profiles.names())
@pytest.mark.parametrize("peak", [1, 6, 12])
def test_the_year_is_a_cosine_about_its_busiest_month(name: str, peak: int) -> None:
    months = np.log(_drawn(name, peak_month=peak).months)
    cosine = np.cos(2 * np.pi * (np.arange(1, 13) - peak) / 12)
    np.testing.assert_allclose(months - months.mean(), np.log(2) / 2 * cosine, atol=1e-12)


def test_families_differ_as_their_names_say() -> None:
    office, site, shop = (_drawn(name) for name in ("office", "site", "shop"))
    assert min(office.weekdays[:5]) > 2 * max(office.weekdays[5:])
    assert shop.weekdays.index(max(shop.weekdays)) == 5
    assert 8 <= office.working_hours.index(max(office.working_hours)) <= 16
    assert site.working_hours.index(max(site.working_hours)) >= 18


def test_a_peak_is_where_it_is_stated() -> None:
    peak = _drawn("peak")
    assert peak.weekdays.index(max(peak.weekdays)) == 6
    assert peak.working_hours.index(max(peak.working_hours)) == 15
    assert peak.working_hours.index(min(peak.working_hours)) == 3
    assert peak.weekdays[5] == pytest.approx(peak.weekdays[0])  # a week is a circle


def test_a_late_day_is_the_same_day_later() -> None:
    plain, late = _drawn("shop"), _drawn("shop", shift=2)
    assert late.working_hours == (*plain.working_hours[-2:], *plain.working_hours[:-2])
    assert late.weekend_hours == (*plain.weekend_hours[-2:], *plain.weekend_hours[:-2])
    assert late.weekdays == plain.weekdays


def test_jitter_has_its_standard_deviation() -> None:
    """Of the difference of two hours' logarithms, in which the common factor falls out."""
    drawn = [np.log(_drawn("site", seed, jitter=0.2).working_hours[4:6]) for seed in range(3000)]
    differences = np.diff(np.array(drawn), axis=1).ravel() / (0.2 * np.sqrt(2))  # shapes are equal
    assert_mean(differences, 0.0, 1.0, 2)
    assert_mean(differences**2, 1.0, n_comparisons=2)
    assert abs(mean_z(differences**2, 1.3)) > z_limit(2)


@pytest.mark.parametrize("name", profiles.names())
def test_defaults_differ_from_database_to_database(name: str) -> None:
    drawn = []
    for seed in range(20):
        settings = profiles[name].draw({}, Stream(seed))
        drawn.append(profiles[name].function(Stream(seed), **settings))
    assert len(set(drawn)) == 20
    again = profiles[name].function(Stream(0), **profiles[name].draw({}, Stream(0)))
    assert again == drawn[0]
