"""A shop that has every lens, for the tests of lenses in databases."""

from __future__ import annotations

from typing import Any

from plurel_cli import Config, parse_config

ORDERED_LABELS = {"free": 6, "pro": 3, "team": 1}


def shop(
    customers: int = 4_000, orders: int = 20_000, lines: int = 60_000, **sections: Any
) -> Config:
    """Customers, their orders, and the lines of these; each lens in some column.

    Parameters
    ----------
    customers, orders, lines
        Rows of each table.
    sections
        Sections of the config besides.
    """
    return parse_config(
        {
            "schema": {"layout": "explicit", "columns": 0},
            "features": {"model": "scm"},
            "tables": {
                "customer": {
                    "rows": customers,
                    "timed": False,
                    "columns": CUSTOMER,
                },
                "order": {
                    "rows": orders,
                    "parents": ["customer"],
                    "timed": True,
                    "columns": ORDER,
                },
                "line": {
                    "rows": lines,
                    "parents": ["order"],
                    "timed": False,
                    "columns": LINE,
                },
            },
        }
        | sections
    )


CUSTOMER: dict[str, Any] = {
    "name": {"lens": "person_name"},
    "email": {"lens": "email", "of": "name", "unique": True},
    "login": {"lens": "username", "of": "name"},
    "gender": {"lens": "gender", "of": "name", "female": "F", "male": "M", "other": "X"},
    "phone": {"lens": "phone"},
    "street": {"lens": "address"},
    "city": {"lens": "city"},
    "region": {"lens": "region"},
    "country": {"lens": "country"},
    "country_code": {"lens": "country_code", "of": "city"},
    "postcode": {"lens": "postcode"},
    "latitude": {"lens": "latitude"},
    "longitude": {"lens": "longitude", "nulls": 0.2},
    "employer": {"lens": "company", "group": "work"},
    "site": {"lens": "url", "of": "employer"},
    "address_of_host": {"lens": "ip"},
    "favourite": {"lens": "colour"},
    "key": {"lens": "uuid"},
    "number": {"lens": "serial", "start": 100, "step": 3},
    "code": {"lens": "code", "pattern": "@@-####", "unique": True},
    "plan": {"lens": "category", "values": ORDERED_LABELS, "ordered": True},
    "age": {
        "lens": "integer",
        "normal": {"mean": 41, "sd": 14},
        "min": 18,
        "max": 95,
        "nulls": 0.05,
    },
    "born": {"lens": "date", "first": "1950-01-01", "last": "2000-12-31"},
    "first_order": {"lens": "link", "to": "order"},
    "appetite": {"hidden": True},
}

ORDER: dict[str, Any] = {
    "priority": {"lens": "category", "values": [1, 2, 3], "nulls": 0.1},
    "paid": {"lens": "flag", "true": 0.83},
    "discount": {"lens": "percentage", "step": 0.5},
    "weight": {"lens": "number", "weibull": {"scale": 2, "shape": 1.4}},
    "picking": {"lens": "duration", "exponential": {"mean": 300}},
    "slot": {"lens": "time_of_day", "min": 480, "max": 1200, "step": 15},
    "item": {"lens": "title", "words": ["adjectives", "product_nouns"]},
    "part": {
        "lens": "title_of",
        "of": "kind",
        "words_by": {"tool": ["hammer", "saw"], "toy": ["kite", "ball"]},
    },
    "kind": {"lens": "category", "values": ["tool", "toy"], "zipf": 1.5},
    "shipped_at": {
        "lens": "timestamp",
        "after": "time",
        "lag": {"lognormal": {"median": 3, "sigma": 0.8}, "min": 0.5},
        "tells_future": True,
    },
    "due": {"lens": "date", "after": "shipped_at", "lag": {"poisson": {"mean": 20}}},
    "born_before": {
        "lens": "date",
        "before": "customer_id.born",
        "lag": {"uniform": {"low": 100, "high": 200}},
    },
    "total": {"lens": "formula", "of": "sum(line.amount)", "digits": 2},
    "n_lines": {"lens": "formula", "of": "count(line)", "digits": 0},
    "is_large": {"lens": "formula", "of": "n_lines >= 4 and customer_id.age > 40"},
    "payable": {
        "lens": "formula",
        "of": "if(customer_id.plan = 'team', 0, total * (1 - discount / 100))",
        "digits": 2,
        "nulls": 0.1,
    },
    "note": {
        "lens": "text",
        "templates": [
            "A {weight: light | fair | heavy} {kind: tool = tool | * = toy} of {customer_id.name}.",
            "{~: Please | Kindly} send {item}; {paid: true = paid | false = not paid}.",
            "{!: At once | When you can}, {priority: later | sooner}.",
        ],
    },
    "record": {"lens": "json", "of": ["kind", "discount", "paid", "due", "customer_id.plan"]},
}

LINE: dict[str, Any] = {
    "quantity": {"lens": "integer", "geometric": {"mean": 2}, "min": 1},
    "price": {
        "lens": "money",
        "lognormal": {"median": 40, "sigma": 0.8},
        "causes": {"order_id.weight": 0.5, "quantity": -0.2},
        "noise": 0.3,
    },
    "amount": {"lens": "formula", "of": "quantity * price", "digits": 2},
    "line_number": {"lens": "sequence"},
    "sort": {
        "lens": "subcategory",
        "under": "order_id.kind",
        "values": {"tool": {"hand tool": 3, "power tool": 1}, "toy": ["outdoor toy", "puzzle"]},
    },
    "score": {"lens": "number", "prices": {"median": 30, "sigma": 1.0}},
}
