#!/usr/bin/env python3
"""Measures changed-lines coverage on the commits of public histories: docs/patch-coverage.md says how.

For every row of `commits.csv` it needs two coverage reports, of the commit's parent and of the
commit, as REPORTS/PROJECT/COMMIT/base.xml and head.xml (`/` in PROJECT is written `+`, COMMIT has
its first twelve digits). With `--run COMMAND` it makes those that are missing: COMMAND runs in a
checkout and leaves coverage.xml there. `gate check` judges them; what is counted comes from its
verdict and from the record that it writes.

    measure.py --gate target/debug/gate --histories DIR --reports DIR --out DIR

HISTORIES has a clone of each project, as PROJECT or PROJECT/repo. OUT gets table.csv, lines.csv
(each uncovered changed line with its class and origin) and table.md. Nothing of the projects' code
is written.
"""

import argparse
import csv
import json
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
CLASSES = ["new", "regressed", "moved", "reformatted"]
COLUMNS = ["project", "commit", "kind", "added", "executable", "uncovered", *CLASSES, "counted"]


def run(*command, cwd=None, check=True):
    done = subprocess.run(command, cwd=cwd, capture_output=True, check=False)
    if check and done.returncode != 0:
        raise SystemExit(f"{' '.join(map(str, command))}:\n{done.stderr.decode(errors='replace')}")
    return done


def policy(packages):
    """One rule a class: each counts the covered new lines, and the uncovered ones of its class."""
    include = ", ".join(f'"{package}/**/*.py"' for package in packages)
    rules = "".join(
        f"  {name} lines:\n    coverage: {{ report: coverage, of: changed-lines, at-least: 100%, "
        f"count: [{name}], paths: {{ include: [{include}] }} }}\n"
        for name in CLASSES
    )
    return f"version: 1\nreports:\n  coverage: {{ file: coverage.xml, format: cobertura }}\nrules:\n{rules}"


def judge(gate, checkout, base, head, row, scratch):
    """What gate makes of it: its verdict and its record."""
    rules, record = scratch / "gate.yml", scratch / "record.json"
    rules.write_text(policy(row["packages"].split()))
    done = run(
        gate, "check", "--policy", rules, "--base", f"{row['commit']}^", "--format", "json",
        "--report", f"coverage={head}", "--baseline", f"coverage={base}", "--record", record,
        cwd=checkout, check=False,
    )
    if done.returncode not in (0, 1, 3):
        raise SystemExit(f"{row['project']} {row['commit']}: {done.stderr.decode(errors='replace')}")
    return json.loads(done.stdout), json.loads(record.read_text())["evidence"]


def files(report):
    """The lines of a report: path → number → hits."""
    piece = report["present"]["content"]["coverage"]
    return {file["path"]: {line[0]: line[1] for line in file["lines"]} for file in piece["files"]}


def classified(evidence, packages):
    """Every uncovered changed line with its class and origin, by the record's change set."""
    head = files(evidence["reports"]["coverage"])
    base = files(evidence["baseline"]["reports"]["coverage"])
    for change in evidence["changes"]["present"]["files"]:
        path = change["path"]
        if change["kind"] == "removed" or not belongs(path, packages):
            continue
        for added in change.get("added", []):
            for number, hits in head.get(path, {}).items():
                offset = number - added["start"]
                if hits or not 0 <= offset < added["lines"]:
                    continue
                origin = added.get("origin")
                was = origin and base.get(origin["path"], {}).get(origin["start"] + offset)
                if was is None:
                    yield path, number, "new", ""
                else:
                    name = "regressed" if was else origin["how"]
                    yield path, number, name, f"{origin['path']}:{origin['start'] + offset}"


def belongs(path, packages):
    return path.endswith(".py") and any(path.startswith(f"{package}/") for package in packages)


def added_lines(checkout, commit, packages):
    """The `+` lines of git's own diff with its defaults, as Codecov and diff-cover take them."""
    diff = run(
        "git", "-c", "core.quotePath=false", "diff", "--unified=0", "--no-color", "--no-ext-diff",
        f"{commit}^", commit, cwd=checkout,
    ).stdout.decode(errors="replace")
    path, number, left, lines = None, 0, (0, 0), set()
    for line in diff.split("\n"):
        if left == (0, 0):
            if line.startswith("+++ "):
                path = line[6:].rstrip("\t") if line.startswith("+++ b/") else None
            elif line.startswith("@@ "):
                old, new = (side[1:].partition(",") for side in line.split(" ")[1:3])
                left = tuple(int(side[2] or 1) if side[1] else 1 for side in (old, new))
                number = int(new[0])
        elif line.startswith("-"):
            left = (left[0] - 1, left[1])
        elif line.startswith("+"):
            left = (left[0], left[1] - 1)
            if path and belongs(path, packages):
                lines.add((path, number))
            number += 1
    return lines


def uncovered_by_verdict(verdict):
    """How many uncovered lines gate counts in each class, by the inequality of its rule."""
    counts = {}
    for rule in verdict["rules"]:
        compared = [reason["comparison"] for reason in rule["reasons"] if reason.get("comparison")]
        counts[rule["name"].split()[0]] = sum(
            one["total"] - one["covered"] for one in compared
        )
    return counts


def measured(options, row):
    name = row["project"].replace("/", "+")
    history = Path(options.histories) / name
    history = history / "repo" if (history / "repo").is_dir() else history
    folder = Path(options.reports) / name / row["commit"][:12]
    with tempfile.TemporaryDirectory() as scratch:
        scratch = Path(scratch)
        checkout = scratch / "checkout"
        run("git", "clone", "--quiet", "--shared", "--no-checkout", history.resolve(), checkout)
        for side, revision in (("base", f"{row['commit']}^"), ("head", row["commit"])):
            run("git", "checkout", "--quiet", "--force", revision, cwd=checkout)
            report = folder / f"{side}.xml"
            if not report.exists() and options.run:
                folder.mkdir(parents=True, exist_ok=True)
                subprocess.run(options.run, shell=True, cwd=checkout, check=False)
                (checkout / "coverage.xml").rename(report)
                run("git", "clean", "-ffdxq", cwd=checkout)
        packages = row["packages"].split()
        verdict, evidence = judge(
            options.gate, checkout, (folder / "base.xml").resolve(), (folder / "head.xml").resolve(), row, scratch
        )
        head = files(evidence["reports"]["coverage"])
        added = added_lines(checkout, row["commit"], packages)
    executable = {(path, line) for path, line in added if line in head.get(path, {})}
    lines = sorted(classified(evidence, packages))
    counts = {name: sum(1 for line in lines if line[2] == name) for name in CLASSES}
    said = uncovered_by_verdict(verdict)
    if counts != said:
        raise SystemExit(f"{row['project']} {row['commit']}: the record has {counts}, the verdict {said}")
    facts = {
        "project": row["project"], "commit": row["commit"], "kind": row["kind"],
        "added": len(added), "executable": len(executable),
        "uncovered": sum(1 for path, line in executable if not head[path][line]),
        **counts, "counted": counts["new"] + counts["regressed"],
    }
    return facts, [(row["project"], row["commit"], *line) for line in lines]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--commits", default=HERE / "commits.csv")
    parser.add_argument("--gate", required=True)
    parser.add_argument("--histories", required=True)
    parser.add_argument("--reports", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--run", help="makes coverage.xml in a checkout")
    options = parser.parse_args()
    options.gate = str(Path(options.gate).resolve())
    out = Path(options.out)
    out.mkdir(parents=True, exist_ok=True)
    with open(options.commits, newline="") as commits:
        rows = list(csv.DictReader(commits))
    table, lines = [], []
    for row in rows:
        facts, its_lines = measured(options, row)
        table.append(facts)
        lines += its_lines
        print(" ".join(str(facts[column]) for column in COLUMNS), file=sys.stderr, flush=True)
    total = {column: sum(facts[column] for facts in table) for column in COLUMNS[3:]}
    with open(out / "table.csv", "w", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(table)
    with open(out / "lines.csv", "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["project", "commit", "path", "line", "class", "origin"])
        writer.writerows(lines)
    with open(out / "table.md", "w") as file:
        print("| " + " | ".join(COLUMNS) + " |", file=file)
        print("|" + "---|" * len(COLUMNS), file=file)
        for facts in table:
            cells = [facts["project"], f"`{facts['commit'][:9]}`", facts["kind"]]
            print("| " + " | ".join(cells + [str(facts[c]) for c in COLUMNS[3:]]) + " |", file=file)
        cells = [f"{len(table)} commits", "", ""]
        print("| " + " | ".join(cells + [str(total[c]) for c in COLUMNS[3:]]) + " |", file=file)


if __name__ == "__main__":
    main()
