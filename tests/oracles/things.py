"""USA, health, devices, vehicles, wallets, tokens, travel documents, books."""

import functools
import hashlib
from pathlib import Path

from checks import (BASE58, BASE62, BECH32, RIPPLE58, base, base58_encode, base58check, bech32,
                    bech32_write, crc32, digits, keccak256, luhn, luhn_base, mrz, sha2, verhoeff, weigh)
from spec import CAPITALS, DIGITS, Spec, day, draw, plain, shape

VIN = dict(zip("ABCDEFGH", range(1, 9))) | dict(zip("JKLMN", range(1, 6))) | {"P": 7, "R": 9} | dict(zip("STUVWXYZ", range(2, 10)))
BASE36 = DIGITS + CAPITALS.lower()
CONTAINER = [v for v in range(10, 39) if v % 11]


def routing(v):
    return weigh(v, (3, 7, 1)) % 10 == 0


def dea(v):
    d = digits(v[2:])
    return (d[0] + d[2] + d[4] + 2 * (d[1] + d[3] + d[5])) % 10 == d[6]


def vin(v):
    total = sum((int(c) if c.isdigit() else VIN[c]) * w for c, w in zip(v, (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)))
    return "0123456789X"[total % 11] == v[8]


def vin_shape(rng):
    maker = rng.choice(("WVW", "WAU", "WDB", "WBA", "VBK", "TMB", "1HG", "JTD"))
    signs = DIGITS + "".join(VIN)
    return maker + "".join(rng.choices(signs, k=5)) + "?" + "".join(rng.choices(signs, k=4)) + draw(rng, "####")


def imo(v):
    return weigh(v[:6], range(7, 1, -1)) % 10 == int(v[6])


def container(v):
    numbers = [CONTAINER[CAPITALS.index(c)] for c in v[:4]] + digits(v[4:10])
    return sum(n << i for i, n in enumerate(numbers)) % 11 % 10 == int(v[10])


def _spoiled(rng, text, at, alphabet):
    """One character behind `at` becomes another one."""
    place = rng.randrange(at, len(text))
    other = rng.choice([c for c in alphabet if c != text[place]])
    return text[:place] + other + text[place + 1 :]


def _address(version, alphabet=BASE58, length=20, tail=b""):
    def make(rng, good):
        raw = bytes([rng.choice(version)]) + rng.randbytes(length) + tail
        text = base58_encode(raw + sha2(raw)[:4], alphabet)
        return text if good else _spoiled(rng, text, 2, alphabet)
    return make


def _segwit(prefix):
    def make(rng, good):
        version, size = rng.choice(((0, 20), (0, 32), (1, 32)))
        raw, bits = int.from_bytes(rng.randbytes(size), "big"), size * 8
        pad = -bits % 5
        data = [version] + [(raw << pad) >> 5 * i & 31 for i in range((bits + pad) // 5 - 1, -1, -1)]
        text = bech32_write(prefix, data, 0x2BC830A3 if version else 1)
        return text if good else _spoiled(rng, text, len(prefix) + 2, BECH32)
    return make


def _either(*makers):
    return lambda rng, good: rng.choice(makers)(rng, good)


def bitcoin(v):
    if v.startswith("bc1"):
        return bech32(v) == (1 if v[3] == "q" else 0x2BC830A3)
    return base58check(v, (0, 5))


def ethereum_mark(small):
    nibbles = keccak256(small.encode()).hex()
    return "0x" + "".join(c.upper() if int(n, 16) >= 8 else c for c, n in zip(small, nibbles))


def ethereum(rng, good):
    text = ethereum_mark(rng.randbytes(20).hex())
    if good:
        return text
    letters = [i for i, c in enumerate(text) if i > 1 and c.isalpha()]
    i = rng.choice(letters)
    return text[:i] + text[i].swapcase() + text[i + 1 :]


def monero_make(rng, good):
    raw = bytes([18]) + rng.randbytes(64)
    raw += keccak256(raw)[:4]
    text = "".join(base(int.from_bytes(raw[i : i + 8], "big"), BASE58, 11 if i < 64 else 7) for i in range(0, 69, 8))
    return text if good else _spoiled(rng, text, 2, BASE58)


def monero_valid(v):
    raw = b""
    for i in range(0, 95, 11):
        number = 0
        for c in v[i : i + 11]:
            number = number * 58 + BASE58.index(c)
        size = 8 if i < 88 else 5
        if number >= 256**size:
            return False
        raw += number.to_bytes(size, "big")
    return keccak256(raw[:-4])[:4] == raw[-4:]


def other(v):
    if v.startswith("ltc1"):
        return bech32(v) == (1 if v[4] == "q" else 0x2BC830A3)
    if v[0] == "r":
        return base58check(v, (0,), RIPPLE58)
    return monero_valid(v) if len(v) == 95 else base58check(v, (48, 50, 65))


@functools.cache
def seed_words():
    lines = (Path(__file__).parents[2] / "policies/lib/data/bip39_english.txt").read_text().splitlines()
    return [line for line in lines if line and line[0] != "#"]


def seed_phrase(rng, good):
    size, words = rng.choice((16, 20, 24, 28, 32)), seed_words()
    raw = rng.randbytes(size)
    bits = int.from_bytes(raw, "big") << size // 4 | hashlib.sha256(raw).digest()[0] >> 8 - size // 4
    bits ^= 0 if good else 1
    return " ".join(words[bits >> 11 * i & 2047] for i in range(size * 3 // 4 - 1, -1, -1))


def seed_valid(v):
    words, known = v.split(), seed_words()
    bits = 0
    for word in words:
        bits = bits << 11 | known.index(word)
    check = len(words) // 3
    raw = (bits >> check).to_bytes(len(words) * 4 // 3, "big")
    return hashlib.sha256(raw).digest()[0] >> 8 - check == bits & (1 << check) - 1


def github(prefix):
    def make(rng, good):
        body = "".join(rng.choices(BASE62, k=30))
        check = base(crc32(body), BASE62, 6)
        return prefix + body + (check if good else _spoiled(rng, check, 0, BASE62))
    return make


def grafana(rng, good):
    body = "glsa" + "_" + "".join(rng.choices(BASE62, k=32))
    check = crc32(body).to_bytes(4, "little").hex()
    return body + "_" + (check if good else _spoiled(rng, check, 0, "0123456789abcdef"))


def age(rng, good):
    text = bech32_write("age-secret" + "-key-", [rng.randrange(32) for _ in range(52)], 1).upper()
    return text if good else _spoiled(rng, text, 20, BECH32.upper())


def passport_line(rng, good):
    """The second line of a passport; a wrong one is wrong in three of its five digits."""
    number, born, ends = draw(rng, "@########"), day(rng, "YYMMDD"), day(rng, "YYMMDD", 2027, 2034)
    first, second, third, more = number + str(mrz(number)), born + str(mrz(born)), ends + str(mrz(ends)), "<" * 14 + "0"
    whole = first + second + third + more
    line = first + "D<<" + second + rng.choice("MF<") + third + more + str(mrz(whole))
    if good:
        return line
    for at in (9, 19, 27):
        line = line[:at] + str((int(line[at]) + rng.randint(1, 9)) % 10) + line[at + 1 :]
    return line


def passport_zone(rng, good):
    names = "P<D<<" + rng.choice(("MUSTERMANN<<ERIKA", "BEISPIEL<<MAX<UWE", "PROBE<<ANNA"))
    return names.ljust(44, "<") + "\n" + passport_line(rng, good)


def routable(rng, good):
    """GitLab's newer tokens: payload, its length in base 36, and a checksum over all before it."""
    payload = "".join(rng.choices(BASE62.replace("_", ""), k=rng.randint(27, 60)))
    text = "gl" + "pat-" + payload + "." + "01." + base(len(payload), BASE36, 2)
    check = base(crc32(text), BASE36, 7)
    return text + (check if good else _spoiled(rng, check, 0, BASE36))


def routable_valid(v):
    return base(crc32(v[:-7]), BASE36, 7) == v[-7:]


def line_valid(v):
    checks = ((v[:9], 9), (v[13:19], 19), (v[21:27], 27), (v[:10] + v[13:20] + v[21:43], 43))
    return all(mrz(field) == int(v[at]) for field, at in checks)


WIF = _either(_address((128,), length=32), _address((128,), length=32, tail=b"\1"))

SPECS = [
    Spec("us.routing", lambda rng: rng.choice(("01", "02", "11", "12", "21", "26", "31", "32", "61", "72")) + draw(rng, "######") + "?", routing, ("routing number", "ABA routing"), stdnum="us.rtn"),
    Spec("us.npi", shape("1########?"), lambda v: luhn("80840" + v), ("NPI", "provider NPI")),
    Spec("us.dea", lambda rng: rng.choice("ABFM") + draw(rng, "@######") + "?", dea, ("DEA", "DEA number"), bare=True),
    Spec("health.loinc", shape("####-?", "#####-?", "^###-?"), lambda v: luhn(v.replace("-", "")), ("LOINC", "Laborwert LOINC")),
    Spec("health.snomed", shape("^####00?", "^######01?", "^#####100010310?"), verhoeff, ("SNOMED CT", "SCTID")),
    Spec("device.imei", shape("35############?", "86############?", "01############?"), luhn, ("IMEI",), ("X" * 15, "XX-XXXXXX-XXXXXX-X", "XX XXXXXX XXXXXX X"), stdnum="imei", rivals=("payment.card",)),
    Spec("device.meid", lambda rng: rng.choice("AF") + "".join(rng.choices("0123456789ABCDEF", k=13)) + "?", lambda v: luhn_base(v, 16), ("MEID",), (plain,), signs="0123456789ABCDEF", stdnum="meid"),
    Spec("device.iccid", shape("8949############" + "##?", "8943############" + "##?", "8941############" + "##?"), luhn, ("ICCID", "SIM-Karte"), (plain,), stdnum="luhn", bare=True),
    Spec("vehicle.vin", vin_shape, vin, ("FIN", "Fahrgestellnummer"), signs="0123456789X", bare=True, never=""),
    Spec("vehicle.imo", shape("9#####?", "8#####?"), imo, ("Schiff", "vessel"), ("IMO |XXXXXXX", "IMO|XXXXXXX"), stdnum="imo", bare=True),
    Spec("vehicle.container", lambda rng: draw(rng, "@@@U######") + "?", container, ("Container", "container no"), (plain, "XXXX XXXXXX X", "XXXX XXXXXX-X"), stdnum="iso6346", bare=True),
    Spec("crypto.bitcoin", None, bitcoin, ("Bitcoin", "BTC wallet"), make=_either(_address((0, 5)), _segwit("bc")), bare=True),
    Spec("crypto.ethereum", None, lambda v: ethereum_mark(v[2:].lower()) == v, ("Ethereum", "ETH wallet"), make=ethereum, bare=True, never="high"),
    Spec("crypto.seed_phrase", None, seed_valid, ("Seed Phrase", "recovery phrase"), make=seed_phrase, never="high"),
    Spec("crypto.private_key", None, lambda v: base58check(v, (128,)), ("private key", "WIF"), make=WIF, bare=True),
    Spec("crypto.other_address", None, other, ("wallet", "Adresse"), make=_either(_address((48,)), _address((50,)), _address((65,)), _address((0,), RIPPLE58), _segwit("ltc"), monero_make), bare=True, rivals=("crypto.bitcoin",)),
    Spec("secret.github", None, lambda v: base(crc32(v[4:34]), BASE62, 6) == v[34:], ("token", "GH_TOKEN"), make=github("gh" + "p_"), bare=True, never="high"),
    Spec("secret.npm", None, lambda v: base(crc32(v[4:34]), BASE62, 6) == v[34:], ("npm token",), make=github("np" + "m_"), bare=True, never="high"),
    Spec("secret.grafana", None, lambda v: crc32(v[:37]).to_bytes(4, "little").hex() == v[38:], ("grafana", "token"), make=grafana, bare=True, never="high"),
    Spec("secret.age_key", None, lambda v: bech32(v) == 1, ("age", "key"), make=age, bare=True, never=""),
    Spec("secret.gitlab", None, routable_valid, ("token", "GITLAB_TOKEN"), make=routable, bare=True, never=""),
    Spec("doc.mrz", None, lambda v: line_valid(v[45:]), ("Pass", "MRZ"), make=passport_zone, bare=True, never="high", frames=("{number}", "Scan:\n{number}\nEnde")),
    Spec("doc.mrz_line", None, line_valid, ("Pass", "MRZ"), make=passport_line, bare=True, rivals=("doc.mrz",)),
]
