#!/usr/bin/env python3
"""Edges, nodes and cycles of the sample and of a small file of odd spans, by native DuckDB and networkx: writes
tests/fixtures/dependencies_expected.json, with the odd spans themselves.

    python tests/data/dependencies_expected.py

Needs the packages `duckdb` and `networkx`. Parents and artifacts are looked up here on their own, in Python, so that the page's SQL is checked
against something else than itself; figures are those of native DuckDB over the calls found.
"""
from __future__ import annotations

import gzip
import json
import pathlib
import random
import tempfile
from datetime import datetime, timezone

import duckdb
import networkx

ROOT = pathlib.Path(__file__).resolve().parents[2]
FIGURES = """count(*) AS calls, count(*) FILTER (WHERE status_code = 'ERROR') AS errors, avg(duration_ms) AS mean_ms, quantile_cont(duration_ms, 0.5) AS p50_ms,
 quantile_cont(duration_ms, 0.95) AS p95_ms, quantile_cont(duration_ms, 0.99) AS p99_ms"""
OUTSIDE = ("external", "__direct__")
COLUMNS = "trace_id VARCHAR, span_id VARCHAR, parent_id VARCHAR, name VARCHAR, service VARCHAR, kind VARCHAR, start_time BIGINT, end_time BIGINT, duration_ms DOUBLE, status_code VARCHAR, attributes VARCHAR"


def odd_spans():
    """Doubled ids, orphans, spans without a service, spans that name themselves, circles of parents, links into other traces, services in circles."""
    chance = random.Random(5)
    spans = []
    for trace in range(40):
        ids = []
        for number in range(chance.randint(1, 30)):
            span = f"{trace:04x}{number:04x}"
            if ids and chance.random() < 0.05:
                span = chance.choice(ids)
            parent = None if not ids else chance.choice(ids)
            way = chance.random()
            if way < 0.03:
                parent = "missing"
            elif way < 0.06:
                parent = span
            elif way < 0.09:
                parent = f"{max(trace - 1, 0):04x}0000"
            elif way < 0.11:
                parent = f"{trace:04x}{number + 1:04x}"
            service = chance.choice([None, "", "shop", "pay", "mail", "stock", "it's \"odd\""])
            start = 1_795_338_000_000_000_000 + trace * 1_000_000_000 + chance.randint(0, 900) * 1_000_000
            length = chance.choice([0, 1, 5, 20, 300]) * 1_000_000
            spans.append((f"t{trace}", span, parent, f"{service or 'x'}.{chance.choice('ab')}", service, None, start, start + length, length / 1e6, chance.choice(["OK", "OK", "UNSET", "ERROR"]), None))
            ids.append(span)
    return spans


def created_ns(text):
    try:
        at = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    at = at if at.tzinfo else at.replace(tzinfo=timezone.utc)
    delta = at - datetime(1970, 1, 1, tzinfo=timezone.utc)
    return ((delta.days * 86_400 + delta.seconds) * 1_000_000 + delta.microseconds) * 1_000


def artifacts(attributes, key):
    try:
        found = json.loads(json.loads(attributes or "{}").get(key) or "null")
    except (TypeError, ValueError):
        return []
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def agent_of(attributes):
    name = json.loads(attributes or "{}").get("agent.name")
    return None if name in (None, "", "None") else name


def cycles(edges):
    graph = networkx.DiGraph(edges)
    groups = [sorted(members) for members in networkx.strongly_connected_components(graph) if len(members) > 1]
    return {
        "groups": sorted(groups),
        "shortest": [shortest(graph.subgraph(members)) for members in sorted(groups)],
        "loops": sorted(networkx.nodes_with_selfloops(graph)),
    }


def shortest(graph):
    """Members of a shortest cycle that is no loop."""
    ways = dict(networkx.all_pairs_shortest_path_length(graph))
    return min(ways[target][source] + 1 for source, target in graph.edges if source != target and source in ways[target])


def rounds(con, ring):
    """Executions of the ring's agents with what they took and made; and per trace how often a walk along artifacts came round."""
    runs = [
        {"trace": trace, "span": span, "agent": agent_of(attributes), "start": start, "end": end, "in": artifacts(attributes, "input.artifacts"), "out": artifacts(attributes, "output.value")}
        for trace, span, start, end, attributes in con.execute("SELECT trace_id, span_id, start_time, end_time, attributes FROM s WHERE name = 'Agent.execute' ORDER BY start_time, span_id").fetchall()
        if agent_of(attributes) in ring
    ]
    light = []
    for run in runs:
        for side in ("in", "out"):
            for item in run[side]:
                kind = item.get("type") or ""
                light.append([run["trace"], run["span"], run["agent"], str(run["start"]), str(run["end"]), side, item.get("id"), kind.rsplit(".", 1)[-1] or kind, item.get("produced_by"), str(created_ns(item["created_at"]))])
    result = []
    for trace in sorted({run["trace"] for run in runs}):
        own = [run for run in runs if run["trace"] == trace]
        walks, returns, best = {}, 0, (0, 0)
        for run in own:
            place = ring.index(run["agent"])
            before = []
            for item in run["in"]:
                makers = [other for other in own if other is not run and any(made.get("id") == item.get("id") for made in other["out"])]
                if makers:
                    maker = max(makers, key=lambda other: (other["agent"] == item.get("produced_by"), other["start"] <= run["start"], other["start"]))
                    if maker["span"] in walks and (walks[maker["span"]][0] + 1) % len(ring) == place:
                        before.append(walks[maker["span"]])
            steps, since = max(((walk[1] + 1, -walk[2]) for walk in before), default=(0, -run["end"]))
            walks[run["span"]] = (place, steps, -since)
            if steps and steps % len(ring) == 0:
                returns += 1
                best = max(best, (steps // len(ring), run["end"] + since))
        if returns:
            result.append([trace, returns, best[0], str(best[1])])
    return light, result


def expected_of(con, with_agents):
    spans = con.execute("SELECT row, trace_id, span_id, parent_id, coalesce(service, ''), coalesce(name, ''), start_time, end_time FROM s ORDER BY row").fetchall()
    by_id = {}
    for row, trace, span, _, _, _, start, end in spans:
        key = (start, -max(start, end), row)
        if trace is not None and span is not None and ((trace, span) not in by_id or key < by_id[trace, span][0]):
            by_id[trace, span] = (key, row)
    light = {row: (service, name) for row, _, _, _, service, name, _, _ in spans}
    calls = []
    for row, trace, span, parent, *_ in spans:
        if parent is not None and parent != span and (trace, parent) in by_id:
            calls.append((row, *light[by_id[trace, parent][1]]))
    con.execute("CREATE OR REPLACE TABLE calls (row BIGINT, parent_service VARCHAR, parent_name VARCHAR)")
    con.executemany("INSERT INTO calls VALUES (?, ?, ?)", calls)
    con.execute("CREATE OR REPLACE VIEW c AS SELECT s.*, coalesce(s.service, '') AS target, coalesce(s.name, '') AS target_name, parent_service, parent_name FROM s JOIN calls USING (row)")

    def rows(sql):
        cursor = con.execute(sql)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row)) for row in cursor.fetchall()]

    narrow = "coalesce(status_code, '') <> 'ERROR' AND start_time >= 1795338000000000000 AND start_time < 1999999999000000000"
    edges = lambda condition: rows(f"SELECT parent_service AS source, target, {FIGURES}, count(DISTINCT trace_id) AS traces FROM c WHERE {condition} GROUP BY ALL ORDER BY 1, 2")
    found = {
        "services_edges": edges("true"),
        "scoped_edges": edges(narrow),
        "services_nodes": rows("SELECT coalesce(service, '') AS service, count(*) AS calls, count(*) FILTER (WHERE status_code = 'ERROR') AS errors, quantile_cont(duration_ms, 0.95) AS p95_ms FROM s GROUP BY 1 ORDER BY 1"),
        "operations_edges": rows(f"SELECT parent_service AS source, parent_name AS source_operation, target, target_name AS target_operation, {FIGURES}, count(DISTINCT trace_id) AS traces FROM c GROUP BY ALL ORDER BY 1, 2, 3, 4"),
        "opened_edges": rows(f"SELECT parent_service AS source, CASE WHEN parent_service = 'Agent' THEN parent_name END AS source_operation, target, CASE WHEN target = 'Agent' THEN target_name END AS target_operation, {FIGURES}, count(DISTINCT trace_id) AS traces FROM c GROUP BY ALL ORDER BY 1, 2, 3, 4"),
        "behind_operations": rows(f"SELECT parent_name AS caller, target_name AS callee, {FIGURES} FROM c WHERE parent_service = 'Flock' AND target = 'Agent' GROUP BY ALL ORDER BY 1, 2"),
        "behind_histogram": rows("SELECT CASE WHEN duration_ms > 0 THEN floor(log10(duration_ms) * 10)::BIGINT END AS bar, count(*) AS calls, count(*) FILTER (WHERE status_code = 'ERROR') AS errors FROM c WHERE parent_service = 'Flock' AND target = 'Agent' GROUP BY 1 ORDER BY 1 NULLS FIRST"),
    }
    found["services_cycles"] = cycles([(edge["source"], edge["target"]) for edge in found["services_edges"]])
    found["operations_cycles"] = cycles([(f"{edge['source']} {edge['source_operation']}", f"{edge['target']} {edge['target_operation']}") for edge in found["operations_edges"]])
    if not with_agents:
        return found
    taken, runs = [], con.execute("SELECT row, trace_id, start_time, attributes FROM s WHERE name = 'Agent.execute' ORDER BY row").fetchall()
    for row, trace, start, attributes in runs:
        for item in artifacts(attributes, "input.artifacts"):
            by = item.get("produced_by")
            by = None if by in (None, "", "None") else by
            # What the orchestrator publishes because an agent failed is due to that agent.
            by = (by or "").removeprefix("orchestrator#")
            outside = by == "" or by in OUTSIDE
            made = created_ns(item.get("created_at"))
            kind = item.get("type") or ""
            taken.append((row, "external" if outside else by, "external" if outside else "agent", agent_of(attributes) or "", kind.rsplit(".", 1)[-1] or kind, item.get("id"), None if made is None else (start - made) / 1e6))
    con.execute("CREATE OR REPLACE TABLE taken (row BIGINT, source VARCHAR, source_kind VARCHAR, target VARCHAR, label VARCHAR, id VARCHAR, wait_ms DOUBLE)")
    con.executemany("INSERT INTO taken VALUES (?, ?, ?, ?, ?, ?, ?)", taken)
    con.execute("CREATE OR REPLACE VIEW t AS SELECT * FROM taken JOIN s USING (row)")
    handed = f"{FIGURES}, avg(wait_ms) AS wait_mean_ms, quantile_cont(wait_ms, 0.5) AS wait_p50_ms, quantile_cont(wait_ms, 0.95) AS wait_p95_ms, quantile_cont(wait_ms, 0.99) AS wait_p99_ms, count(DISTINCT trace_id) AS traces"
    for key, condition in (("agents_edges", "true"), ("agents_scoped_edges", narrow)):
        found[key] = rows(f"SELECT source, source_kind, target, 'agent' AS target_kind, label, {handed} FROM t WHERE {condition} GROUP BY ALL ORDER BY ALL")
    found["artifacts_edges"] = rows(f"SELECT label AS source, 'artifact' AS source_kind, target, 'agent' AS target_kind, {handed} FROM t GROUP BY ALL ORDER BY ALL") + rows(
        "SELECT source, source_kind, label AS target, 'artifact' AS target_kind, count(DISTINCT id) AS calls FROM t GROUP BY ALL ORDER BY ALL")
    found["agents_cycles"] = cycles([(edge["source"], edge["target"]) for edge in found["agents_edges"]])
    found["ring_rows"], found["ring_rounds"] = rounds(con, ["critic", "writer"])
    names = [(row, agent_of(attributes), trace) for row, trace, _, attributes in runs]
    by_trace = {}
    for _, agent, trace in names:
        if agent is not None:
            by_trace[agent, trace] = by_trace.get((agent, trace), 0) + 1
    found["runaways"] = sorted([agent, trace, runs] for (agent, trace), runs in by_trace.items() if runs > 1)
    return found


def main():
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "showcase.duckdb"
        file.write_bytes(gzip.decompress((ROOT / "src/sample/showcase.duckdb.gz").read_bytes()))
        con = duckdb.connect()
        con.execute(f"ATTACH '{file}' AS source (READ_ONLY)")
        con.execute("CREATE TABLE s AS SELECT row_number() OVER () AS row, * FROM source.spans")
        sample = expected_of(con, True)
        con = duckdb.connect()
        con.execute(f"CREATE TABLE odd ({COLUMNS})")
        con.executemany(f"INSERT INTO odd VALUES ({', '.join('?' * 11)})", odd_spans())
        con.execute("CREATE TABLE s AS SELECT row_number() OVER () AS row, * FROM odd")
        odd = expected_of(con, False)
        odd["spans"] = [[str(value) if isinstance(value, int) else value for value in row] for row in con.execute("SELECT * FROM odd").fetchall()]
        expected = {"what": f"Dependencies by native DuckDB {duckdb.__version__} and networkx {networkx.__version__} (tests/data/dependencies_expected.py)", "sample": sample, "odd": odd}
        out = ROOT / "tests/fixtures/dependencies_expected.json"
        out.write_text(json.dumps(expected, ensure_ascii=False, separators=(",", ":")).replace('},{', '},\n{') + "\n")
        for name, found in (("sample", sample), ("odd", odd)):
            print(name, {key: len(value) for key, value in found.items()}, found.get("agents_cycles"), found["services_cycles"])


main()
