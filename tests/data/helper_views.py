#!/usr/bin/env python3
"""What native DuckDB with its json extension finds in the helper views over the sample: writes tests/fixtures/helper_views_expected.json.

    python tests/data/helper_views.py

Needs only the `duckdb` package, of the engine's version. The SQL of the views is tests/fixtures/helper_views.json, which the unit tests write. Kept
are types, numbers of rows and checksums; the engine's test asks the same.
"""
from __future__ import annotations

import gzip
import json
import pathlib
import tempfile

import duckdb

ROOT = pathlib.Path(__file__).resolve().parents[2]
FIXTURES = ROOT / "tests/fixtures"
SPANS = """CREATE VIEW main.spans AS SELECT trace_id, span_id, parent_id, name, service, operation, kind, start_time, end_time, duration_ms, status_code, status_description,
 attributes::VARCHAR AS attributes, events::VARCHAR AS events, links::VARCHAR AS links, resource::VARCHAR AS resource,
 CASE WHEN name = 'Agent.execute' THEN nullif(nullif(attributes->>'agent.name', 'None'), '') END AS agent FROM file.spans"""
MEMBERS = "__json_members(attributes)::VARCHAR[]"
NATIVE = """flatten((SELECT list([key, value->>'$', type] ORDER BY id) FROM json_each(CASE WHEN json_type(attributes) = 'OBJECT' THEN attributes END)))"""


def native(sql: str) -> str:
    sql = sql.replace(MEMBERS, NATIVE)
    assert "__" not in sql.replace("'__direct__'", "")
    return sql


def question(view: dict) -> str:
    texts = [f"coalesce(round({name}, 3)::VARCHAR, '~')" if kind == "DOUBLE" else f"coalesce({name}::VARCHAR, '~')" for name, kind, _ in view["columns"]]
    return f"SELECT count(*)::INTEGER AS row_count, md5(coalesce(string_agg(line, chr(10) ORDER BY line), '')) AS sum FROM (SELECT concat_ws('|', {', '.join(texts)}) AS line FROM {view['name']})"


views = json.loads((FIXTURES / "helper_views.json").read_text())["views"]
with tempfile.TemporaryDirectory() as folder:
    file = pathlib.Path(folder) / "sample.duckdb"
    file.write_bytes(gzip.decompress((ROOT / "src/sample/showcase.duckdb.gz").read_bytes()))
    connection = duckdb.connect()
    connection.execute("LOAD json")
    connection.execute(f"ATTACH '{file}' AS file (READ_ONLY)")
    connection.execute(SPANS)
    expected = {}
    for view in views:
        if view["sql"]:
            connection.execute(f"CREATE VIEW main.{view['name']} AS {native(view['sql'])}")
        sql = question(view)
        rows, checksum = connection.execute(sql).fetchone()
        types = [[row[0], row[1]] for row in connection.execute(f"DESCRIBE {view['name']}").fetchall()]
        assert types == [column[:2] for column in view["columns"]], (view["name"], types)
        assert rows > 0, view["name"]
        expected[view["name"]] = {"rows": rows, "sum": checksum, "sql": sql}
        print(view["name"], rows)
(FIXTURES / "helper_views_expected.json").write_text(json.dumps(expected, indent=1) + "\n")
