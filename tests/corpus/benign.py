"""What the library finds in benign text, against what people said of each finding.

`benign/judged.jsonl` has one line per finding at medium or high: where it stands (file, line, the first signs
of its text), its detector and confidence, whether it is right, and why. A finding that nobody judged is an error.
"""

import json
import re
from collections import Counter
from pathlib import Path

PLACE = Path(__file__).resolve().parent / "benign"
JUDGED = PLACE / "judged.jsonl"
# Where a new document begins: a law has a head between lines of `---`, a chapter a heading.
DOCUMENTS = {"benign_de.txt": r"\n\n\n(?=---\n)", "benign_en.txt": r"\n\n\n(?=#)"}
SHORT = 60
# Wrong findings per MB, at most.
GOALS = {"high": 2.0, "medium": 8.0}


def texts():
    """name -> document, and name -> (file, characters before it, whole file)."""
    documents, places = {}, {}
    for file, border in DOCUMENTS.items():
        whole = (PLACE / file).read_text(encoding="utf-8")
        begins = [0, *(m.end() for m in re.finditer(border, whole))]
        for begin, end in zip(begins, [*begins[1:], len(whole)]):
            name = f"benign/{file}/{begin}"
            documents[name], places[name] = whole[begin:end], (file, begin, whole)
    return documents, places


def key(finding):
    return finding["file"], finding["line"], finding["text"], finding["detector"]


def listed(found, places):
    """Findings at medium and high as the lines of the file have them, in order."""
    rows = []
    for name, (file, begin, whole) in places.items():
        for f in found[name]:
            if f["confidence"] == "low":
                continue
            start, end = begin + f["start"], begin + f["end"]
            text = " ".join(whole[start:end].split())
            line = whole.count("\n", 0, start) + 1
            rows.append({"file": file, "line": line, "text": text[:SHORT], "detector": f["detector"], "confidence": f["confidence"]})
    return rows


def judged():
    return {key(row): row for row in map(json.loads, JUDGED.read_text(encoding="utf-8").splitlines())}


def compare(rows):
    """(wrong findings, unjudged findings)."""
    said = judged()
    unjudged = [row for row in rows if key(row) not in said]
    wrong = [row for row in rows if key(row) in said and not said[key(row)]["right"]]
    return wrong, unjudged


def rates(wrong):
    """file -> level -> wrong findings per MB."""
    counts = Counter((row["file"], row["confidence"]) for row in wrong)
    size = {file: (PLACE / file).stat().st_size / 1e6 for file in DOCUMENTS}
    return {file: {level: round(counts[file, level] / size[file], 2) for level in GOALS} for file in DOCUMENTS}


def show(rows, most):
    for row in rows[:most]:
        print(f"    {row['file']}:{row['line']} {row['detector']} ({row['confidence']}): {row['text']}")
    if len(rows) > most:
        print(f"    … and {len(rows) - most} more")
