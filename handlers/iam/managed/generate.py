#!/usr/bin/env python3
"""Write AWS's managed policies as rows of C: generate.py OUT FILE.json..., sorted by ARN."""

import datetime
import json
import pathlib
import sys

WIDTH = 90


def literal(text):
    """A C string, in pieces."""
    pieces = [text[i:i + WIDTH] for i in range(0, len(text), WIDTH)]
    return "\n".join('     "' + p.replace("\\", "\\\\").replace('"', '\\"') + '"' for p in pieces)


def milliseconds(text):
    return int(datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()) * 1000


def row(name, policy):
    document = json.dumps(policy["Document"], separators=(",", ":"))
    return (f'    {{"{policy["Path"]}", "{name}", {policy["DefaultVersionId"][1:]},'
            f' INT64_C({milliseconds(policy["CreateDate"])}), INT64_C({milliseconds(policy["UpdateDate"])}),\n'
            f"{literal(document)}}},\n")


def main():
    out, *files = sys.argv[1:]
    policies = [(pathlib.Path(f).stem, json.loads(pathlib.Path(f).read_text(encoding="utf-8"))) for f in files]
    policies.sort(key=lambda p: p[1]["Path"] + p[0])
    pathlib.Path(out).write_text("".join(row(*p) for p in policies), encoding="utf-8")


main()
