"""Turn the numbered .sql files into one C header: generate.py OUT FILE...

It has the steps, and what they come to: a new database is made of that, in a tenth of the time.
"""

import pathlib
import sqlite3
import sys


def without_comments(sql):
    lines = (line.split("--")[0].rstrip() for line in sql.splitlines())
    return "\n".join(line for line in lines if line.strip()) + "\n"


def literal(sql):
    quoted = (line.replace("\\", "\\\\").replace('"', '\\"') for line in sql.splitlines())
    return "\n".join(f'    "{line}\\n"' for line in quoted)


def whole(steps):
    """All tables, indexes and triggers as they are behind the last step."""
    database = sqlite3.connect(":memory:")
    database.executescript("".join(steps))
    found = database.execute(
        "SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'"
        " ORDER BY type <> 'table', type <> 'index', rowid"
    ).fetchall()
    for kind, name, _ in found:
        if kind == "table" and database.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]:
            sys.exit(f"a schema step leaves rows in {name}: a new database would not have them")
    return "".join(f"{sql};\n" for _, _, sql in found)


def main():
    out, *files = sys.argv[1:]
    paths = sorted(map(pathlib.Path, files), key=lambda path: path.name)
    numbers = [int(path.name[:3]) for path in paths]
    if numbers != list(range(1, len(paths) + 1)):
        sys.exit(f"schema steps must be numbered 001, 002, ...: {[p.name for p in paths]}")
    steps = [without_comments(path.read_text()) for path in paths]
    text = f"#define SCHEMA_STEP_COUNT {len(steps)}u\n\nstatic const char *const schema_steps[] = {{\n"
    text += ",\n".join(map(literal, steps))
    text += "};\n\nstatic const char schema_whole[] =\n" + literal(whole(steps))
    pathlib.Path(out).write_text(text + ";\n")


main()
