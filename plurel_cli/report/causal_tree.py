"""Causes as trees for a terminal: what each column depends on, by name, with its shares.

Of a table, a tree has the causes of each column; of one column, it goes on to what these depend
on, and so on to the roots. What was told of above is not told again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from plurel_cli.errors import one_line
from plurel_cli.report.branches import Branch
from plurel_cli.report.causal import ColumnCauses, TableCauses


def render(several: tuple[TableCauses, ...]) -> str:
    """Text for a terminal: a paragraph a table, a tree a column.

    Parameters
    ----------
    several
        The causes of tables.

    Returns
    -------
    str
        Lines, the last one ended.
    """
    return "\n".join("".join(f"{one_line(line)}\n" for line in _table(table)) for table in several)


def render_column(several: tuple[TableCauses, ...], place: str) -> str:
    """One column, what it depends on, what that depends on, and so on.

    Parameters
    ----------
    several
        The causes of all tables.
    place
        `table.column`.

    Returns
    -------
    str
        Lines, the last one ended.
    """
    every = {f"{table.table}.{c.column}": c for table in several for c in table.columns}
    lines = [f"{place}{_about(every[place])}", *_tree(every[place].branches, every, {place}, "")]
    return "".join(f"{one_line(line)}\n" for line in lines)


def _table(table: TableCauses) -> Iterator[str]:
    nulls = (
        "nulls by column"
        if any(column.nulls for column in table.columns)
        else (f"{table.null_share:.1%} nulls in numbers")
    )
    yield (
        f"{table.table}: {table.layout} graph, {table.mode}, {table.edge_weight or 'no'} weights, "
        f"{table.n_nodes} nodes ({table.n_used} used, {table.n_redrawn} drawn anew), {nulls}"
    )
    for place, columns in table.parents.items():
        yield f"  {place}: {', '.join(columns) or 'nothing that acts'}"
    if table.latent:
        yield f"  latent: {', '.join(table.latent)}"
    for column in table.columns:
        yield f"  {column.column}{_about(column)}"
        yield from _tree(column.branches, {}, set(), "  ")


def _about(column: ColumnCauses) -> str:
    future = ("tells the future",) * column.tells_future
    return f"  {column.kind}" + "".join(f"; {note}" for note in (*column.notes, *future))


def _tree(
    branches: tuple[Branch, ...], every: Mapping[str, ColumnCauses], seen: set[str], indent: str
) -> Iterator[str]:
    """The lines of some branches, with those of what they depend on where that is known."""
    for number, branch in enumerate(branches):
        is_last = number == len(branches) - 1
        share = "" if branch.share is None else f"{branch.share:4.0%}  "
        again = "  (as above)" * (len(branch.causes) == 1 and branch.causes[0] in seen)
        yield f"{indent}{'└─' if is_last else '├─'} {share}{branch.words}{again}"
        inner = branch.parts or tuple(_inner(branch, every, seen))
        yield from _tree(inner, every, seen, indent + ("   " if is_last else "│  "))


def _inner(branch: Branch, every: Mapping[str, ColumnCauses], seen: set[str]) -> Iterator[Branch]:
    """What a branch depends on: what its column does, or each of its columns."""
    known = [cause for cause in branch.causes if cause in every]
    if len(known) > 1:
        yield from (Branch(None, cause, (cause,)) for cause in known)
    elif known and known[0] not in seen:
        seen.add(known[0])
        yield from every[known[0]].branches
