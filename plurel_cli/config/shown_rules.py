"""What columns may show: others that there are, labels that these have, and numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from plurel_cli.config.known import (
    KnownColumn,
    KnownTable,
    KnownTarget,
    NoWay,
    Tables,
    target_of,
)
from plurel_cli.config.wording import nearest
from plurel_cli.errors import Problem
from plurel_cli.formulas.tree import AggregateLeaf, ColumnLeaf, Label, Node, Operation, leaves
from plurel_cli.lenses import Lens
from plurel_cli.lenses.category import Category
from plurel_cli.lenses.flag import Flag
from plurel_cli.lenses.formula import FormulaLens
from plurel_cli.lenses.json import Json
from plurel_cli.lenses.labels import CategoryLens
from plurel_cli.lenses.link import Link
from plurel_cli.lenses.rows import GroupLens
from plurel_cli.lenses.sequence import Sequence as SequenceLens
from plurel_cli.lenses.subcategory import REST, Subcategory
from plurel_cli.lenses.templates import CHANCE, TONE, Piece, piece_problem
from plurel_cli.lenses.templates import parsed as template
from plurel_cli.lenses.text import Text
from plurel_cli.lenses.times import TimeLens


def shown_problems(
    tables: Tables, table: KnownTable, column: KnownColumn, place: str
) -> Iterator[Problem]:
    """What is wrong with the columns that a lens shows.

    Parameters
    ----------
    tables
        All tables.
    table, column
        The column of the lens.
    place
        Where it is stated.

    Yields
    ------
    Problem
    """
    lens = column.lens
    match lens:
        case FormulaLens():
            yield from formula_problems(tables, table, lens, f"{place}.of")
        case Text():
            for k, text in enumerate(lens.templates):
                for piece in template(text).pieces:
                    yield from _piece_problems(tables, table, piece, f"{place}.templates[{k}]")
        case Json():
            yield from _json_problems(tables, table, lens, f"{place}.of")
        case TimeLens() if lens.base is not None:
            setting = "after" if lens.after is not None else "before"
            yield from _base_problems(tables, table, lens.base, f"{place}.{setting}")
        case SequenceLens():
            yield from _sequence_problems(table, lens, place)
        case Link():
            yield from _link_problems(tables, table, lens, place)
        case Subcategory():
            yield from _nesting_problems(tables, table, lens, place)
        case GroupLens() if lens.of is not None:
            yield from _group_problems(table, column, lens, f"{place}.of")
        case _:
            for name in lens.reads if lens is not None else ():
                _, problem = _reached(tables, table, name, place)
                yield from problem


def _sequence_problems(table: KnownTable, lens: SequenceLens, place: str) -> Iterator[Problem]:
    if not table.keys:
        yield Problem(place, "counts the rows of a parent, but the table refers to none")
    elif lens.of is not None:
        names = [name for key in table.keys for name in (key.name, str(key.references))]
        if lens.of not in names:
            remedy = nearest(lens.of, names, f"there are {', '.join(names)}")
            yield Problem(f"{place}.of", "names no foreign key", lens.of, remedy)


def _link_problems(tables: Tables, table: KnownTable, lens: Link, place: str) -> Iterator[Problem]:
    named = {"": lens.to} if lens.by is None else {f".{k}": v for k, v in lens.tables.items()}
    missing = {at: str(name) for at, name in named.items() if name not in tables}
    for at, name in missing.items():
        remedy = nearest(name, tables, f"there are {', '.join(tables)}")
        yield Problem(f"{place}.to{at}", "must name a table", name, remedy)
    if missing:
        return
    if lens.by is not None:
        yield from _labels_of_link(tables, table, lens, place)
        return
    if lens.through is not None:
        yield from _through_problems(tables, table, lens, f"{place}.through")
        return
    other = tables[str(lens.to)]
    if lens.unique and other.rows < table.rows:
        rule = f"must be of a table with a row for each of {table.rows} rows, but {lens.to} has"
        yield Problem(f"{place}.to", f"{rule} {other.rows}", lens.to, "leave out unique")
    if lens.where is not None:
        yield from formula_problems(tables, other, FormulaLens(of=lens.where), f"{place}.where")


def _through_problems(
    tables: Tables, table: KnownTable, lens: Link, place: str
) -> Iterator[Problem]:
    """What is wrong with the foreign key of a row referred to that a link is the same as."""
    target, problems = _reached(tables, table, str(lens.through), place)
    yield from problems
    if target is None:
        return
    keys = [
        f"{key.name}.{other.name}"
        for key in table.keys
        for other in tables[str(key.references)].keys
        if other.references == lens.to
    ]
    if target.key is None or target.column.references != lens.to:
        remedy = nearest(str(lens.through), keys, f"there are {', '.join(keys) or 'none'}")
        rule = f"must be a foreign key to {lens.to} of a row that the row refers to"
        yield Problem(place, rule, lens.through, remedy)


def _labels_of_link(tables: Tables, table: KnownTable, lens: Link, place: str) -> Iterator[Problem]:
    """What is wrong with the labels that say of which table a row is."""
    target, problems = _reached(tables, table, str(lens.by), f"{place}.by")
    yield from problems
    if target is None:
        return
    labels = target.column.lens.labels if isinstance(target.column.lens, Category) else ()
    if not labels:
        yield Problem(f"{place}.by", "must name a category whose labels are stated", lens.by)
    elif {str(label) for label in labels} != {*lens.tables}:
        rule = f"must have a table for each label of {lens.by}: {', '.join(map(str, labels))}"
        yield Problem(f"{place}.to", rule, ", ".join(lens.tables))


def _reached(
    tables: Tables, table: KnownTable, path: str, place: str
) -> tuple[KnownTarget | None, list[Problem]]:
    """What is written of a path, or why there is nothing."""
    try:
        target = target_of(tables, table, path)
    except NoWay as error:
        return None, [Problem(place, error.rule, path, error.remedy)]
    if target.column.sort == "hidden variable":
        return None, [Problem(place, "must name a column, and not a hidden variable", path)]
    return target, []


def aggregate_target(tables: Tables, table: KnownTable, leaf: AggregateLeaf) -> KnownTarget:
    """What an aggregate is of: the column of the children, or their key where they are counted.

    Parameters
    ----------
    tables
        All tables.
    table
        The one that is referred to.
    leaf
        The aggregate.

    Returns
    -------
    KnownTarget

    Raises
    ------
    NoWay
        If there are no such children, or they have no such column.
    """
    if leaf.table not in tables:
        raise NoWay(f"names no table: {leaf.table}", nearest(leaf.table, tables))
    child = tables[leaf.table]
    keys = [key for key in child.keys if key.references == table.name]
    if not keys:
        raise NoWay(f"is of rows that refer to the row, but {child.name} does not refer to it", "")
    if leaf.key is not None:
        known = [key.name for key in keys]
        if leaf.key not in known:
            rule = f"names no foreign key of {child.name} to {table.name}: {leaf.key}"
            raise NoWay(rule, nearest(leaf.key, known, f"there are {', '.join(known)}"))
        key = keys[known.index(leaf.key)]
    elif len(keys) > 1:
        several = " or ".join(f"by {key.name}" for key in keys)
        raise NoWay(f"must say by which key of {child.name}", f"write {several} in the brackets")
    else:
        (key,) = keys
    if leaf.column is None:
        return KnownTarget(child, key, key)
    target = target_of(tables, child, leaf.column)
    return KnownTarget(child, target.column, key)


def formula_problems(
    tables: Tables, table: KnownTable, lens: FormulaLens, place: str
) -> Iterator[Problem]:
    """What is wrong with the columns that a formula names.

    Parameters
    ----------
    tables, table
        All tables, and the one whose rows it is of.
    lens
        The formula.
    place
        Where it is stated.

    Yields
    ------
    Problem
    """
    for leaf in dict.fromkeys(leaves(lens.tree)):
        if isinstance(leaf, ColumnLeaf):
            target, problems = _reached(tables, table, str(leaf), place)
            yield from problems
            if target is not None and not target.column.is_number:
                yield Problem(place, "must be of numbers, flags, categories and times", str(leaf))
            continue
        text = f"{leaf.table}.{leaf.column}" if leaf.column else leaf.table
        try:
            target = aggregate_target(tables, table, leaf)
        except NoWay as error:
            yield Problem(place, error.rule, f"{leaf.function}({text})", error.remedy)
            continue
        if not target.column.is_number:
            yield Problem(place, "must be of numbers, flags, categories and times", text)
    for column, label in _compared(lens.tree):
        target, problems = _reached(tables, table, str(column), place)
        if target is not None:
            yield from _label_problems(target, label, str(column), place)


def _compared(node: Node) -> Iterator[tuple[ColumnLeaf, str]]:
    """Columns that are compared with a text."""
    if isinstance(node, Operation):
        several = [inner for inner in node.of if isinstance(inner, ColumnLeaf)]
        texts = [inner.text for inner in node.of if isinstance(inner, Label)]
        for column in several:
            yield from ((column, text) for text in texts)
        for inner in node.of:
            yield from _compared(inner)


def _label_problems(target: KnownTarget, label: str, path: str, place: str) -> Iterator[Problem]:
    """Whether a column can have a label."""
    lens = target.column.lens
    if not isinstance(lens, CategoryLens):
        yield Problem(place, f"{path} is no category with labels, and cannot be '{label}'")
        return
    if isinstance(lens, Flag):
        yield Problem(place, f"{path} is true or false", label, "leave out the quotes")
        return
    known = labels_of(lens)
    if known is not None and label not in known:
        some = f"its labels are {', '.join(known[:20])}" + ", …" * (len(known) > 20)
        yield Problem(place, f"{path} has no such label", label, nearest(label, known, some))


def labels_of(lens: Lens | None) -> Sequence[str] | None:
    """The labels of a category as texts; none where they are still to be drawn, or it is none."""
    if isinstance(lens, Flag):
        return ("false", "true")
    if not isinstance(lens, Category | Subcategory):
        return None
    if lens.labels:
        return [str(label) for label in lens.labels]
    number = lens.categories
    return None if number is None else [f"c{k}" for k in range(number)]


def _piece_problems(
    tables: Tables, table: KnownTable, piece: Piece, place: str
) -> Iterator[Problem]:
    if piece.of in (CHANCE, TONE):
        return
    target, problems = _reached(tables, table, piece.of, place)
    yield from problems
    if target is None:
        return
    lens = target.column.lens
    if (problem := piece_problem(piece, lens)) is not None:
        yield Problem(place, problem)
    elif piece.labels and (known := labels_of(lens)) is not None:
        for label in piece.labels:
            if label not in known and label != "*":
                some = f"its labels are {', '.join(known[:20])}" + ", …" * (len(known) > 20)
                remedy = nearest(label, known, some)
                yield Problem(place, f"{piece.of} has no such label", label, remedy)


def _json_problems(tables: Tables, table: KnownTable, lens: Json, place: str) -> Iterator[Problem]:
    fields: dict[str, str] = {}
    for k, path in enumerate(lens.of):
        _, problems = _reached(tables, table, path, f"{place}[{k}]")
        yield from problems
        name = path.rpartition(".")[2]
        if (other := fields.setdefault(name, path)) != path:
            rule = f"would have the name {name} in the object, as {other} has"
            yield Problem(f"{place}[{k}]", rule, path, "leave one out")


def _base_problems(tables: Tables, table: KnownTable, path: str, place: str) -> Iterator[Problem]:
    target, problems = _reached(tables, table, path, place)
    yield from problems
    if target is None or target.column.sort == "time" or isinstance(target.column.lens, TimeLens):
        return
    times = [c.name for c in target.table.columns if isinstance(c.lens, TimeLens)]
    times += ["time"] if target.table.time is not None else []
    remedy = f"{target.table.name} has {', '.join(times)}" if times else ""
    yield Problem(place, "must name a time", path, remedy)


def _nesting_problems(
    tables: Tables, table: KnownTable, lens: Subcategory, place: str
) -> Iterator[Problem]:
    """Whether a lens is under a category, and says what each of its labels allows."""
    target, problems = _reached(tables, table, lens.under, f"{place}.under")
    yield from problems
    if target is None:
        return
    if not isinstance(target.column.lens, CategoryLens):
        categories = [c.name for c in target.table.columns if isinstance(c.lens, CategoryLens)]
        remedy = f"{target.table.name} has {', '.join(categories)}" if categories else ""
        yield Problem(f"{place}.under", "must name a category or a flag", lens.under, remedy)
        return
    known = labels_of(target.column.lens)
    if known is None:
        return
    named = [one.label for one in lens.allowed if one.label != REST]
    for label in [label for label in named if label not in known]:
        some = f"its labels are {', '.join(known[:20])}" + ", …" * (len(known) > 20)
        rule = f"{lens.under} has no such label"
        yield Problem(f"{place}.values", rule, label, nearest(label, known, some))
    if len(named) == len(lens.allowed):
        for label in [label for label in known if label not in named]:
            rule = f"must say which labels {label} of {lens.under} allows"
            yield Problem(f"{place}.values", rule, remedy=f"or name those of all others by {REST}")


def _group_problems(
    table: KnownTable, column: KnownColumn, lens: GroupLens, place: str
) -> Iterator[Problem]:
    """Whether a lens is of a column that shows the same sort of thing, and not in turn of it."""
    path = [column.name]
    while lens.of is not None:
        other = table.by_name.get(lens.of)
        known = [c.name for c in table.columns if isinstance(c.lens, GroupLens) and c is not column]
        if other is None or not isinstance(other.lens, GroupLens):
            if len(path) == 1:
                rule = "must name a column of the table that shows a person, a place or a company"
                some = f"there are {', '.join(known)}" if known else ""
                yield Problem(place, rule, lens.of, nearest(lens.of, known, some))
            return
        path.append(other.name)
        if other.name in path[:-1]:
            yield Problem(place, f"must not go round in a circle, but does: {' → '.join(path)}")
            return
        lens = other.lens
