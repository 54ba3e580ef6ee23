"""Check-digit algorithms, written from their definitions and nothing else.

They take the compact form (no separators, capitals) and say whether it holds. Nothing
here was read from a `.riegel` file: this is the second opinion.
"""

import datetime
import hashlib
import zlib

ALNUM = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
RIPPLE58 = "rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz"
BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def digits(text):
    return [int(c) for c in text]


def values(text):
    """A=10 … Z=35, digits as they are."""
    return [ALNUM.index(c) for c in text]


def spelled(text):
    """The same, written out as one number."""
    return "".join(str(v) for v in values(text))


def weigh(text, weights):
    """Sum of value times weight; weights start over."""
    return sum(v * weights[i % len(weights)] for i, v in enumerate(values(text)))


def cross(number):
    """Digit sum."""
    return sum(int(c) for c in str(number))


def weigh_cross(text, weights):
    """Sum of the digit sums of the products."""
    return sum(cross(v * weights[i % len(weights)]) for i, v in enumerate(values(text)))


def luhn(text):
    total = 0
    for i, d in enumerate(reversed(digits(text))):
        total += cross(2 * d) if i % 2 else d
    return total % 10 == 0


def luhn_base(text, base):
    """Luhn in another base: what is doubled loses base - 1 when it reaches the base."""
    total = 0
    for i, v in enumerate(reversed(values(text))):
        doubled = 2 * v
        total += (doubled // base + doubled % base) if i % 2 else v
    return total % base == 0


def mod97(text):
    return int(spelled(text)) % 97 == 1


def iban97(text):
    return mod97(text[4:] + text[:4])


def mod11_10(text):
    """ISO 7064 mod 11,10."""
    rest = 10
    for d in digits(text[:-1]):
        rest = ((rest + d) % 10 or 10) * 2 % 11
    return (11 - rest) % 10 == int(text[-1])


def gs1(text):
    return sum(d * (3 if i % 2 else 1) for i, d in enumerate(reversed(digits(text)))) % 10 == 0


def mod10_recursive(text):
    carry = 0
    for d in digits(text[:-1]):
        carry = (0, 9, 4, 6, 8, 2, 7, 1, 3, 5)[(carry + d) % 10]
    return (10 - carry) % 10 == int(text[-1])


def _dihedral(a, b):
    """The group D5: rotations 0-4, reflections 5-9."""
    if a < 5:
        return (a + b) % 5 if b < 5 else (a + b - 5) % 5 + 5
    return (a - 5 - b) % 5 + 5 if b < 5 else (a - b) % 5


def verhoeff(text):
    step, check = (1, 5, 7, 6, 2, 8, 3, 0, 9, 4), 0
    for i, d in enumerate(reversed(digits(text))):
        for _ in range(i % 8):
            d = step[d]
        check = _dihedral(check, d)
    return check == 0


def date(year, month, day):
    try:
        datetime.date(int(year), int(month), int(day))
    except ValueError:
        return False
    return True


def any_century(yy, month, day):
    return any(date(c + int(yy), month, day) for c in (1800, 1900, 2000))


def crc32(text):
    return zlib.crc32(text.encode())


def base(number, alphabet, width):
    """A number in the base of the alphabet, padded on the left."""
    out = ""
    while number:
        number, rest = divmod(number, len(alphabet))
        out = alphabet[rest] + out
    return out.rjust(width, alphabet[0])


def base58_decode(text, alphabet=BASE58):
    number = 0
    for c in text:
        number = number * 58 + alphabet.index(c)
    zeros = len(text) - len(text.lstrip(alphabet[0]))
    return bytes(zeros) + number.to_bytes((number.bit_length() + 7) // 8, "big")


def base58_encode(raw, alphabet=BASE58):
    zeros = len(raw) - len(raw.lstrip(b"\0"))
    number = int.from_bytes(raw, "big")
    return alphabet[0] * zeros + (base(number, alphabet, 0) if number else "")


def sha2(raw):
    return hashlib.sha256(hashlib.sha256(raw).digest()).digest()


def base58check(text, versions, alphabet=BASE58):
    raw = base58_decode(text, alphabet)
    return len(raw) > 5 and raw[0] in versions and sha2(raw[:-4])[:4] == raw[-4:]


def bech32_sum(prefix, data):
    values_ = [ord(c) >> 5 for c in prefix] + [0] + [ord(c) & 31 for c in prefix] + data
    check = 1
    for v in values_:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ v
        for i, g in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            check ^= g if top >> i & 1 else 0
    return check


def bech32(text):
    """1 for bech32, 0x2bc830a3 for bech32m, anything else is wrong."""
    prefix, _, data = text.lower().rpartition("1")
    return bech32_sum(prefix, [BECH32.index(c) for c in data])


def bech32_write(prefix, data, constant):
    check = bech32_sum(prefix, data + [0] * 6) ^ constant
    return prefix + "1" + "".join(BECH32[v] for v in data + [check >> 5 * (5 - i) & 31 for i in range(6)])


def _rotate(value, by):
    return ((value << by) | (value >> (64 - by))) & (1 << 64) - 1 if by else value


def _keccak_f(lanes):
    lfsr = 1
    for _ in range(24):
        c = [lanes[x][0] ^ lanes[x][1] ^ lanes[x][2] ^ lanes[x][3] ^ lanes[x][4] for x in range(5)]
        d = [c[(x + 4) % 5] ^ _rotate(c[(x + 1) % 5], 1) for x in range(5)]
        lanes = [[lanes[x][y] ^ d[x] for y in range(5)] for x in range(5)]
        x, y, current = 1, 0, lanes[1][0]
        for t in range(24):
            x, y = y, (2 * x + 3 * y) % 5
            current, lanes[x][y] = lanes[x][y], _rotate(current, (t + 1) * (t + 2) // 2 % 64)
        for y in range(5):
            row = [lanes[x][y] for x in range(5)]
            for x in range(5):
                lanes[x][y] = row[x] ^ (~row[(x + 1) % 5] & row[(x + 2) % 5])
        for j in range(7):
            lfsr = (lfsr << 1 ^ (lfsr >> 7) * 0x71) % 256
            if lfsr & 2:
                lanes[0][0] ^= 1 << (1 << j) - 1
    return lanes


def keccak256(raw):
    """Keccak-256 as first submitted (Ethereum, Monero), not SHA3-256."""
    rate, lanes = 136, [[0] * 5 for _ in range(5)]
    padded = bytearray(raw + b"\x01" + bytes(-(len(raw) + 1) % rate))
    padded[-1] |= 0x80
    for at in range(0, len(padded), rate):
        for i in range(rate // 8):
            word = int.from_bytes(padded[at + 8 * i : at + 8 * i + 8], "little")
            lanes[i % 5][i // 5] ^= word
        lanes = _keccak_f(lanes)
    return b"".join(lanes[i % 5][i // 5].to_bytes(8, "little") for i in range(4))


def mrz(text):
    """The check digit of ICAO 9303 for a field."""
    return sum((0 if c == "<" else ALNUM.index(c)) * (7, 3, 1)[i % 3] for i, c in enumerate(text)) % 10
