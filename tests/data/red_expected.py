#!/usr/bin/env python3
"""Figures of RED Metrics by native DuckDB: of the sample, tests/fixtures/red_expected.json; or of any file.

    python tests/data/red_expected.py [FILE.duckdb OUT.json]

Needs only the `duckdb` package. Exceptions are read here on their own, from the JSON, so that the page is checked against something else
than itself.
"""
from __future__ import annotations

import gzip
import json
import pathlib
import sys
import tempfile

import duckdb

ROOT = pathlib.Path(__file__).resolve().parents[2]
FIGURES = """count(*) AS count, count(*) FILTER (WHERE status_code = 'ERROR') AS errors, quantile_cont(duration_ms, 0.5) AS p50_ms,
 quantile_cont(duration_ms, 0.95) AS p95_ms, quantile_cont(duration_ms, 0.99) AS p99_ms"""
GROUPINGS = {
    "service": "service",
    "agent": "agent",
    "operation": "name",
    "workflow": "workflow",
    "kind": "kind",
    "attr.correlation_id": "attributes->>'correlation_id'",
}
SCOPES = {"all": "true", "entry": "parent_service IS DISTINCT FROM coalesce(service, '')", "roots": "parent_service IS NULL"}
# 99 % under 2 s, errors under 1 %
FAST_PCT, UNDER_MS, ERROR_PCT = 99, 2000, 1
MINUTE = 60_000_000_000


def exceptions(spans):
    """By type and message: spans, traces, first and last; what a span records twice counts once."""
    found = {}
    for trace, start, status, message, events in spans:
        records = {}
        for event in json.loads(events) if events else []:
            attributes = event.get("attributes", {})
            if event["name"] == "exception" or "exception.type" in attributes or "exception.message" in attributes:
                key = (attributes.get("exception.type"), attributes.get("exception.message"))
                records.setdefault(key, event.get("timestamp", start))
        if not records and status == "ERROR":
            records[None, message or None] = start
        for key, at in records.items():
            spans_of, traces, first, last = found.get(key, (0, set(), at, at))
            found[key] = (spans_of + 1, traces | {trace}, min(first, at), max(last, at))
    rows = [{"type": kind, "message": message, "spans": spans_of, "traces": len(traces), "first_ns": str(first), "last_ns": str(last)}
            for (kind, message), (spans_of, traces, first, last) in found.items()]
    return sorted(rows, key=lambda row: (-row["spans"], row["type"] or "", row["message"] or ""))


def expected_of(file):
    con = duckdb.connect()
    con.execute(f"ATTACH '{file}' AS source (READ_ONLY)")
    con.execute("""CREATE TABLE s AS SELECT *, CASE WHEN name = 'Agent.execute' AND lower(trim(attributes->>'agent.name')) NOT IN ('', 'none')
        THEN attributes->>'agent.name' END AS agent FROM source.spans""")
    con.execute("""CREATE TABLE spans AS SELECT s.*, w.workflow, p.service AS parent_service FROM s JOIN (SELECT trace_id,
        coalesce(arg_min(name, start_time) FILTER (WHERE parent_id IS NULL), arg_min(name, start_time)) AS workflow FROM s GROUP BY trace_id) w USING (trace_id)
        LEFT JOIN (SELECT trace_id, span_id, coalesce(min(service), '') AS service FROM s GROUP BY ALL) p ON p.trace_id = s.trace_id AND p.span_id = s.parent_id AND s.parent_id <> s.span_id""")
    first, last = con.execute("SELECT min(start_time), max(end_time) FROM spans").fetchone()
    busiest = con.execute("SELECT service FROM spans GROUP BY 1 ORDER BY count(*) FILTER (WHERE status_code = 'ERROR') DESC, count(*) DESC LIMIT 1").fetchone()[0]
    middle = (first + (last - first) // 4, first + (last - first) // 2)
    box = (middle[0], middle[1], 1_000_000, 1_000_000_000)

    def rows(sql):
        cursor = con.execute(sql)
        names = [column[0] for column in cursor.description]
        # Integers as text: JSON's numbers do not hold nanoseconds.
        value = lambda name, it: str(it) if name.endswith("_ns") else it
        return [{name: value(name, it) for name, it in zip(names, row)} for row in cursor.fetchall()]

    def series(step, condition):
        return rows(f"SELECT start_time // {step} * {step} AS from_ns, {FIGURES} FROM spans WHERE {condition} GROUP BY 1 ORDER BY 1")

    quoted = busiest.replace("'", "''")
    return {
        "what": f"Figures of RED Metrics by native DuckDB {duckdb.__version__} (tests/data/red_expected.py)",
        "from_ns": str(first), "to_ns": str(last), "service": busiest,
        "groups": {scope: {slug: rows(f"SELECT {by} AS g, {FIGURES} FROM spans WHERE {condition} GROUP BY 1 ORDER BY count DESC, g")
                           for slug, by in GROUPINGS.items() if scope == "all" or slug == "service"} for scope, condition in SCOPES.items()},
        "all": rows(f"SELECT {FIGURES} FROM spans")[0],
        "range": {"from_ns": str(middle[0]), "to_ns": str(middle[1]),
                  "service": rows(f"SELECT service AS g, {FIGURES} FROM spans WHERE start_time >= {middle[0]} AND start_time < {middle[1]} GROUP BY 1 ORDER BY count DESC, g")},
        "operations": rows(f"SELECT name AS g, {FIGURES} FROM spans WHERE service = '{quoted}' GROUP BY 1 ORDER BY count DESC, g"),
        "box": {"mark": "_".join(map(str, box)), **rows(f"SELECT count(*) AS count, count(*) FILTER (WHERE status_code = 'ERROR') AS errors FROM spans WHERE start_time >= {box[0]} AND start_time < {box[1]} AND round(duration_ms * 1e6) >= {box[2]} AND round(duration_ms * 1e6) < {box[3]}")[0],
                "slowest": rows(f"SELECT span_id, duration_ms FROM spans WHERE start_time >= {box[0]} AND start_time < {box[1]} AND round(duration_ms * 1e6) >= {box[2]} AND round(duration_ms * 1e6) < {box[3]} ORDER BY duration_ms DESC, start_time, span_id LIMIT 5")},
        "series": {str(step): {"all": series(step, "true"), "service": series(step, f"service = '{quoted}'")} for step in (1_000_000_000, 10 * 1_000_000_000)},
        "exceptions": exceptions(con.execute("SELECT trace_id, start_time, status_code, status_description, events FROM spans").fetchall()),
        "minutes": rows(f"""SELECT * FROM (SELECT start_time // {MINUTE} * {MINUTE} AS minute_ns, count(*) AS count, count(*) FILTER (WHERE status_code = 'ERROR') AS errors,
            count(*) FILTER (WHERE duration_ms >= {UNDER_MS}) AS slow FROM spans GROUP BY 1) WHERE errors * 100 > count * {ERROR_PCT} OR slow * 100 > count * {100 - FAST_PCT} ORDER BY 1"""),
        "slow": con.execute(f"SELECT count(*) FROM spans WHERE duration_ms >= {UNDER_MS}").fetchone()[0],
    }


def main():
    if len(sys.argv) == 3:
        source, out = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
        out.write_text(json.dumps(expected_of(source), ensure_ascii=False) + "\n")
        return
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "showcase.duckdb"
        file.write_bytes(gzip.decompress((ROOT / "src/sample/showcase.duckdb.gz").read_bytes()))
        out = ROOT / "tests/fixtures/red_expected.json"
        expected = expected_of(file)
        # Ten seconds are for longer files.
        del expected["series"]["10000000000"]
        out.write_text(json.dumps(expected, indent=1, ensure_ascii=False) + "\n")
        print(f"{out}: {sum(map(len, expected['groups']['all'].values()))} groups")


main()
