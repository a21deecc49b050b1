"""Lenses on the row itself: agreement, uniqueness, weights, forms, and blocks by themselves."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plurel_cli.blocks.column import block_rows
from plurel_cli.errors import ConfigError
from plurel_cli.lenses import ColumnSite, Lens, lenses
from plurel_cli.lenses.code import ALPHABETS
from plurel_cli.lenses.patterns import Patterns
from plurel_cli.lenses.rows import GroupLens, RowLens
from plurel_cli.lenses.title_of import TitleOf
from plurel_cli.numerics.stream import BLOCK_ROWS, Stream
from plurel_cli.words.colours import colours
from plurel_cli.words.folding import folded
from plurel_cli.words.people import people
from plurel_cli.words.places import places
from tests.statistics import chi_square_p, p_limit

TITLES = {"words": ("adjectives", "product_nouns")}

CASES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("address", {}),
    ("city", {}),
    ("code", {"pattern": r"\#@@-####/**"}),
    ("code", {"pattern": r"\#@@-####/**", "unique": True}),
    ("colour", {}),
    ("colour", {"style": "hex"}),
    ("company", {}),
    ("company", {"form": False}),
    ("country", {}),
    ("country_code", {}),
    ("email", {}),
    ("email", {"unique": True}),
    ("email", {"of_company": True}),
    ("email", {"of_company": True, "unique": True}),
    ("ip", {}),
    ("ip", {"version": 6}),
    ("latitude", {}),
    ("longitude", {}),
    ("person_name", {}),
    ("person_name", {"style": "first"}),
    ("person_name", {"style": "last"}),
    ("phone", {}),
    ("phone", {"unique": True}),
    ("postcode", {}),
    ("region", {}),
    ("serial", {"start": 1000, "step": 5}),
    ("title", TITLES),
    ("title", {**TITLES, "unique": True}),
    ("title", {"words": (("a", "b"), ("c", "d")), "pattern": "The {1} of {0}!"}),
    ("url", {}),
    ("url", {"page": True}),
    ("url", {"unique": True}),
    ("username", {}),
    ("gender", {}),
    ("username", {"unique": True}),
    ("uuid", {}),
)

WRONG: dict[str, list[Any]] = {
    "address": ["Main Street", "12", ""],
    "city": ["Atlantis", "paris"],
    "code": ["#AB-1234/0g", "#AB-123/00", "xAB-1234/00", "#AB-1234/00 "],
    "colour": ["blak", "#12345"],
    "company": ["", " Kestrel", "Kes\ntrel"],
    "country": ["Atlantis"],
    "country_code": ["XX", "de"],
    "email": ["a.b@mailbox.com", "a b@mailbox.example", "josé@mailbox.example", "a@b@c.example"],
    "gender": ["W", "Female"],
    "ip": ["256.1.1.1", "1.2.3", "2001:db9:1:1:1:1:1:1"],
    "latitude": [90.5, float("nan")],
    "longitude": [-180.5],
    "person_name": ["", "R2D2", "a\x07b"],
    "phone": ["12345", "+49", "+49 30 abc"],
    "postcode": ["", "abc"],
    "region": ["Atlantis"],
    "serial": [999, 1001],
    "url": ["http://www.a.example", "https://www.a.com", "https://www.a.example/item/x"],
    "username": ["José", "1a", "a b"],
    "uuid": ["14054885-cd65-1c51-949b-f9bc8e055522", "14054885cd654c51949bf9bc8e055522"],
}
"""Values that the first case of a lens cannot have, by its rules."""


def lens_of(kind: str, **fields: Any) -> RowLens:
    lens = lenses.read({"kind": kind, **fields})
    assert isinstance(lens, RowLens)
    return lens


@dataclass(frozen=True)
class Rows:
    """The rows of a table."""

    n_rows: int
    stream: Stream
    table: Stream
    among: tuple[str, ...]

    @property
    def edges(self) -> tuple[int, ...]:
        return (0, self.n_rows)

    def rows(self, index: int) -> tuple[int, int]:
        return block_rows(index, self.n_rows)

    def shared(self, group: str) -> Stream:
        return self.table.child("identity", group)


def identity(n_rows: int, column: str = "", among: tuple[str, ...] = (), seed: int = 1) -> Rows:
    table = Stream(seed).child("table")
    return Rows(n_rows, table.child("column", column), table, among)


def values(kind: str, n_rows: int, column: str | None = None, **fields: Any) -> pl.Series:
    """All rows of a column, each kind with its own stream."""
    among = fields.pop("among", ())
    lens = lens_of(kind, **fields)
    rows = identity(n_rows, kind if column is None else column, among)
    return pl.concat([lens.block(rows, k) for k in range(-(-n_rows // BLOCK_ROWS))])


def broken(lens: Lens, series: pl.Series) -> list[str]:
    """Rules that some value breaks."""
    rules = lens.rules(pl.lit(series))
    return [text for text, rows in rules if pl.select(rows).to_series().fill_null(True).any()]


def named(case: object) -> str:
    return case if isinstance(case, str) else ",".join(f"{k}" for k in case)  # type: ignore[attr-defined]


def test_every_lens_on_rows_has_a_case() -> None:
    on_rows = {kind for kind in lenses.names() if issubclass(lenses.record(kind), RowLens)}
    assert on_rows == {kind for kind, _ in CASES}
    assert on_rows - set(WRONG) == {"title"}, "whose words may be any"


@pytest.mark.parametrize(("kind", "fields"), CASES, ids=named)
def test_blocks_are_whole_plain_and_by_their_rules(kind: str, fields: dict[str, Any]) -> None:
    lens = lens_of(kind, **fields)
    rows = identity(BLOCK_ROWS + 1_000)
    last = lens.block(rows, 1)
    first = lens.block(rows, 0)
    assert (len(first), len(last)) == (BLOCK_ROWS, 1_000)
    assert first.null_count() == last.null_count() == 0
    types = {"string": pl.String, "int64": pl.Int64, "float64": pl.Float64}
    assert first.dtype == last.dtype == types[lens.type]
    assert first.equals(lens.block(rows, 0))
    assert not first.head(1_000).equals(last) or kind == "title"
    assert broken(lens, first) == broken(lens, last) == []
    if lens.type == "string":
        several = first.unique().to_list()
        assert all(text.isprintable() and text == text.strip() and text for text in several)
        assert not [text for text in several if "  " in text or "{" in text]


@pytest.mark.parametrize("kind", sorted(WRONG))
def test_rules_find_what_is_wrong(kind: str) -> None:
    fields = next(fields for name, fields in CASES if name == kind)
    lens = lens_of(kind, **fields)
    right = lens.block(identity(10), 0)
    for value in WRONG[kind]:
        assert len(broken(lens, right.extend_constant(value, 1))) == 1, value
        right = lens.block(identity(10), 0)


@pytest.mark.parametrize(("kind", "fields"), CASES, ids=named)
def test_unique_ones_are_unique_over_blocks(kind: str, fields: dict[str, Any]) -> None:
    lens = lens_of(kind, **fields)
    if not lens.unique:
        return
    assert values(kind, 300_000, **fields).n_unique() == 300_000
    for n_rows in (1, 2, 7, 1_000):
        assert values(kind, n_rows, **fields).n_unique() == n_rows


def test_few_unique_ones_are_all_there_can_be() -> None:
    codes = values("code", 1_000, pattern="A###", unique=True)
    assert sorted(codes) == [f"A{k:03}" for k in range(1_000)]
    assert codes.to_list() != sorted(codes)


@pytest.mark.parametrize("kind", ["city", "person_name", "ip", "company", "latitude", "colour"])
def test_what_cannot_be_unique_is_refused(kind: str) -> None:
    with pytest.raises(ValueError, match=f"the lens {kind} cannot be unique"):
        lens_of(kind, unique=True)


def test_columns_of_a_place_agree() -> None:
    n = 100_000
    known = places()
    frame = pl.DataFrame(
        {
            kind: values(kind, n)
            for kind in (
                *("city", "region", "country", "country_code", "postcode", "phone"),
                *("latitude", "longitude"),
            )
        }
    )
    of = {
        (known.city[k], known.region[k], known.countries[c].name): k
        for k, c in enumerate(known.country.tolist())
    }
    number = [of[key] for key in frame.select("city", "region", "country").iter_rows()]
    countries = [known.countries[c] for c in known.country.take(number)]
    assert frame["country_code"].to_list() == [country.code for country in countries]
    for name, centre in (("latitude", known.latitude), ("longitude", known.longitude)):
        away = np.abs(frame[name].to_numpy() - centre.take(number) / 100)
        assert away.max() < 0.083
        assert away.mean() > 0.02
    for text, k in zip(frame["postcode"], number, strict=True):
        assert form(known.postcode[k]).fullmatch(text)
    for text, country in zip(frame["phone"], countries, strict=True):
        assert any(form(f"{country.prefix} {number}").fullmatch(text) for number in country.numbers)


_FORMS: dict[str, re.Pattern[str]] = {}


def form(pattern: str) -> re.Pattern[str]:
    """What a pattern of the vocabularies stands for."""
    if pattern not in _FORMS:
        signs = {"#": "[0-9]", "%": "[2-9]", "@": "[A-Z]"}
        _FORMS[pattern] = re.compile("".join(signs.get(c, re.escape(c)) for c in pattern))
    return _FORMS[pattern]


def test_columns_of_a_person_agree() -> None:
    n = 100_000
    full = values("person_name", n).to_list()
    first = values("person_name", n, "first", style="first").to_list()
    last = values("person_name", n, "last", style="last").to_list()
    assert full == [f"{a} {b}" for a, b in zip(first, last, strict=True)]
    user = values("username", n).to_list()
    mail = values("email", n).to_list()
    assert user == [address.partition("@")[0] for address in mail]
    for given_name, family, handle in zip(first, last, user, strict=True):
        a, b = folded(given_name), folded(family)
        letters = re.sub("[^a-z]", "", handle)
        assert letters in {a + b, a[0] + b, a, a + b[0]}
    numbered = values("email", n, unique=True).to_list()
    assert [re.sub(r"[\d]*@.*", "", text) for text in numbered] == [
        re.sub(r"\d+$", "", text) for text in user
    ]


def test_people_have_the_names_of_their_country() -> None:
    known = people()
    by_name: dict[str, set[str]] = {}
    for k, name in enumerate(known.given):
        by_name.setdefault(name, set()).update(
            known.regions[r] for r in np.flatnonzero((known.given_slots == k).any(axis=1))
        )
    of_country = {country.code: country.people for country in places().countries}
    first = values("person_name", 50_000, style="first")
    codes = values("country_code", 50_000)
    for name, code in zip(first, codes, strict=True):
        assert of_country[code] in by_name[name]


def test_columns_of_a_company_agree() -> None:
    n = 50_000
    name = values("company", n, form=False).to_list()
    full = values("company", n).to_list()
    assert all(b.startswith(a) for a, b in zip(name, full, strict=True))
    url = values("url", n).to_list()
    mail = values("email", n, of_company=True).to_list()
    for company, address, site in zip(name, mail, url, strict=True):
        domain = site.removeprefix("https://www.")
        assert address.endswith(f"@{domain}")
        label = domain.split(".")[0]
        assert label.replace("-", "") == folded(company)


def test_colours_of_a_group_agree() -> None:
    name, value = values("colour", 1_000), values("colour", 1_000, style="hex")
    assert [colours()[text] for text in name] == value.to_list()


def test_groups_are_independent() -> None:
    n = 50_000
    one, other = (values("city", n, group=group).to_list() for group in ("billing", "shipping"))
    share = np.array(places().people) / sum(places().people)
    same = sum(a == b for a, b in zip(one, other, strict=True)) / n
    assert abs(same - (share**2).sum()) < 5 * (share**2).sum() ** 0.5 / n**0.5
    assert one == values("city", n, "another column", group="billing").to_list()


def test_tables_and_seeds_differ() -> None:
    lens = lens_of("person_name")
    several = {tuple(lens.block(identity(50, seed=seed), 0)) for seed in range(20)}
    assert len(several) == 20


def test_cities_are_as_frequent_as_they_have_people() -> None:
    known = places()
    key = [f"{a}|{b}" for a, b in zip(known.city, known.region, strict=True)]
    n = 1_000_000
    drawn = Counter((values("city", n) + "|" + values("region", n)).to_list())
    by_key: Counter[str] = Counter()
    for name, weight in zip(key, known.people, strict=True):
        by_key[name] += weight
    observed = [drawn[name] for name in by_key]
    assert chi_square_p(observed, list(by_key.values())) > p_limit(2)
    wrong = [weight * (1.1 if k % 2 else 1.0) for k, weight in enumerate(by_key.values())]
    assert chi_square_p(observed, wrong) < p_limit(2)


def test_names_are_as_frequent_as_their_slots() -> None:
    known = people()
    region = known.regions.index("german")
    family = values("person_name", 300_000, style="last", among=("DE",)).to_list()
    slots = Counter(known.family[k] for k in known.family_slots[region].tolist())
    drawn = Counter(family)
    assert set(drawn) <= set(slots)
    observed = [drawn[name] for name in slots]
    assert chi_square_p(observed, list(slots.values())) > p_limit(2)
    assert chi_square_p(observed, [1.0] * len(slots)) < p_limit(2)


@pytest.mark.parametrize("unique", [False, True])
def test_characters_of_codes_are_uniform(unique: bool) -> None:
    codes = values("code", 200_000, pattern="@#*@@@", unique=unique)
    for k, alphabet in enumerate(("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789", "0123456789abcdef")):
        counts = Counter(codes.str.slice(k, 1).to_list())
        assert set(counts) == set(alphabet)
        assert chi_square_p([counts[c] for c in alphabet], [1.0] * len(alphabet)) > p_limit(6)


def test_places_lie_among_those_asked_for() -> None:
    codes = set(values("country_code", 10_000, among=("oceania", "CH")).to_list())
    assert codes == {"AU", "NZ", "FJ", "CH"}


def test_more_rows_than_codes_are_refused_in_one_sentence() -> None:
    lens = lens_of("code", pattern="A-##", unique=True)
    place = ColumnSite(table="order", column="number", rows=101)
    with pytest.raises(ConfigError) as caught:
        lens.completed(place, Stream(1))
    assert str(caught.value) == (
        "tables.order.columns.number.pattern: must have a code for each of 101 rows, but has 100, "
        "got 'A-##'; add a sign that stands for several characters, or leave out unique"
    )
    assert lens.completed(ColumnSite("order", "number", 100), Stream(1)) == lens
    assert lens_of("code", pattern="A-##").completed(place, Stream(1)).unique is False


def test_more_rows_than_unique_phones_are_refused() -> None:
    place = ColumnSite(table="line", column="number", rows=10**8 + 1)
    with pytest.raises(
        ConfigError, match=r"tables.line.columns.number: must be for at most 100000000 rows"
    ):
        lens_of("phone", unique=True).completed(place, Stream(1))
    assert lens_of("phone").completed(place, Stream(1)).unique is False


@pytest.mark.parametrize("pattern", ["", "ends\\", "a\nb", "\x1b#", "#" * 201])
def test_patterns_that_cannot_be_are_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match="code"):
        lens_of("code", pattern=pattern)


SIGNS = st.lists(st.sampled_from(["#", "@", "*", "-", "\\#", "\\\\", "x", ".", "é"]), min_size=1)


@settings(max_examples=50)
@given(SIGNS, st.integers(0, 2**64 - 1))
def test_numbered_texts_differ_and_have_the_pattern(signs: list[str], seed: int) -> None:
    pattern = "".join(signs)
    patterns = Patterns([pattern], ALPHABETS)
    sizes = {"#": 10, "@": 26, "*": 16}
    capacity = 1
    for sign in signs:
        capacity *= sizes.get(sign, 1)
    assert patterns.capacity() == capacity
    generator = Stream(seed).generator()
    n = min(capacity, 200)
    numbers = generator.subset(min(capacity, 1 << 20), n)
    texts = patterns.numbered(numbers, generator)
    assert texts.n_unique() == n
    assert texts.str.contains(patterns.regex()).all()
    assert texts.str.len_chars().unique().to_list() == [len(signs)]
    random = patterns.random(np.zeros(50, dtype=np.int64), generator)
    assert random.str.contains(patterns.regex()).all()


def test_codes_of_more_than_can_be_numbered_are_random_before() -> None:
    codes = values("code", 100_000, pattern="*" * 32, unique=True)
    assert codes.n_unique() == 100_000
    assert codes.str.slice(0, 4).n_unique() > 30_000
    assert codes.str.slice(-4).n_unique() > 30_000


def test_unique_titles_get_numbers_where_there_are_too_few() -> None:
    words = {"words": (("A", "B"), ("x", "y"))}
    assert sorted(values("title", 4, **words, unique=True)) == ["A x", "A y", "B x", "B y"]
    titles = values("title", 11, **words, unique=True).to_list()
    assert len(set(titles)) == 11
    assert {"A x", "A x 2", "B y", "B y 2"} <= set(titles)
    assert sum(title.endswith(" 3") for title in titles) == 3


def test_titles_that_end_with_numbers_are_told_apart() -> None:
    words = ("Quiz", "Quiz 2", "Quiz 3", "Quiz No. 2")
    titles = values("title", 1_000, words=(words,), unique=True)
    assert titles.n_unique() == 1_000
    assert {"Quiz", "Quiz 2", "Quiz #2", "Quiz 2 #250"} <= set(titles)


def test_unique_titles_of_words_that_run_together_are_unique() -> None:
    words = (("a", "a b"), ("c", "b c"))
    assert sorted(values("title", 3, words=words, unique=True)) == ["a b b c", "a b c", "a c"]
    assert values("title", 50, words=words, unique=True).n_unique() == 50
    many = tuple(tuple("ab" * (k % 5) + f"x{k}" for k in range(30)) for _ in range(4))
    assert values("title", 100_000, words=many, unique=True, pattern="{0}{1}{2}{3}").n_unique() == (
        100_000
    )


def test_titles_take_words_by_their_weights_and_place() -> None:
    titles = values("title", 2_000, words=(("a", "b"), ("c", "d")), pattern="<{1}|{0}>").to_list()
    counts = Counter(titles)
    assert set(counts) == {"<c|a>", "<c|b>", "<d|a>", "<d|b>"}
    assert chi_square_p(list(counts.values()), [1.0] * 4) > p_limit()


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"words": ("no_such_list",)}, "no list of words"),
        ({"words": (("a",),), "pattern": "{1}"}, r"pattern must have \{0\} once"),
        ({"words": (("a",), ("b",)), "pattern": "{0}"}, "pattern must have each of"),
        ({"words": (("a", ""),)}, "none empty"),
        ({"words": (("a\n",),)}, "printable"),
        ({"words": ()}, "words"),
    ],
)
def test_titles_that_cannot_be_are_refused(fields: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        lens_of("title", **fields)


def test_serials_count_from_any_block() -> None:
    lens = lens_of("serial", start=-7, step=3)
    assert lens.block(identity(BLOCK_ROWS + 2), 1).to_list() == [
        -7 + 3 * BLOCK_ROWS,
        -7 + 3 * (BLOCK_ROWS + 1),
    ]


def test_rows_far_out_are_made_alone() -> None:
    n = 10**9
    for kind, fields in CASES:
        lens = lens_of(kind, **fields)
        if fields.get("pattern") == r"\#@@-####/**" and lens.unique:
            assert lens.block(identity(n), n // BLOCK_ROWS).n_unique() == n % BLOCK_ROWS
        assert len(lens.block(identity(n), n // BLOCK_ROWS)) == n % BLOCK_ROWS


def test_uuids_have_bits_that_are_fair() -> None:
    texts = values("uuid", 100_000).str.replace_all("-", "")
    for k in (0, 7, 8, 11, 13, 15, 17, 19, 20, 31):
        counts = Counter(texts.str.slice(k, 1).to_list())
        assert chi_square_p([counts[c] for c in "0123456789abcdef"], [1.0] * 16) > p_limit(10)
    assert set(texts.str.slice(12, 1).to_list()) == {"4"}
    assert set(texts.str.slice(16, 1).to_list()) == set("89ab")


@dataclass(frozen=True)
class Labelled:
    """Rows of which one column is known."""

    labels: pl.Series
    stream: Stream
    index: int = 0

    @property
    def n(self) -> int:
        return len(self.labels)

    def series(self, column: str) -> pl.Series:
        return {"kind": self.labels}[column]

    def lens(self, column: str) -> Lens | None:
        raise AssertionError

    def numbers(self, column: str) -> np.ndarray[Any, np.dtype[np.float64]]:
        raise AssertionError

    def tone(self) -> np.ndarray[Any, np.dtype[np.float64]]:
        raise AssertionError


def test_titles_of_labels_take_the_words_of_the_label() -> None:
    kind = lenses.record("title")
    raw = {
        "words": ["adjectives"],
        "of": "kind",
        "words_by": {"fruit": ("apple", "pear"), "tool": "product_nouns"},
    }
    lens = lenses.read({"kind": "title", **kind.stated(raw)})
    assert isinstance(lens, TitleOf)
    assert lens.reads == ("kind",)
    labels = pl.Series(["fruit", "tool", None, "other"] * 5_000)
    titles = lens.block(Labelled(labels, Stream(1)))
    last = titles.str.split(" ").list.get(-1)
    assert set(last.filter(labels == "fruit")) == {"apple", "pear"}
    counts = Counter(last.filter(labels == "fruit"))
    assert chi_square_p(list(counts.values()), [1.0, 1.0]) > p_limit()
    assert not set(last.filter(labels == "tool")) & {"apple", "pear"}
    without = set(last.filter(~labels.is_in(["fruit", "tool"]).fill_null(False)))
    assert {"apple", "Lamp"} <= without
    assert titles.null_count() == 0


def test_the_word_of_a_label_stands_where_the_pattern_says() -> None:
    raw = {"words": (("a",),), "of": "kind", "labels": ("x",), "lists": (("b",),)}
    seen = Labelled(pl.Series(["x"]), Stream(1))
    for pattern, title in ((None, "a b"), ("{1}-{0}!", "b-a!"), ("The {0}", "The a b")):
        lens = lenses.read({"kind": "title_of", "pattern": pattern, **raw})
        assert isinstance(lens, TitleOf)
        assert lens.block(seen).to_list() == [title]
    with pytest.raises(ValueError, match="cannot be unique"):
        lenses.read({"kind": "title_of", "unique": True, **raw})


def test_a_column_of_another_is_in_its_group() -> None:
    name, email = lens_of("person_name", group="owner"), lens_of("email", of="name")
    assert isinstance(email, GroupLens)
    assert email.reads == ("name",)
    joined = email.grouped({"name": name, "email": email})
    assert (joined.of, joined.group) == (None, "owner")
    other = lens_of("username", of="email")
    assert isinstance(other, GroupLens)
    assert other.grouped({"name": name, "email": email}).group == "owner"
    circle = {"a": lens_of("city", of="b"), "b": lens_of("city", of="a")}
    for lens, others in (
        (email, {"email": email}),
        (email, {"name": lens_of("ip")}),
        (circle["a"], circle),
    ):
        assert isinstance(lens, GroupLens)
        with pytest.raises(ValueError, match="of must name a column of the table"):
            lens.grouped(others)
    with pytest.raises(ValueError, match="not both"):
        lens_of("email", of="name", group="owner")


def test_values_are_those_of_before() -> None:
    """Words and the order of bits are part of what a seed means: a change is told of as one."""
    digest = hashlib.blake2b(digest_size=8)
    for kind, fields in CASES:
        texts = lens_of(kind, **fields).block(identity(500, kind), 0).cast(pl.String)
        digest.update("\n".join(texts).encode())
    assert digest.hexdigest() == "76c4911a06d5c2f4"
