"""What may not get worse: recall and precision per area and set, wrong findings per MB in benign text.

`floors.json` has the numbers; `measure.py --write-floors` writes them, a hair below what is measured.
"""

import json
from pathlib import Path

import benign
import measure
import riegel

FLOORS = Path(__file__).resolve().parent / "floors.json"
SETS = ("develop", "held_out")
COPIES = 20
HAIR = 0.005
SHOWN = 20


def measured(copies):
    """One scanner for all documents: (set -> area -> recall and precision, benign findings)."""
    sets = {which: measure.load(which, copies) for which in SETS}
    texts, places = benign.texts()
    for which, documents in sets.items():
        texts |= {f"{which}/{d['id']}": d["text"] for d in documents}
    found = riegel.scan(texts)
    areas = {}
    for which, documents in sets.items():
        count = measure.count(documents, {d["id"]: found[f"{which}/{d['id']}"] for d in documents})
        print(f"\n{which}: {len(documents)} documents")
        measure.table("area", count.truths_by_area, count.findings_by_area, measure.goal)
        areas[which] = count.areas()
    return areas, benign.listed(found, places)


def below(floors, areas):
    """Sentences about areas that are below their floors, or are gone."""
    for which in SETS:
        for area, floor in floors[which].items():
            have = areas[which].get(area)
            if have is None:
                yield f"{which}: {area} has no truths and no findings any more"
                continue
            for what in ("recall", "precision"):
                if have[what] < floor[what]:
                    yield f"{which}: {what} of {area} is {have[what]:.3f}, its floor {floor[what]:.3f}"


def above(floors, rates):
    """Sentences about benign files with more wrong findings than they may have."""
    for file, levels in rates.items():
        for level, rate in levels.items():
            most = max(benign.GOALS[level], floors["benign"].get(file, {}).get(level, 0))
            if rate > most:
                yield f"{file}: {rate} wrong findings per MB at {level}, at most {most}"


def as_floors(areas, rates, copies):
    lower = {w: {a: {k: max(0, round(v - HAIR, 3)) for k, v in n.items()} for a, n in areas[w].items()} for w in SETS}
    return {"copies": copies, **lower, "benign": rates}


def report(wrong, unjudged, rates):
    for file, levels in rates.items():
        told = ", ".join(f"{rate} at {level} (goal {benign.GOALS[level]})" for level, rate in levels.items())
        print(f"{file}: wrong findings per MB: {told}")
    if unjudged:
        print(f"  not judged in {benign.JUDGED.name}: {len(unjudged)}")
        benign.show(unjudged, SHOWN)


def main(write):
    old = json.loads(FLOORS.read_text()) if FLOORS.exists() else {"copies": COPIES}
    areas, rows = measured(COPIES if write else old["copies"])
    wrong, unjudged = benign.compare(rows)
    rates = benign.rates(wrong)
    print()
    report(wrong, unjudged, rates)
    if write:
        FLOORS.write_text(json.dumps(as_floors(areas, rates, COPIES), indent=1) + "\n")
        print(f"written: {FLOORS.name}")
        return 1 if unjudged else 0
    problems = [*below(old, areas), *above(old, rates)]
    for problem in problems:
        print(f"  {problem}")
    return 1 if problems or unjudged else 0
