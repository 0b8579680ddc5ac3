#!/usr/bin/env python3
"""Make a compact model of one service from a botocore-like service model.

    compact_model.py service-2.json firehose > models/firehose.json
    compact_model.py service-2.json s3 --without-body > models/s3.json

Only needed to follow a change of an API; a build uses the files in models/ as they are.
What is kept and how it is written: README.md in this folder's parent.
"""
import argparse
import gzip
import json
import sys

SCALARS = {"string", "blob", "boolean", "integer", "long", "double", "float", "timestamp"}
LOCATIONS = {"uri": "uri", "querystring": "query", "header": "header", "headers": "headers"}
RAW_BODY = "RawBody"


def load(path):
    opener = gzip.open if path.endswith(".gz") else open
    with opener(path, "rt", encoding="utf-8") as file:
        return json.load(file)


def limits(shape):
    return {key: int(shape[key]) for key in ("min", "max") if key in shape}


def compact_scalar(shape):
    kind = "double" if shape["type"] == "float" else shape["type"]
    out = {"type": kind, **limits(shape)}
    if "pattern" in shape:
        out["pattern"] = shape["pattern"]
    if "enum" in shape:
        out["enum"] = shape["enum"]
    return out


class Compactor:
    def __init__(self, model, without_body):
        self.model = model
        self.without_body = without_body
        self.shapes = {}

    def add(self, name):
        if name in self.shapes:
            return
        shape = self.model["shapes"][name]
        kind = shape["type"]
        self.shapes[name] = None  # shapes may refer to themselves
        if kind in SCALARS:
            self.shapes[name] = compact_scalar(shape)
        elif kind == "list":
            self.add(shape["member"]["shape"])
            self.shapes[name] = {"list": shape["member"]["shape"], **limits(shape)}
        elif kind == "map":
            self.add(shape["key"]["shape"])
            self.add(shape["value"]["shape"])
            self.shapes[name] = {"map": [shape["key"]["shape"], shape["value"]["shape"]], **limits(shape)}
        elif kind == "structure":
            self.shapes[name] = {"structure": self.members(shape)}
        else:
            sys.exit(f"{name}: a type this script does not know: {kind}")

    def members(self, shape):
        out = {}
        for name, member in shape["members"].items():
            text = self.member(shape, name, member)
            if text:
                out[name] = text
        return out

    def member(self, shape, name, member):
        target = member["shape"]
        location = member.get("location")
        if shape.get("payload") == name:
            scalar = self.model["shapes"][target]["type"] in SCALARS
            place = " payload"
            if not scalar:
                target = RAW_BODY
                self.shapes[RAW_BODY] = {"type": "blob"}
        elif location in LOCATIONS:
            place = f" {LOCATIONS[location]}:{member['locationName']}"
        elif location:
            return None  # a status code: answers only
        elif self.without_body:
            return None
        else:
            place = ""
            if member.get("locationName", name) != name:
                sys.exit(f"{name}: has another name in the body: {member['locationName']}")
        if target != RAW_BODY:
            self.add(target)
        return target + ("!" if name in shape.get("required", []) else "") + place

    def run(self, service):
        operations = {}
        for name, operation in sorted(self.model["operations"].items()):
            http = operation["http"]
            row = [http["method"], http["requestUri"]]
            if "input" in operation:
                self.add(operation["input"]["shape"])
                row.append(operation["input"]["shape"])
            operations[name] = row
        return {"service": service, "operations": operations, "shapes": dict(sorted(self.shapes.items()))}


def write(model, out):
    def rows(table):
        return ",\n".join(f"{json.dumps(k)}: {json.dumps(v, ensure_ascii=False)}" for k, v in table.items())

    out.write('{"service": %s,\n"operations": {\n%s\n},\n"shapes": {\n%s\n}}\n'
              % (json.dumps(model["service"]), rows(model["operations"]), rows(model["shapes"])))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", help="service-2.json, or the same gzipped")
    parser.add_argument("service", help="the name the tables give it")
    parser.add_argument("--without-body", action="store_true", help="leave out what stands in the body (XML)")
    args = parser.parse_args()
    write(Compactor(load(args.model), args.without_body).run(args.service), sys.stdout)


if __name__ == "__main__":
    main()
