"""Every detector with a check digit against a second opinion.

For each format of the tables: valid numbers must be found with its id and the right span,
numbers with a wrong check must not be found with it at medium or above. The numbers are
judged by the functions of these tables and, where it has the format, by python-stdnum.

    python run.py [--only ID] [--valid 200] [--invalid 2000] [--policy FILE]... [--show]

It needs `python-stdnum` and a `riegel` binary (`RIEGEL`, else the newest below target/).
"""

import argparse
import importlib
import sys
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "corpus"))

import alps
import europe
import germany
import money
import riegel
import spec
import things

STDNUM = "2.2"
TABLES = (germany, alps, europe, money, things)
SEED = "riegel oracles 1"
LABELLED = ("{word}: {number}", "{word} {number}", "Bitte prüfen Sie {word} {number}.", "{word}\t{number}\tok",
            "{word} = {number}, wie besprochen", "Please check the {word} {number} again.")
BARE = ("Im Formular steht {number}.", "{number}", "Der Eintrag {number} wurde übernommen.", "We noted {number} yesterday.")


def judge(s):
    """python-stdnum's opinion on a compact number, or None."""
    if not s.stdnum:
        return None
    module = importlib.import_module(f"stdnum.{s.stdnum}")
    form = s.stdnum_form or spec.plain
    return lambda text: module.is_valid(form(text))


def cases(s, how_many, good):
    """(text, start, end, number) of numbers that both opinions agree on."""
    rng, other = spec.source(SEED, s.id, s.words, good), judge(s)
    made = disagreed = 0
    while made < how_many:
        compact = spec.number(s, rng, good)
        if other and other(compact) is not good:
            disagreed += 1
            if disagreed > how_many:
                raise SystemExit(f"{s.id}: python-stdnum says {not good} of {compact} and {disagreed} more")
            continue
        name, written = spec.write(s, rng, compact)
        frames = s.frames or (BARE if good and s.bare and rng.random() < 0.25 else LABELLED)
        before, after = rng.choice(frames).replace("{word}", rng.choice(s.words)).split("{number}")
        before += name
        made += 1
        yield before + written + after, len(before), len(before) + len(written), compact


def found_right(s, findings, start, end):
    wanted = (s.id, *s.rivals)
    return any(f["detector"] in wanted and (f["start"], f["end"]) == (start, end) and riegel.LEVELS[f["confidence"]] > 0
               for f in findings)


def wrongly_found(s, findings, start, end):
    limit = riegel.LEVELS[s.never] if s.never else 3
    return any(f["detector"] == s.id and f["start"] < end and start < f["end"] and riegel.LEVELS[f["confidence"]] >= limit
               for f in findings)


def main():
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--only", help="a detector's id, or its beginning")
    ask.add_argument("--valid", type=int, default=200)
    ask.add_argument("--invalid", type=int, default=2000)
    ask.add_argument("--policy", action="append", default=[], help="scan with this policy; several are put together")
    ask.add_argument("--show", type=int, default=0, help="print so many disagreements of each kind")
    asked = ask.parse_args()

    import stdnum

    if stdnum.__version__ != STDNUM:
        raise SystemExit(f"python-stdnum is {stdnum.__version__}, the tables were written for {STDNUM}")
    specs = [s for t in TABLES for s in t.SPECS if s.id.startswith(asked.only or "")]
    plan, texts = {}, {}
    for at, s in enumerate(specs):
        for good, how_many in ((True, asked.valid), (False, asked.invalid)):
            for n, case in enumerate(cases(s, how_many, good)):
                name = f"{at}/{good}/{n}"
                plan[name], texts[name] = (s, good, case), case[0]
    found = riegel.scan(texts, asked.policy)

    right, total, wrong = Counter(), Counter(), {}
    for name, (s, good, (text, start, end, _)) in plan.items():
        at = name.split("/")[0]
        fine = found_right(s, found[name], start, end) if good else not wrongly_found(s, found[name], start, end)
        total[at, good] += 1
        right[at, good] += fine
        if not fine:
            wrong.setdefault((at, good), []).append((text, found[name]))
    print(f"{'detector':24} {'valid found':>13} {'invalid refused':>17}  oracle")
    for at, s in enumerate(specs):
        row = [f"{right[str(at), g]}/{total[str(at), g]}" for g in (True, False)]
        bad = "" if not any((str(at), g) in wrong for g in (True, False)) else "  <--"
        print(f"{s.id:24} {row[0]:>13} {row[1]:>17}  {'stdnum.' + s.stdnum if s.stdnum else 'own'}{bad}")
        for good in (True, False):
            for text, findings in wrong.get((str(at), good), [])[: asked.show]:
                print(f"    {'missed' if good else 'wrongly found'}: {text!r}")
                print(f"        {[(f['detector'], text[f['start']:f['end']], f['confidence']) for f in findings]}")
    print(f"{len(specs)} formats, {len(texts)} numbers, {sum(map(len, wrong.values()))} disagreements")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
