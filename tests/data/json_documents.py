"""Writes tests/fixtures/json_documents.json: what native DuckDB with its json extension answers on generated documents and paths.

    pip install duckdb==1.4.3 && python3 tests/data/json_documents.py

The engine's test asks the same SQL of the page's own functions. Kept are checksums only, one for each function and document over all paths
(or values looked for); to see the answers themselves, run the statement that `statement` makes without its md5.
"""

import json
import random
from pathlib import Path

import duckdb

random.seed(20261201)

KEYS = ["a", "b", "agent.name", "input.artifacts", "ü", "日本", "a b", "", "0", "😀", 'q"x', "x/y", "~t", "back\\slash", "correlation_id", "$"]
TEXTS = ["", "writer", "ÄÖ😀", 'say "hi"', "a\\b", "line\nbreak\ttab", "null", "12", '{"topic": "inner", "n": [1, 2]}', "\u0001", "/", "</script>"]
NUMBERS = ["0", "7", "-3", "12345678901234567890", "-9223372036854775808", "1.5", "-0.25", "1e3", "2.50", "100", "1.0"]
PATHS = [
    "a", "b", "agent.name", "input.artifacts", "ü", "日本", "", "0", "$", "$.a", "$.b.a", '$."agent.name"', '$."a b"', "$[0]", "$[-1]", "$[#-1]", "$.a[0]", "$.a[1].b",
    "/a", "/a/0", "/x~1y", "/~0t", "$.😀", "$.nope.deeper", '$."input.artifacts"[0].a', "correlation_id",
]
WILD_PATHS = [
    "$.*", "$[*]", "$.a[*]", "$.a.*", "$.*.a", "$.*[0]", '$."*"', "$..a", '$.."agent.name"', "$..[0]", "$..[*]", "$..*", "$.**", "$..*.b", "$.a..b", "$..b[*]", "$.b..*", "$..a..b", "$[*].a", "$[*][-1]",
    "$.nope[*]", "$..😀", '$.."a b"[#-1]', "*",
]
NEEDLES = ["1", "7", '"writer"', "null", "true", "[]", "{}", "[7]", '{"a":7}', '{"b":[]}', '["writer",7]', "1.5", "1.0", '{"agent.name":"writer"}', '"12"']


def string(text):
    escaped = json.dumps(text, ensure_ascii=random.random() < 0.3)
    return escaped.replace("/", "\\/") if random.random() < 0.2 else escaped


def blank():
    return random.choice(["", "", "", " ", "\n ", "\t"])


def value(depth):
    kind = random.random()
    if depth > 3 or kind < 0.45:
        return random.choice([string(random.choice(TEXTS)), random.choice(NUMBERS), "true", "false", "null"])
    if kind < 0.7:
        return "[" + ",".join(blank() + value(depth + 1) + blank() for _ in range(random.randrange(4))) + "]"
    return document(depth + 1)


def document(depth=0):
    keys = random.sample(KEYS, random.randrange(1 if depth == 0 else 0, 7 if depth == 0 else 4))
    if keys and random.random() < 0.1:
        keys.append(keys[0])
    return "{" + ",".join(f"{blank()}{string(key)}{blank()}:{blank()}{value(depth)}{blank()}" for key in keys) + "}"


ROWS = "concat_ws('|', coalesce(key, '~'), value, type, coalesce(atom::VARCHAR, '~'), id, coalesce(parent::VARCHAR, '~'), fullkey, path)"
# Over `j`, a document, and `p`, a path or a value to look for.
OF_PATHS = {
    "->>": "j->>p",
    "->": "(j->p)::VARCHAR",
    "json_extract": "json_extract(j, p)::VARCHAR",
    "json_extract_string": "json_extract_string(j, p)",
    "json_value": "json_value(j, p)::VARCHAR",
    "json_exists": "json_exists(j, p)::VARCHAR",
    "json_type": "json_type(j, p)",
    "json_keys": "json_keys(j, p)::VARCHAR",
    "json_array_length": "json_array_length(j, p)::VARCHAR",
    "chains": "(j->'a'->p)->>'$'",
    "lists of paths": "json_extract_string(j, ['a', 'agent.name', '$[0]'])::VARCHAR || json_type(j, ['a', 'ü'])::VARCHAR || json_exists(j, ['日本', '$.a[0]'])::VARCHAR",
    "::JSON": "(j::JSON->>p) || (j::JSON::VARCHAR)",
}


def joined(values):
    return f"coalesce(array_to_string(list_transform(CAST({values} AS VARCHAR[]), lambda v: coalesce(v, '~')), ','), '~')"


# A path with wildcards has to be written into the statement; so has a list of paths.
WILD_CALLS = ["j->{p}", "j->>{p}", "json_extract(j, {p})", "json_extract_string(j, {p})", "json_value(j, {p})", "json_type(j, {p})", "json_exists(j, {p})", "json_array_length(j, {p})"]
OF_WILD = {f"all at {path}": " || '|' || ".join(joined(call.format(p=f"'{path}'")) for call in WILD_CALLS) for path in WILD_PATHS}
LISTS = ["['a', 'agent.name', '$[0]']", "['$.b.a', 'nope', '/a/0']"]
OF_WILD |= {f"each of {paths}": " || '|' || ".join(joined(call.format(p=paths)) for call in WILD_CALLS) for paths in LISTS}
OF_NEEDLES = {"json_contains": "json_contains(j, p)::VARCHAR"}
OF_DOCUMENTS = {
    "json_each": f"(SELECT string_agg({ROWS}, ';' ORDER BY id) FROM json_each(j))",
    "json_tree": f"(SELECT string_agg({ROWS}, ';' ORDER BY id) FROM json_tree(j))",
    "json_each of a path": f"(SELECT string_agg({ROWS}, ';' ORDER BY id) FROM json_each(j, '$.a'))",
    "json_tree of a path": f"(SELECT string_agg({ROWS}, ';' ORDER BY id) FROM json_tree(j, 'agent.name'))",
}


def quoted(text):
    return "'" + text.replace("'", "''") + "'"


def statement(function, others):
    """`doc_no` and `sum`, over a table `docs` of `doc_no` and `j`."""
    beside = ", ".join(f"({at}, {quoted(other)})" for at, other in enumerate(others))
    return (
        f"SELECT doc_no::INTEGER AS doc_no, left(md5(string_agg(coalesce(v, '~'), '#' ORDER BY nr)), 8) AS sum FROM (SELECT doc_no, nr, {function} AS v "
        f"FROM docs, (VALUES {beside}) o(nr, p)) GROUP BY ALL ORDER BY doc_no"
    )


documents = [document() for _ in range(230)] + ["[" + ",".join(value(1) for _ in range(3)) + "]" for _ in range(40)] + [value(9) for _ in range(30)]
table = "CREATE TABLE docs AS SELECT * FROM (VALUES " + ", ".join(f"({at}, {quoted(text)})" for at, text in enumerate(documents)) + ") t(doc_no, j)"
questions = {name: statement(sql, others) for group, others in [(OF_PATHS, PATHS), (OF_NEEDLES, NEEDLES), (OF_WILD, ["$"]), (OF_DOCUMENTS, ["$"])] for name, sql in group.items()}

connection = duckdb.connect()
connection.execute("LOAD json")
connection.execute(table)
answers = {name: "".join(row[1] for row in connection.execute(sql).fetchall()) for name, sql in questions.items()}
about = "Made by tests/data/json_documents.py: the answers of native DuckDB 1.4.3, eight hexadecimal digits of md5 for each document."
fixture = {"about": about, "table": table, "questions": questions, "answers": answers}
target = Path(__file__).parent.parent / "fixtures/json_documents.json"
target.write_text(json.dumps(fixture, ensure_ascii=False, indent=1) + "\n")
print(target, len(documents), "documents,", len(PATHS) + len(WILD_PATHS), "paths")
