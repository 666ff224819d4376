#!/usr/bin/env python3
"""Figures of the groups of the sample, by native DuckDB: writes tests/fixtures/statistics_expected.json.

    python tests/data/statistics_expected.py

Needs only the `duckdb` package. Own time is worked out here on its own, by the union of the children's intervals, so that the page's SQL is
checked against something else than itself.
"""
from __future__ import annotations

import gzip
import json
import pathlib
import tempfile
from collections import defaultdict

import duckdb

ROOT = pathlib.Path(__file__).resolve().parents[2]
FIGURES = """count(*) AS count, count(*) FILTER (WHERE status_code = 'ERROR') AS errors, sum(duration_ms) AS total_ms, sum(own) / 1e6 AS self_ms,
 min(duration_ms) AS min_ms, avg(duration_ms) AS mean_ms, quantile_cont(duration_ms, 0.5) AS p50_ms, quantile_cont(duration_ms, 0.9) AS p90_ms,
 quantile_cont(duration_ms, 0.95) AS p95_ms, quantile_cont(duration_ms, 0.99) AS p99_ms, max(duration_ms) AS max_ms, stddev(duration_ms) AS stddev_ms,
 min(start_time) AS first_ns, max(start_time) AS last_ns"""
# by: expressions over the spans; the two of "levels" are one below the other
GROUPINGS = {
    "operation": "name",
    "service": "service",
    "agent": "agent",
    "status": "status_code",
    "kind": "kind",
    "workflow": "workflow",
    "attr.correlation_id": "attributes->>'correlation_id'",
}


def own_times(spans):
    """Nanoseconds of each span that no child covers; a child belongs to the first span with its parent's id."""
    by_id = {}
    for row, (trace, span, _, start, end) in enumerate(spans):
        by_id.setdefault((trace, span), row)
    children = defaultdict(list)
    for trace, span, parent, start, end in spans:
        if parent is not None and parent != span and (trace, parent) in by_id:
            children[by_id[trace, parent]].append((start, end))
    own = []
    for row, (_, _, _, start, end) in enumerate(spans):
        covered, reached = 0, start
        for child_start, child_end in sorted(children[row]):
            begin, stop = max(child_start, reached), min(child_end, end)
            if stop > begin:
                covered, reached = covered + stop - begin, stop
        own.append(end - start - covered)
    return own


def main():
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "showcase.duckdb"
        file.write_bytes(gzip.decompress((ROOT / "src/sample/showcase.duckdb.gz").read_bytes()))
        con = duckdb.connect()
        con.execute(f"ATTACH '{file}' AS source (READ_ONLY)")
        con.execute("CREATE TABLE s AS SELECT row_number() OVER () AS row, *, CASE WHEN name = 'Agent.execute' AND lower(trim(attributes->>'agent.name')) NOT IN ('', 'none') THEN attributes->>'agent.name' END AS agent FROM source.spans")
        own = own_times(con.execute("SELECT trace_id, span_id, parent_id, start_time, end_time FROM s ORDER BY row").fetchall())
        con.execute("CREATE TABLE own (row BIGINT, own BIGINT)")
        con.executemany("INSERT INTO own VALUES (?, ?)", [(row + 1, value) for row, value in enumerate(own)])
        con.execute("""CREATE TABLE spans AS SELECT s.*, own.own, w.workflow FROM s JOIN own USING (row) JOIN (SELECT trace_id,
            coalesce(arg_min(name, start_time) FILTER (WHERE parent_id IS NULL), arg_min(name, start_time)) AS workflow FROM s GROUP BY trace_id) w USING (trace_id)""")

        def rows(sql):
            cursor = con.execute(sql)
            names = [column[0] for column in cursor.description]
            # Integers as text: JSON's numbers do not hold nanoseconds.
            value = lambda name, it: str(it) if name in ("first_ns", "last_ns") else it
            return [{name: value(name, it) for name, it in zip(names, row)} for row in cursor.fetchall()]

        expected = {
            "what": f"Groups of src/sample/showcase.duckdb.gz by native DuckDB {duckdb.__version__} (tests/data/statistics_expected.py)",
            "groups": {slug: rows(f"SELECT {by} AS g, {FIGURES} FROM spans GROUP BY 1 ORDER BY count DESC, g") for slug, by in GROUPINGS.items()},
            "below_agent_execute": rows(f"SELECT agent AS g, {FIGURES} FROM spans WHERE name = 'Agent.execute' GROUP BY 1 ORDER BY count DESC, g"),
            "all": rows(f"SELECT {FIGURES} FROM spans")[0],
            "many": rows("SELECT count(*) AS count, quantile_cont(duration_ms, 0.95) AS p95_ms, stddev(duration_ms) AS stddev_ms FROM spans WHERE name IN (SELECT name FROM spans GROUP BY name HAVING count(*) >= 20)")[0],
            "slowest": rows("SELECT trace_id, span_id, duration_ms FROM spans WHERE name = 'Agent.execute' ORDER BY duration_ms DESC LIMIT 5"),
            "failures": rows("SELECT status_description AS message, count(*) AS spans FROM spans WHERE name = 'Agent.execute' AND status_code = 'ERROR' GROUP BY 1 ORDER BY 2 DESC, 1"),
        }
        out = ROOT / "tests/fixtures/statistics_expected.json"
        out.write_text(json.dumps(expected, indent=1, ensure_ascii=False) + "\n")
        print(f"{out}: {sum(map(len, expected['groups'].values()))} groups")


main()
