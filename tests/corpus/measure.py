"""Recall and precision of `riegel scan` over a set of documents with ground truth.

    python measure.py develop|held_out|FILE.jsonl [--copies 25] [--show N] [--only ID] [--policy FILE]...
    python measure.py --floors | --write-floors

A truth is found when a finding at medium or above with its id, or with a declared rival,
overlaps it. A finding is right when it overlaps a truth or a permitted text of its id or
of one whose rival it is, or when its document permits it as a whole (tables, letters).
Exits 1 where an area stays below its goal. `--floors` measures both sets and the benign text with one
scanner and exits 1 where something is worse than `floors.json` says.
"""

import argparse
import json
import sys
from collections import Counter, defaultdict
from pathlib import Path

import generate
import riegel

GOAL, PEOPLE = (0.99, 0.99), (0.85, 0.90)
OWN_AREA = {"person.name": "names", "place.address": "addresses", "place.postcode_town": "addresses"}
COUNTRIES = ("de", "at", "ch", "li", "us")
NOT_EUROPE = {"contact", "person", "place", "payment", "bank", "net", "device", "vehicle", "secret", "crypto", "marking",
              "special", "legal", "business", "ai", "doc", "health", "eu", *COUNTRIES}

# What stands for an id although it is another: the same thing, seen from another side.
RIVALS = {
    "place.postcode_town": ("place.address",),
    "de.plz": ("place.postcode_town", "place.address"),
    "at.plz": ("place.postcode_town", "place.address", "de.plz"),
    "person.name": ("payment.cardholder",),
    "payment.cardholder": ("person.name",),
    "person.customer_number": ("de.policy_number", "health.plan_id"),
    "de.policy_number": ("person.customer_number", "health.plan_id"),
    "net.url": ("net.domain",),
    "de.kfz": ("at.kennzeichen",),
    "bank.account": ("de.bank_account", "us.bank_account"),
    "secret.wifi": ("secret.password_assignment",),
    "eu.vat": ("at.uid", "de.ust_id"),
    "bank.rf_reference": ("ch.scor",),
    "ch.scor": ("bank.rf_reference",),
    "doc.mrz_line": ("doc.mrz",),
    "doc.table": ("business.customer_list", "business.price_table"),
    "cz.rc": ("sk.rc",),
    "ee.ik": ("lt.asmens",),
    "lt.asmens": ("ee.ik",),
    "de.zanr": ("de.lanr",),
    "secret.aws_secret_key": ("secret.generic",),
    "secret.auth_header": ("secret.jwt", "secret.generic"),
    "secret.generic": ("secret.high_entropy", "secret.saml"),
    "net.user_agent": ("secret.saml",),
}
# What is right inside a truth, but does not find it.
PARTS = {"place.address": ("place.postcode_town", "de.plz", "at.plz", "us.zip")}
RIVALS |= {i: ("eu.vat",) for i in ("be.vat", "fr.tva", "nl.btw", "gb.vat", "hr.oib", "it.iva", "pl.nip", "dk.cvr", "es.cif", "lu.tva", "cz.ico", "pt.nif", "ro.cui")}


def area(id_):
    if id_ in OWN_AREA:
        return OWN_AREA[id_]
    first = id_.split(".")[0]
    return first if first in NOT_EUROPE else "europe"


def same(truth, found):
    return found == truth or found in RIVALS.get(truth, ())


def fits(truth, found):
    return same(truth, found) or found in PARTS.get(truth, ())


def overlap(a, b):
    return a["start"] < b["end"] and b["start"] < a["end"]


def load(which, copies):
    if which.endswith(".jsonl"):
        return [json.loads(line) for line in Path(which).read_text().splitlines()]
    return list(generate.documents(which, copies))


def compare(document, findings):
    """(truths with found or not, findings with right or not)."""
    findings = [f for f in findings if f["confidence"] != "low"]
    truth = document["truth"]
    permitted = set(document["allowed"])
    hits = [(t, any(same(t["id"], f["detector"]) and overlap(t, f) for f in findings)) for t in truth if not t.get("optional")]
    right = [(f, f["detector"] in permitted or any(fits(t["id"], f["detector"]) and overlap(t, f) for t in truth)) for f in findings]
    return hits, right


def table(title, truths, findings, goals=None):
    """Prints one row per key; gives the keys below their goal."""
    below = []
    print(f"\n{title:28} {'found':>11} {'recall':>7} {'right':>11} {'precision':>9}")
    for key in sorted(set(k for k, _ in truths) | set(k for k, _ in findings)):
        t, hit = truths[key, True] + truths[key, False], truths[key, True]
        f, good = findings[key, True] + findings[key, False], findings[key, True]
        recall, precision = hit / t if t else 1, good / f if f else 1
        low = goals and (recall < goals(key)[0] or precision < goals(key)[1])
        below += [key] if low else []
        print(f"{key:28} {hit:>5}/{t:<5} {recall:7.3f} {good:>5}/{f:<5} {precision:9.3f}{'  <--' if low else ''}")
    return below


def show(title, cases, most):
    print(f"\n{title}")
    for key, examples in sorted(cases.items(), key=lambda c: -len(c[1])):
        print(f"  {key}: {len(examples)}")
        for text in examples[:most]:
            print(f"    {text}")


def around(document, span, findings=()):
    text, a, b = document["text"], span["start"], span["end"]
    body = text[a:b] if b - a < 90 else text[a : a + 60] + "…"
    line = text[max(0, a - 40) : a] + "⟦" + body + "⟧" + text[b : b + 25]
    others = [f"{f['detector']}({f['confidence']})" for f in findings if overlap(f, span)]
    return line.replace("\n", "⏎") + (f"   [{', '.join(others)}]" if others else "")


class Count:
    """What was found and what was right, per area and per id."""

    def __init__(self):
        self.truths_by_area, self.findings_by_area = Counter(), Counter()
        self.truths, self.findings = Counter(), Counter()
        self.missed, self.false = defaultdict(list), defaultdict(list)

    def areas(self):
        """area -> recall and precision."""
        names = sorted({a for a, _ in self.truths_by_area} | {a for a, _ in self.findings_by_area})
        both = (("recall", self.truths_by_area), ("precision", self.findings_by_area))
        return {a: {what: share(counts, a) for what, counts in both} for a in names}


def share(counts, key):
    """How much of it is right; all of nothing."""
    whole = counts[key, True] + counts[key, False]
    return counts[key, True] / whole if whole else 1


def goal(area_):
    return PEOPLE if area_ in ("names", "addresses") else GOAL


def count(documents, found, only=""):
    """Compares all documents; `found` is id -> findings."""
    c = Count()
    for d in documents:
        hits, right = compare(d, found[d["id"]])
        for t, hit in hits:
            if t["id"].startswith(only):
                c.truths_by_area[area(t["id"]), hit] += 1
                c.truths[t["id"], hit] += 1
                if not hit:
                    c.missed[t["id"]].append(f"{d['template']}: {around(d, t, found[d['id']])}")
        for f, good in right:
            if f["detector"].startswith(only):
                c.findings_by_area[area(f["detector"]), good] += 1
                c.findings[f["detector"], good] += 1
                if not good:
                    c.false[f["detector"]].append(f"{d['template']}: {around(d, f)} {f['confidence']}")
    return c


def main():
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("which", nargs="?")
    ask.add_argument("--copies", type=int, default=25)
    ask.add_argument("--show", type=int, default=0, help="print so many misses and false alarms of each id")
    ask.add_argument("--only", default="", help="only ids that begin so")
    ask.add_argument("--policy", action="append", default=[], help="scan with this policy; several are put together")
    ask.add_argument("--floors", action="store_true", help="both sets and the benign text, against floors.json")
    ask.add_argument("--write-floors", action="store_true", help="write floors.json")
    asked = ask.parse_args()
    if asked.floors or asked.write_floors:
        import floors

        return floors.main(asked.write_floors)
    if not asked.which:
        ask.error("which set?")

    documents = load(asked.which, asked.copies)
    found = riegel.scan({d["id"]: d["text"] for d in documents}, asked.policy)
    c = count(documents, found, asked.only)
    print(f"{len(documents)} documents, {sum(c.truths.values())} truths, {sum(c.findings.values())} findings at medium or above")
    table("id", c.truths, c.findings)
    below = table("area", c.truths_by_area, c.findings_by_area, goal)
    if asked.show:
        show("misses", c.missed, asked.show)
        show("false alarms", c.false, asked.show)
    return 1 if below else 0


if __name__ == "__main__":
    sys.exit(main())
