"""Documents with ground truth, from templates and invented values.

    python generate.py develop 25 > corpus.jsonl

writes every template of `develop/` 25 times, each time with other values: one line
`{"id", "area", "template", "text", "truth": [{"id", "start", "end"}], "allowed": [id]}`
per document, with positions in Unicode code points. The same call writes the same bytes.

A template file holds templates, each behind a line `=== name | key: value | …`:

    === kontowechsel | area: bank | allow: doc.email_thread
    Sehr geehrte Frau {surname},
    meine neue IBAN lautet {iban}, <<bitte ändern||danke für die Änderung>>.
    *3 {name};{iban};{email}
    [[health.diagnosis_term|Asthma]]

`{kind}` is a value, `{kind#a}` the same value at each place of the document (`#row`: of the
line); `<<a||b>>` one of the two; `*3` at the start of a line writes it three times, each with
other values; `[[id|text]]` is a text (slots and all) that a detector must find, and
`[[?id|text]]` one that it may find. `expect` names detectors that must find something
somewhere, `allow` those that may. A literal brace or bracket is doubled only where it would
be read: `{{`.
"""

import json
import random
import re
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "oracles")]

from values import Values  # noqa: E402

TOKEN = re.compile(r"\{\{|\{(?P<kind>[a-z][a-z0-9_.]*)(?:#(?P<key>\w+))?\}|\[\[(?P<id>\??[a-z_]+\.[a-z0-9_]+)\||\]\]|<<|\|\||>>")


class Document:
    """A template being written."""

    def __init__(self, values, rng):
        self.values, self.rng = values, rng
        self.known, self.row = {}, {}
        self.text, self.truth = "", []

    def mark(self, id_, start):
        self.truth.append({"id": id_.lstrip("?"), "start": start, "end": len(self.text)} | ({"optional": True} if id_[0] == "?" else {}))

    def slot(self, kind, key):
        store = self.row if key == "row" else self.known
        if key and (kind, key) in store:
            value = store[kind, key]
        else:
            value = self.values.draw(kind, key and store.setdefault(("person", key), {}))
            store[kind, key] = value
        id_, *name, text = value
        self.text += "".join(name)
        start = len(self.text)
        self.text += text
        if id_:
            self.mark(id_, start)

    def write(self, template):
        for line in template.split("\n"):
            times, _, rest = line.partition(" ") if re.match(r"\*\d+ ", line) else ("*1", "", line)
            for _ in range(int(times[1:])):
                self.row = {}
                self.line(rest)
                self.text += "\n"
        self.text = self.text.rstrip("\n") + "\n"

    def line(self, line):
        at, marks = 0, []
        line = self.chosen(line)
        for token in TOKEN.finditer(line):
            self.text += line[at : token.start()]
            at = token.end()
            if token["kind"]:
                self.slot(token["kind"], token["key"])
            elif token["id"]:
                marks.append((token["id"], len(self.text)))
            elif token[0] == "]]" and marks:
                self.mark(*marks.pop())
            else:
                self.text += "{" if token[0] == "{{" else token[0]
        assert not marks, line
        self.text += line[at:]

    def chosen(self, line):
        """`<<a||b>>` decided, inner ones first."""
        while found := re.search(r"<<((?:(?!<<|>>).)*\|\|(?:(?!<<|>>).)*)>>", line):
            line = line[: found.start()] + self.rng.choice(found[1].split("||")) + line[found.end() :]
        return line


def templates(folder):
    """(name, settings, text) of every template of a folder."""
    for path in sorted(folder.glob("*.txt")):
        for part in re.split(r"(?m)^=== ", path.read_text())[1:]:
            head, _, body = part.partition("\n")
            name, *more = (h.strip() for h in head.split("|"))
            settings = dict(tuple(m.strip() for m in s.split(":", 1)) for s in more)
            yield f"{path.stem}/{name}", settings, body.strip("\n")


def ids(settings, key):
    return [i.strip() for i in settings.get(key, "").split(",") if i.strip()]


def documents(which, copies):
    for name, settings, body in templates(HERE / which):
        for copy in range(copies):
            rng = random.Random(f"riegel corpus 1/{which}/{name}/{copy}")
            document = Document(Values(which, rng), rng)
            document.write(body)
            truth = document.truth + [{"id": i, "start": 0, "end": len(document.text)} for i in ids(settings, "expect")]
            yield {"id": f"{which}/{name}/{copy}", "area": settings["area"], "template": name, "text": document.text,
                   "truth": truth, "allowed": ids(settings, "allow")}


def main():
    which, copies = (sys.argv[1:] + ["develop", "25"][len(sys.argv) - 1 :])[:2]
    for document in documents(which, int(copies)):
        print(json.dumps(document, ensure_ascii=False))


if __name__ == "__main__":
    main()
