"""What the causes of columns are told as, a line each, for the tests of what makes them."""

from __future__ import annotations

from plurel_cli.report.causal import TableCauses


def lines_of(several: tuple[TableCauses, ...]) -> str:
    """A paragraph a table: what is latent, then each column with what is told of it."""
    paragraphs = []
    for table in several:
        lines = [table.table, f"  latent: {', '.join(table.latent)}"]
        lines += [f"  {c.column} {c.kind} {c.told}" for c in table.columns]
        paragraphs.append("\n".join(lines) + "\n")
    return "\n".join(paragraphs)
