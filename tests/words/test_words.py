"""The vocabularies: complete, printable, with their sources, and drawn by their weights."""

from __future__ import annotations

import re
import subprocess
import sys
import unicodedata
from collections import Counter
from itertools import groupby
from pathlib import Path

import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from plurel_cli.numerics.stream import Stream
from plurel_cli.words.colours import colours
from plurel_cli.words.companies import companies
from plurel_cli.words.domains import domains
from plurel_cli.words.folding import folded
from plurel_cli.words.homes import drawn_home
from plurel_cli.words.lists import word_list
from plurel_cli.words.people import people
from plurel_cli.words.places import place_slots, places
from plurel_cli.words.slots import slots, zipf
from plurel_cli.words.streets import HOUSES, streets
from plurel_cli.words.tables import ROOT, lines
from tests.statistics import counts_p, p_limit

FILES = sorted((*ROOT.glob("*.tsv"), *ROOT.glob("lists/*.yaml")))

CONTINENTS = {"africa", "asia", "europe", "north_america", "oceania", "south_america"}


def names_of(region: str, kinds: str) -> list[str]:
    several = (
        text.split(", ") for r, kind, text in lines("people") if r == region and kind in kinds
    )
    return [name for names in several for name in names]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_files_say_where_they_are_from_and_are_plain(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.splitlines()[0].removeprefix("# ").startswith("source: Written for plurel")
    assert text == unicodedata.normalize("NFC", text)
    assert text.replace("\n", "").replace("\t", "").isprintable()
    assert not re.search(r" [\t\n]|  |\t ", text), "a space too many"
    if path.suffix == ".yaml":
        assert set(yaml.safe_load(text)) == {"source", "words"}


def test_all_files_together_are_small() -> None:
    assert len(FILES) >= 8
    assert sum(path.stat().st_size for path in FILES) < 500_000


def test_each_region_has_names_enough_and_none_twice() -> None:
    assert len(people().regions) >= 12
    for region in people().regions:
        assert len(names_of(region, "fmu")) >= 60, region
        assert len(names_of(region, "s")) >= 80, region
        for kind in "fmus":
            names = names_of(region, kind)
            assert len(names) == len(set(names)), (region, kind)


def test_regions_of_a_file_stand_together() -> None:
    for name in ("people", "streets"):
        regions = [region for region, _ in groupby(lines(name), key=lambda fields: fields[0])]
        assert len(regions) == len(set(regions)), name


def test_names_fold_to_small_letters() -> None:
    for name in (*people().given, *people().family, *companies().stems):
        assert re.fullmatch("[a-z]+", folded(name)), name


def test_women_have_the_forms_of_women() -> None:
    known = people()
    n = len(known.family) // 2
    region = np.full(1 << 12, known.regions.index("polish"), dtype=np.int32)
    slot = np.arange(1 << 12)
    given_names, family = known.drawn(region, slot, slot * 1_001 % (1 << 12))
    assert np.array_equal(family >= n, known.of_women.take(given_names))
    last = np.array(known.family).take(family)
    women = family >= n
    assert "Kowalska" in last[women]
    assert "Kowalska" not in last[~women]
    assert "Kowalski" in last[~women]


def test_places_are_on_earth_and_in_known_countries() -> None:
    known = places()
    assert len(known.city) >= 400
    assert np.abs(known.latitude).max() <= 9_000
    assert np.abs(known.longitude).max() <= 18_000
    assert min(known.people) > 0
    assert set(known.country.tolist()) == set(range(len(known.countries)))
    assert len(set(zip(known.city, known.region, known.country.tolist(), strict=True))) == len(
        known.city
    )
    codes = [country.code for country in known.countries]
    assert len(set(codes)) == len(codes)
    assert all(re.fullmatch("[A-Z]{2}", code) for code in codes)
    assert {country.continent for country in known.countries} == CONTINENTS


def test_countries_name_what_there_is() -> None:
    for country in places().countries:
        assert country.people in people().regions
        assert country.streets in streets().languages
        assert country.companies in companies().ends
        assert re.fullmatch(r"\+\d{1,3}", country.prefix)
        for number in country.numbers:
            digits = len(re.sub("[ -]", "", number))
            assert digits + len(country.prefix) - 1 <= 15, (country, "E.164")
            assert re.fullmatch("[#%0-9 -]+", number), country


@pytest.mark.parametrize("sign", ["%", "@", "{", "/"])
def test_names_have_no_signs(sign: str) -> None:
    known = places()
    assert not [name for name in (*known.city, *known.region, *people().family) if sign in name]


def test_countries_with_numbers_for_fiction_have_no_others() -> None:
    by_code = {country.code: country for country in places().countries}
    assert all("555 01##" in number for number in by_code["US"].numbers + by_code["CA"].numbers)
    assert set(by_code["GB"].numbers) <= {
        *("20 7946 0###", "7700 900###", "161 496 0###", "113 496 0###")
    }


def test_streets_have_a_house_on_one_side() -> None:
    known = streets()
    n = len(known.languages)
    every = np.arange(1 << 12, dtype=np.int64)
    for k in range(n):
        left, right = known.drawn(np.full(1 << 12, k), every, every % HOUSES)
        texts = [
            known.left[a] + known.right[b]
            for a, b in zip(left.tolist(), right.tolist(), strict=True)
        ]
        assert all(re.search(r"\d", text) and re.search(r"[^\W\d]", text) for text in texts)
        assert not [text for text in texts if "{" in text or "  " in text or text != text.strip()]
    assert len(set(known.left) | set(known.right)) > 1_000


def test_domains_are_those_that_are_reserved() -> None:
    assert set(domains().reserved) == {"example", "example.com", "example.net", "example.org"}
    assert all(re.fullmatch("[a-z]+", label) for label in domains().mail)


def test_colours_have_names_and_values() -> None:
    assert len(colours()) == 60
    assert all(re.fullmatch("#[0-9a-f]{6}", value) for value in colours().values())
    assert len(set(colours().values())) == 60


def test_an_unknown_list_is_refused_with_the_nearest_or_the_first() -> None:
    assert len(word_list("adjectives")) == 50
    with pytest.raises(ValueError, match=r"no list of words 'adjective'; did you mean adjectives?"):
        word_list("adjective")
    with pytest.raises(ValueError, match=r"known are academic_subjects, .* and \d+ more$"):
        word_list("?")
    with pytest.raises(ValueError, match="no list"):
        word_list("../lists/adjectives")


@given(
    st.lists(st.integers(0, 10**12), min_size=1, max_size=50).filter(any),
    st.integers(1, 12),
)
def test_slots_are_shares_to_the_nearest(weights: list[int], bits: int) -> None:
    table = slots(weights, bits)
    assert len(table) == 1 << bits
    counts = np.bincount(table, minlength=len(weights))
    for count, weight in zip(counts.tolist(), weights, strict=True):
        assert abs(count * sum(weights) - (weight << bits)) <= sum(weights)
        assert count == 0 or weight > 0


def test_the_most_common_are_first() -> None:
    assert zipf(100) == sorted(zipf(100), reverse=True)
    for table in (*people().given_slots, *people().family_slots):
        counts = np.bincount(table - table.min())
        assert counts.min() > 0
    first = np.bincount(people().family_slots[0])
    assert abs(first[:5].mean() / first[50:55].mean() - 58.5 / 8.9) < 1.0


def test_places_can_be_some_countries_or_regions() -> None:
    known = places()
    for among, codes in ((("FR", "DE"), {"FR", "DE"}), (("oceania",), {"AU", "NZ", "FJ"})):
        cities = np.unique(place_slots(among))
        assert {known.countries[known.country[k]].code for k in cities} == codes
    assert len(np.unique(place_slots(()))) == len(known.city)
    with pytest.raises(ValueError, match=r"no city lies in Atlantis; known are codes of countries"):
        place_slots(("Atlantis",))


def test_reading_needs_neither_polars_nor_yaml() -> None:
    code = (
        "import sys\n"
        "from plurel_cli.words import colours, companies, domains, people, places, streets\n"
        "people.people(), places.places(), streets.streets(), companies.companies()\n"
        "print(sorted({'polars', 'yaml', 'pydantic'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_homes_are_a_country_some_neighbours_or_all() -> None:
    continent = {country.code: country.continent for country in places().countries}
    draws = Stream(1).draws()
    homes = [drawn_home(draws) for _ in range(4_000)]
    n = Counter("all" if not home else "one" if len(home) == 1 else "some" for home in homes)
    assert counts_p(n, {"one": 0.5, "some": 0.33, "all": 0.17}) > p_limit()
    for home in homes:
        assert len(home) == len(set(home)) <= 6
        assert len({continent[code] for code in home}) <= 1
    ones = Counter(home[0] for home in homes if home)
    assert ones["US"] > ones["LU"]
    assert len(ones) > 60


def test_homes_lie_within_what_is_asked_for() -> None:
    draws = Stream(1).draws()
    homes = {drawn_home(draws, ("oceania", "CH")) for _ in range(500)}
    assert ("oceania", "CH") in homes
    assert {code for home in homes for code in home} == {"oceania", "CH", "AU", "NZ", "FJ"}
    with pytest.raises(ValueError, match="no country lies in Atlantis"):
        drawn_home(draws, ("Atlantis",))
