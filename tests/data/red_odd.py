"""Makes files of spans whose figures are easily wrong: red_odd.py FOLDER writes one .duckdb for each name below.

Without a span, a length or a name there is nothing to divide by or to write: the journeys of RED Metrics open each of them.
"""

import os
import sys

import duckdb

START_NS = 1_763_802_000_000_000_000
MS = 1_000_000

# The spans of a file as SQL over the number i: how many, service, start and length in ns, status.
FILES = {
    # One span of 5 ms, and one without a length.
    "one": (1, "'A'", "0", str(5 * MS), "'OK'"),
    "instant": (1, "'A'", "0", "0", "'OK'"),
    # All at the same time, without a length.
    "same": (400, "'S' || i % 4", "0", "0", "'OK'"),
    "zero": (400, "'S' || i % 4", f"i * {100 * MS}", "0", "'OK'"),
    "failed": (400, "'S' || i % 4", f"i * {100 * MS}", f"(1 + i % 50) * {MS}", "'ERROR'"),
    "nameless": (
        120,
        "CASE i % 6 WHEN 0 THEN NULL WHEN 1 THEN '' WHEN 2 THEN '  ' WHEN 3 THEN '(none)' WHEN 4 THEN '—' ELSE repeat('x', 10000) END",
        f"i * {100 * MS}",
        f"(1 + i % 9) * {MS}",
        "'OK'",
    ),
    "many": (20_000, "'service ' || i % 5000", f"i * {10 * MS}", f"(1 + i % 50) * {MS}", "CASE WHEN i % 37 = 0 THEN 'ERROR' ELSE 'OK' END"),
}


def write(path: str, count: int, service: str, start: str, length: str, status: str) -> None:
    with duckdb.connect(path) as db:
        db.execute(
            f"""CREATE TABLE spans AS SELECT printf('%032x', i // 4 + 1) AS trace_id, printf('%016x', i + 1) AS span_id,
                CASE WHEN i % 4 > 0 THEN printf('%016x', i // 4 * 4 + 1) END AS parent_id, coalesce({service}, 'no') || '.op' AS name,
                {service} AS service, 'op' AS operation, 'INTERNAL' AS kind, ({START_NS} + {start})::BIGINT AS start_time,
                ({START_NS} + {start} + {length})::BIGINT AS end_time, ({length}) / 1e6 AS duration_ms, {status} AS status_code,
                NULL::VARCHAR AS status_description, '{{}}' AS attributes, '[]' AS events, '[]' AS links, '{{}}' AS resource,
                NULL::TIMESTAMP AS created_at FROM range({count}) AS numbers(i)"""
        )


if __name__ == "__main__":
    for name, spans in FILES.items():
        write(os.path.join(sys.argv[1], f"{name}.duckdb"), *spans)
