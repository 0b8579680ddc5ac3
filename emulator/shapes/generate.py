#!/usr/bin/env python3
"""Write the constant tables of the request check from the compact models.

    generate.py models/ shape_tables.c

Run by the build. The rows are described in shape_table.h, the models in README.md.
"""
import json
import pathlib
import re
import sys

NONE = 0xFFFF
MEMBERS_MAX = 64
PACKAGES = {
    "dynamodb": "com.amazonaws.dynamodb.v20120810",
    "firehose": "com.amazonaws.firehose.v20150804",
    "iam": "com.amazonaws.iam.v20100508",
    "kinesis": "com.amazonaws.kinesis.v20131202",
    "lambda": "com.amazonaws.lambda.v20150331",
    "logs": "com.amazonaws.logs.v20140328",
    "monitoring": "com.amazonaws.cloudwatch.v2010_08_01",
    "s3": "com.amazonaws.s3.v20060301",
    "sts": "com.amazonaws.sts.v20110615",
}
DIALECTS = {"iam": "kinesis", "monitoring": "logs", "s3": "lambda", "sts": "lambda"}
FILES = {"monitoring": "cloudwatch"}  # where a credential scope has another name than the service
LOCATIONS = {"payload": "PAYLOAD", "uri": "URI", "query": "QUERY", "header": "HEADER", "headers": "HEADERS"}


# ---- patterns: Java's spelling to PCRE2's, and the simple ones to bitmaps ----------------


def to_pcre(pattern):
    pattern = pattern.replace(r"\uD800\uDC00-\uDBFF\uDFFF", r"\x{10000}-\x{10FFFF}")
    pattern = pattern.replace(r"\p{Print}", r"[\x20-\x7E]")
    return re.sub(r"\\u([0-9A-Fa-f]{4})", r"\\x{\1}", pattern)


CLASS_ESCAPES = {
    "w": "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_",
    "d": "0123456789",
    "s": " \t\n\x0b\f\r",
}
SIMPLE = re.compile(r"\^?(?P<class>\[\^?(?:\\.|[^\]\\\[])+\]|\\d)(?P<many>[*+]|\{\d+(?:,\d+)?\})\$?")


def class_items(body):
    """The characters and ranges of a class; None for what only PCRE2 should read."""
    items = []
    at = 0
    while at < len(body):
        char = body[at]
        at += 1
        if char == "\\":
            char = body[at]
            at += 1
            if char in CLASS_ESCAPES:
                items.append(CLASS_ESCAPES[char])
                continue
            if char == "x":
                char = chr(int(body[at:at + 2], 16))
                at += 2
            elif char in "rnt":
                char = {"r": "\r", "n": "\n", "t": "\t"}[char]
            elif char.isalnum():
                return None
        elif char == "-" and items and at < len(body) and len(items[-1]) == 1:
            end, at = range_end(body, at)
            if end is None:
                return None
            items[-1] = "".join(map(chr, range(ord(items[-1]), ord(end) + 1)))
            continue
        items.append(char)
    return "".join(items)


def range_end(body, at):
    if body[at] != "\\":
        return body[at], at + 1
    if body[at + 1] == "x":
        return chr(int(body[at + 2:at + 4], 16)), at + 4
    if body[at + 1].isalnum():
        return None, at
    return body[at + 1], at + 2


def simple_class(pattern):
    """(members as a bit set, others too, min, max), or None."""
    inner = re.fullmatch(r"\((\[[^()]+\][*+])\)", pattern)
    match = SIMPLE.fullmatch(inner.group(1) if inner else pattern)
    if not match:
        return None
    body = match["class"]
    negated = body.startswith("[^")
    items = CLASS_ESCAPES["d"] if body == r"\d" else class_items(body[2 if negated else 1:-1])
    if items is None or any(ord(c) > 0x7F for c in items):
        return None
    bits = sum(1 << ord(c) for c in set(items))
    if negated:
        bits = ~bits & ((1 << 128) - 1)
    many = match["many"]
    if many in "*+":
        return bits, negated, int(many == "+"), 0xFFFFFFFF
    counts = [int(n) for n in many[1:-1].split(",")]
    return bits, negated, counts[0], counts[-1]


# ---- the tables --------------------------------------------------------------------------


class Tables:
    def __init__(self):
        self.pool = {"": 0}
        self.pool_size = 1
        self.shapes, self.members, self.limits, self.enums = [], [], {}, []
        self.patterns, self.classes, self.services = {}, {}, []

    def text(self, value):
        if value not in self.pool:
            self.pool[value] = self.pool_size
            self.pool_size += len(value.encode()) + 1
        return self.pool[value]

    def limit_row(self, shape):
        if "min" not in shape and "max" not in shape:
            return NONE
        return self.limits.setdefault((shape.get("min"), shape.get("max")), len(self.limits))

    def pattern_row(self, shape):
        if "pattern" not in shape:
            return NONE
        return self.patterns.setdefault(shape["pattern"], len(self.patterns))

    def class_row(self, pattern):
        simple = simple_class(pattern)
        return NONE if simple is None else self.classes.setdefault(simple, len(self.classes))

    def add_members(self, structure, numbers):
        first = len(self.members)
        body = 0
        for name, text in structure.items():
            target, _, place = text.partition(" ")
            kind, _, wire = place.partition(":")
            location = LOCATIONS[kind] if kind else "BODY"
            body += not kind
            self.members.append((self.text(name), self.text(wire), numbers[target.rstrip("!")], len(name.encode()),
                                 location, target.endswith("!")))
        if body > MEMBERS_MAX:
            sys.exit(f"more than {MEMBERS_MAX} members in a body: {list(structure)[0]}...")
        return first, len(structure)

    def add_shape(self, name, shape, numbers):
        row = {"name": 0, "first": 0, "count": 0, "limits": self.limit_row(shape), "pattern": self.pattern_row(shape),
               "name_max": shape.get("name_max", 0), "type": shape.get("type"), "nullable": shape.get("nullable", False)}
        if "structure" in shape:
            row["type"], row["name"] = "structure", self.text(name)
            row["first"], row["count"] = self.add_members(shape["structure"], numbers)
        elif "list" in shape:
            row["type"], row["first"] = "list", numbers[shape["list"]]
        elif "map" in shape:
            row["type"] = "map"
            row["first"], row["count"] = numbers[shape["map"][0]], numbers[shape["map"][1]]
        elif shape.get("enum"):
            row["first"], row["count"] = len(self.enums), len(shape["enum"])
            self.enums += [self.text(value) for value in shape["enum"]]
        self.shapes.append(row)

    def add_service(self, model, observed):
        shapes = model["shapes"]
        first_asked = {name: row["required_first"] for name, row in observed.items() if "required_first" in row}
        apply_observed(shapes, {k: v for k, v in observed.items() if k not in first_asked})
        numbers = {name: len(self.shapes) + n for n, name in enumerate(shapes)}
        for name, shape in shapes.items():
            self.add_shape(name, shape, numbers)
        operations = []
        for name, row in sorted(model["operations"].items()):
            operations.append((name, row[0], row[1], numbers[row[2]] if len(row) > 2 else NONE, first_asked.get(name)))
        self.services.append((model["service"], operations))


def apply_observed(shapes, observed):
    for name, change in observed.items():
        structure, _, member = name.partition(".")
        if member:
            old = shapes[structure]["structure"][member]
            shapes[structure]["structure"][member] = change["shape"] + ("!" if "!" in old else "")
            continue
        shape = shapes[structure]
        if "leads" in change:
            shape["structure"] = {change["leads"]: shape["structure"].pop(change["leads"]), **shape["structure"]}
            continue
        if change.get("enum") and sorted(change["enum"]) != sorted(shape["enum"]):
            sys.exit(f"observed.json: {name} does not have the values of the model")
        shape.update(change)


# ---- writing them ------------------------------------------------------------------------


def c_text(value):
    out = []
    for byte in value.encode():
        char = chr(byte)
        if char in '"\\?':
            out.append("\\" + char)
        elif 0x20 <= byte < 0x7F:
            out.append(char)
        else:
            out.append(f"\\{byte:03o}")
    return '"' + "".join(out) + '"'


def bound(value, otherwise):
    return otherwise if value is None else f"INT64_C({value})"


def write_rows(out, head, rows):
    out.write(f"{head} = {{\n")
    for row in rows or ["0"]:
        out.write(f"    {row},\n")
    out.write("};\n\n")


def write_services(out, services):
    for service, operations in services:
        rows = [f"{{{c_text(name)}, {c_text(method)}, {c_text(uri)}, &shape_services[{number(services, service)}], {shape}, "
                f"{c_text(first) if first else 'NULL'}}}" for name, method, uri, shape, first in operations]
        write_rows(out, f"static const struct shape_operation {service}_operations[]", rows)
    rows = [f"{{{c_text(s)}, {c_text(PACKAGES[s])}, &shape_dialect_{DIALECTS.get(s, s)}, {s}_operations, {len(ops)}}}"
            for s, ops in services]
    write_rows(out, "const struct shape_service shape_services[]", rows)
    out.write(f"const size_t shape_service_count = {len(services)};\n")


def number(services, service):
    return [name for name, _ in services].index(service)


def write(tables, out):
    pattern_rows = [f"{{{tables.text(p)}, {tables.text(to_pcre(p))}, {tables.class_row(p)}}}" for p in tables.patterns]
    out.write('/* Made by generate.py from models/. */\n#include "emulator/shapes/shape_table.h"\n\n')
    out.write("const char shape_pool[] =\n")
    for text in tables.pool:
        out.write(f'    {c_text(text)} "\\0"\n')
    out.write("    ;\n\n")
    write_rows(out, "const struct shape shape_shapes[]",
               [f"{{{r['name']}, {r['first']}, {r['count']}, {r['limits']}, {r['pattern']}, {r['name_max']}, "
                f"SHAPE_{r['type'].upper()}, {str(r['nullable']).lower()}}}" for r in tables.shapes])
    write_rows(out, "const struct shape_member shape_members[]",
               [f"{{{m[0]}, {m[1]}, {m[2]}, {m[3]}, SHAPE_{m[4]}, {str(m[5]).lower()}}}" for m in tables.members])
    write_rows(out, "const struct shape_limits shape_limit_rows[]",
               [f"{{{bound(low, 'INT64_MIN')}, {bound(high, 'INT64_MAX')}}}" for low, high in tables.limits])
    write_rows(out, "const uint32_t shape_enum_values[]", tables.enums)
    write_rows(out, "const struct shape_class shape_classes[]",
               [f"{{{{UINT64_C({bits & (1 << 64) - 1}), UINT64_C({bits >> 64})}}, {str(others).lower()}, {low}U, {high}U}}"
                for bits, others, low, high in tables.classes])
    write_rows(out, "const struct shape_pattern shape_patterns[]", pattern_rows)
    out.write(f"const size_t shape_pattern_count = {len(tables.patterns)};\n\n")
    write_services(out, tables.services)


def main():
    folder, target = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    observed = json.loads((folder / "observed.json").read_text(encoding="utf-8"))
    tables = Tables()
    for service in PACKAGES:
        model = json.loads((folder / f"{FILES.get(service, service)}.json").read_text(encoding="utf-8"))
        tables.add_service(model, observed.get(service, {}))
    for count, what in ((len(tables.shapes), "shapes"), (len(tables.members), "members"), (len(tables.enums), "values")):
        if count >= NONE:
            sys.exit(f"too many {what} for their index: {count}")
    target.parent.mkdir(parents=True, exist_ok=True)
    with open(target, "w", encoding="utf-8") as out:
        write(tables, out)


if __name__ == "__main__":
    main()
