"""Makes the packed and the protobuf samples of tests/fixtures/formats/ from its JSON samples. Needs nothing but Python; the zstd sample is
`zstd -19` of shop_jaeger.json.

    python tests/data/formats.py
"""

import gzip
import io
import json
import pathlib
import struct
import tarfile
import zipfile

HERE = pathlib.Path(__file__).resolve().parent.parent / "fixtures" / "formats"
KINDS = ["SPAN_KIND_UNSPECIFIED", "SPAN_KIND_INTERNAL", "SPAN_KIND_SERVER", "SPAN_KIND_CLIENT", "SPAN_KIND_PRODUCER", "SPAN_KIND_CONSUMER"]
CODES = ["STATUS_CODE_UNSET", "STATUS_CODE_OK", "STATUS_CODE_ERROR"]


def varint(n):
    n &= (1 << 64) - 1
    out = b""
    while True:
        low, n = n & 127, n >> 7
        if not n:
            return out + bytes([low])
        out += bytes([low | 128])


def part(field, body):
    return varint(field << 3 | 2) + varint(len(body)) + body


def text(field, value):
    return part(field, value.encode()) if value else b""


def number(field, value):
    return varint(field << 3) + varint(value) if value else b""


def fixed64(field, value):
    return varint(field << 3 | 1) + struct.pack("<Q", value)


def any_value(value):
    for kind, x in value.items():
        if kind == "stringValue":
            return part(1, x.encode())
        if kind == "boolValue":
            return varint(2 << 3) + varint(int(x))
        if kind == "intValue":
            return varint(3 << 3) + varint(int(x))
        if kind == "doubleValue":
            return varint(4 << 3 | 1) + struct.pack("<d", float(x))
        if kind == "arrayValue":
            return part(5, b"".join(part(1, any_value(item)) for item in x.get("values", [])))
        if kind == "kvlistValue":
            return part(6, attributes(1, x.get("values")))
        raise ValueError(kind)
    return b""


def attributes(field, pairs):
    return b"".join(part(field, text(1, pair["key"]) + part(2, any_value(pair["value"]))) for pair in pairs or [])


def word(words, value):
    return words.index(value) if isinstance(value, str) else value


def span(x):
    out = part(1, bytes.fromhex(x["traceId"])) + part(2, bytes.fromhex(x["spanId"]))
    if x.get("parentSpanId"):
        out += part(4, bytes.fromhex(x["parentSpanId"]))
    out += text(5, x["name"]) + number(6, word(KINDS, x.get("kind", 0)))
    out += fixed64(7, int(x["startTimeUnixNano"])) + fixed64(8, int(x["endTimeUnixNano"])) + attributes(9, x.get("attributes"))
    for event in x.get("events", []):
        out += part(11, fixed64(1, int(event["timeUnixNano"])) + text(2, event.get("name", "")) + attributes(3, event.get("attributes")))
    for link in x.get("links", []):
        ids = part(1, bytes.fromhex(link["traceId"])) + part(2, bytes.fromhex(link["spanId"]))
        out += part(13, ids + attributes(4, link.get("attributes")))
    status = x.get("status", {})
    out += part(15, text(2, status.get("message", "")) + number(3, word(CODES, status.get("code", 0))))
    return out + (varint(16 << 3 | 5) + struct.pack("<I", x["flags"]) if "flags" in x else b"")


def resource_spans(group):
    out = part(1, attributes(1, group["resource"].get("attributes")))
    for scoped in group["scopeSpans"]:
        scope = scoped.get("scope", {})
        head = part(1, text(1, scope.get("name", "")) + text(2, scope.get("version", "")) + attributes(3, scope.get("attributes")))
        out += part(2, head + b"".join(part(2, span(x)) for x in scoped["spans"]) + text(3, scoped.get("schemaUrl", "")))
    return out + text(3, group.get("schemaUrl", ""))


def packed(name, files):
    with zipfile.ZipFile(HERE / name, "w") as archive:
        for inner, body in files:
            info = zipfile.ZipInfo(inner, (2026, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, body)


groups = json.loads((HERE / "shop_otlp.json").read_bytes())["resourceSpans"]
messages = [part(1, resource_spans(group)) for group in groups]
(HERE / "shop_otlp.pb").write_bytes(b"".join(messages))
# As the collector's file exporter writes protobuf: the length before each message.
(HERE / "shop_otlp_framed.pb").write_bytes(b"".join(struct.pack(">I", len(message)) + message for message in messages))

whole = (HERE / "shop_otlp_collector.jsonl").read_bytes()
lines = whole.splitlines(True)
halves = b"".join(lines[:8]), b"".join(lines[8:])
(HERE / "shop_otlp_collector.jsonl.gz").write_bytes(gzip.compress(whole, 9, mtime=0))
packed(
    "shop_two.zip",
    [
        ("shop/a.jsonl", halves[0]),
        ("shop/b.jsonl.gz", gzip.compress(halves[1], 9, mtime=0)),
        ("__MACOSX/._a.jsonl", b"x"),
        ("README.txt", b"two halves of a shop\n"),
    ],
)
packed("shop_parquet.zip", [("shop_flock.parquet", (HERE / "shop_flock.parquet").read_bytes())])
buffer = io.BytesIO()
with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as archive:
    for name, body in [("shop/a.jsonl", halves[0]), ("shop/" + "long/" * 30 + "b.jsonl", halves[1])]:
        info = tarfile.TarInfo(name)
        info.size = len(body)
        archive.addfile(info, io.BytesIO(body))
(HERE / "shop_two.tar.gz").write_bytes(gzip.compress(buffer.getvalue(), 9, mtime=0))
