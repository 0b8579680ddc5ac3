"""Turn the numbered .sql files into one C header: generate.py OUT FILE..."""

import pathlib
import sys


def literal(sql):
    lines = [line.split("--")[0].rstrip() for line in sql.splitlines()]
    quoted = (line.replace("\\", "\\\\").replace('"', '\\"') for line in lines if line.strip())
    return "\n".join(f'    "{line}\\n"' for line in quoted)


def main():
    out, *files = sys.argv[1:]
    steps = sorted(map(pathlib.Path, files), key=lambda path: path.name)
    numbers = [int(step.name[:3]) for step in steps]
    if numbers != list(range(1, len(steps) + 1)):
        sys.exit(f"schema steps must be numbered 001, 002, ...: {[s.name for s in steps]}")
    text = f"#define SCHEMA_STEP_COUNT {len(steps)}u\n\nstatic const char *const schema_steps[] = {{\n"
    text += ",\n".join(literal(step.read_text()) for step in steps)
    pathlib.Path(out).write_text(text + "};\n")


main()
