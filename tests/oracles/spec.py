"""What a format is to the oracle, and how numbers of it are drawn.

A `Spec` has a `shape`: the number with `?` where its check characters stand, drawn anew
for each number, and `valid`, the second opinion on a whole number. Every way to fill the
`?` is tried: what `valid` takes is a valid number, what it refuses has the right form and
a wrong check. So one function decides, and the generator cannot disagree with it.
"""

import itertools
import random
from dataclasses import dataclass

DIGITS = "0123456789"
CAPITALS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True)
class Spec:
    id: str
    shape: object                 # random.Random -> text with "?" for check characters
    valid: object                 # text -> bool
    words: tuple                  # labels that stand before the number
    styles: tuple = ()            # ways to write it: "XX XXX-X", "FN |XXXXXX", or functions; none: as it is
    signs: str = DIGITS           # what a "?" may be
    stdnum: str = ""              # module of python-stdnum that judges too
    stdnum_form: object = None    # compact form -> what that module wants
    bare: bool = False            # found at medium without a label (middle place of the row)
    rivals: tuple = ()            # ids that may win where the number is valid as theirs too
    never: str = "medium"         # the level that a wrong check must not reach; "": the row lets it pass
    lax: object = None            # text -> bool: wrong numbers that the row says it cannot tell, left out here
    frames: tuple = ()            # lines to stand in, where the usual ones will not do
    make: object = None           # random.Random, good -> number, where `shape` will not do


def draw(rng, pattern):
    """`#` digit, `^` digit but 0, `@` capital, `*` digit or capital; the rest as it is."""
    pools = {"#": DIGITS, "^": DIGITS[1:], "@": CAPITALS, "*": DIGITS + CAPITALS}
    return "".join(rng.choice(pools[c]) if c in pools else c for c in pattern)


def shape(*patterns):
    return lambda rng: draw(rng, rng.choice(patterns))


def day(rng, form, first=1940, last=2005):
    """A day of birth: YY, YYYY, MM, DD in a form such as `DDMMYY`."""
    y, m, d = rng.randint(first, last), rng.randint(1, 12), rng.randint(1, 28)
    for key, text in (("YYYY", f"{y}"), ("YY", f"{y % 100:02}"), ("MM", f"{m:02}"), ("DD", f"{d:02}")):
        form = form.replace(key, text)
    return form


def dated(pattern, first=1940, last=2005):
    return lambda rng: draw(rng, day(rng, pattern, first, last))


def number(spec, rng, good=True):
    """A number of the format: valid, or with a wrong check."""
    if spec.make:
        return spec.make(rng, good)
    for _ in range(500):
        form = spec.shape(rng)
        places = form.count("?")
        tries = [rng.choices(spec.signs, k=places) for _ in range(40)]
        if good:
            tries = itertools.product(rng.sample(spec.signs, len(spec.signs)), repeat=places)
        for signs in tries:
            left = iter(signs)
            text = "".join(next(left) if c == "?" else c for c in form)
            if spec.valid(text) is good and (good or not (spec.lax and spec.lax(text))):
                return text
    raise ValueError(f"{spec.id}: no {'valid' if good else 'invalid'} number in 500 shapes")


def write(spec, rng, text):
    """(what only names it, the number) in one of its usual ways: `FN |X` in a style is such a name."""
    style = rng.choice(spec.styles) if spec.styles else plain
    if callable(style):
        name, bar, written = style(text).rpartition("|")
        return name, written
    name, bar, style = style.rpartition("|")
    left = iter(text)
    written = "".join(next(left) if c == "X" else c for c in style)
    assert next(left, None) is None, (spec.id, style, text)
    return name, written


def groups(size, separator=" "):
    return lambda text: separator.join(text[i : i + size] for i in range(0, len(text), size))


def plain(text):
    return text


def source(*seed):
    return random.Random("/".join(str(s) for s in seed))
