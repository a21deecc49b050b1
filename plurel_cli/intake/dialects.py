"""Which dialect of SQL a file is in, by words that only one of them has."""

from __future__ import annotations

import re

from plurel_cli.intake.statements import without_comments

DIALECTS = ("postgres", "mysql", "sqlite", "tsql", "oracle", "duckdb", "bigquery", "snowflake")
"""Dialects that can be read, the one first that is taken where nothing tells."""

_SIGNS: dict[str, tuple[tuple[int, str], ...]] = {
    "postgres": (
        (3, r"^\\connect|\bFROM\s+stdin\b|\bpg_catalog\b"),
        (3, r"\b(?:BIG|SMALL)?SERIAL\b(?!\s*\()|\bJSONB\b|\bBYTEA\b|\bTIMESTAMPTZ\b|\bTSVECTOR\b"),
        (2, r"::|\bCREATE\s+(?:DOMAIN|EXTENSION)\b|\bAS\s+ENUM\b|\bcharacter varying\b|\bINET\b"),
        (1, r"\bGENERATED\s+(?:ALWAYS|BY\s+DEFAULT)\s+AS\s+IDENTITY\b|\$\$|\bARRAY\["),
    ),
    "mysql": (
        (3, r"\bENGINE\s*=|^\s*DELIMITER\s"),
        (2, r"`|\bUNSIGNED\b|\bAUTO_INCREMENT\b|\bENUM\s*\(|\b(?:MEDIUM|LONG|TINY)(?:TEXT|BLOB)\b"),
        (1, r"\bTINYINT\b|\bDATETIME\b|\bFULLTEXT\b|\bON UPDATE CURRENT_TIMESTAMP\b"),
    ),
    "sqlite": (
        (4, r"\bAUTOINCREMENT\b(?!\s*(?:START|ORDER|NOORDER|\())|\bWITHOUT\s+ROWID\b|^\s*PRAGMA\b"),
        (1, r"\)\s*STRICT\b|\bGLOB\b|\btypeof\s*\("),
    ),
    "tsql": (
        (3, r"^\s*GO\s*$|\[dbo\]|\bIDENTITY\s*\(|\bNVARCHAR\s*\(\s*MAX\b|\bsp_addextended"),
        (2, r"\bNVARCHAR\b|\bDATETIME2\b|\bUNIQUEIDENTIFIER\b|\bCLUSTERED\b|\bROWVERSION\b"),
        (1, r"\[\w+\]\s+\[?\w+\]?|\bSMALLMONEY\b|\bBIT\b|\bGETDATE\s*\("),
    ),
    "oracle": (
        (3, r"\bVARCHAR2\b|\bNVARCHAR2\b|\bENABLE\s*[,)]|\bTABLESPACE\b.*\bPCTFREE\b"),
        (2, r"\bNUMBER\s*(?:\(|\b)|\bCLOB\b|\bSYSDATE\b|\bSYSTIMESTAMP\b|\.NEXTVAL\b"),
    ),
    "duckdb": (
        (3, r"\b(?:U?HUGEINT|UBIGINT|UINTEGER|USMALLINT|UTINYINT)\b"),
        (3, r"\bSTRUCT\s*\(|\bMAP\s*\(|\bUNION\s*\(|\bCREATE\s+(?:OR\s+REPLACE\s+)?MACRO\b"),
        (2, r"\bTIMESTAMP_(?:S|MS|NS)\b|\bVARCHAR\[\]|\bAS\s+FROM\b|\bREAD_PARQUET\b"),
    ),
    "bigquery": (
        (3, r"\bINT64\b|\bFLOAT64\b|\bSTRUCT\s*<|\bARRAY\s*<|\bOPTIONS\s*\(|\bNOT\s+ENFORCED\b"),
        (2, r"\bSTRING\s*(?:\(|,|\s+NOT\b)|\bBIGNUMERIC\b|\bCLUSTER\s+BY\b"),
    ),
    "snowflake": (
        (3, r"\bNUMBER\s*\(38,\s*0\)|\bVARCHAR\s*\(16777216\)"),
        (3, r"\bVARIANT\b|\bTIMESTAMP_(?:NTZ|LTZ|TZ)\b|\bAUTOINCREMENT\s+START\b|\bTRANSIENT\b"),
        (2, r"\bNUMBER\s*\(\s*38|\bSTAGE\b|\bCREATE\s+OR\s+REPLACE\s+TABLE\b"),
    ),
}  # fmt: skip
_STRING = re.compile(r"'[^']*'")
_CALLED = {
    "postgres": r"\bPostgres",
    "mysql": r"\b(?:MySQL|MariaDB) (?:dump|database|server)",
    "sqlite": r"\bSQLite",
    "tsql": r"\bSQL ?Server",
    "oracle": r"\bOracle",
    "duckdb": r"\bDuckDB",
    "bigquery": r"\bBigQuery",
    "snowflake": r"\bSnowflake",
}
"""What a file says that it is for, in its first lines."""

_PATTERNS = {
    name: tuple(
        (weight, re.compile(sign, re.IGNORECASE | re.MULTILINE)) for weight, sign in several
    )
    for name, several in _SIGNS.items()
}


def guessed(text: str) -> str:
    """The dialect that a file is most likely in.

    Parameters
    ----------
    text
        The file.

    Returns
    -------
    str

    Examples
    --------
    >>> guessed("CREATE TABLE `a` (b INT) ENGINE=InnoDB;")
    'mysql'
    """
    head = text[:400_000]
    code = _STRING.sub("''", without_comments(head))
    scores = {
        name: sum(weight for weight, sign in several if sign.search(code))
        + 2 * (re.search(_CALLED[name], head[:2000], re.IGNORECASE) is not None)
        for name, several in _PATTERNS.items()
    }
    return max(DIALECTS, key=lambda name: scores[name])
