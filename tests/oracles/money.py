"""Cards, accounts, securities."""

from checks import iban97, luhn, mod97, spelled, weigh, weigh_cross
from spec import DIGITS, Spec, draw, groups, plain, shape

CONSONANTS = "BCDFGHJKLMNPQRSTVWXYZ"
SEDOL = DIGITS + CONSONANTS

# Country, length and shape of the national part, for the countries that turn up in DACH post.
IBAN = {"DE": "#" * 18, "AT": "#" * 16, "CH": "00" + "#" * 3 + "*" * 12, "FR": "#" * 10 + "*" * 11 + "##",
        "IT": "@" + "#" * 10 + "*" * 12, "ES": "#" * 20, "NL": "@@@@" + "#" * 10, "BE": "#" * 12, "GB": "@@@@" + "#" * 14,
        "PL": "#" * 24, "LU": "###" + "*" * 13, "CZ": "#" * 20, "SK": "#" * 20, "HU": "#" * 24, "DK": "#" * 14, "SE": "#" * 20,
        "NO": "#" * 11, "FI": "#" * 14, "PT": "#" * 21, "IE": "@@@@" + "#" * 14, "GR": "#" * 7 + "*" * 16, "HR": "#" * 17,
        "SI": "#" * 15, "RO": "@@@@" + "*" * 16, "BG": "@@@@" + "#" * 6 + "*" * 8, "LT": "#" * 16, "LV": "@@@@" + "*" * 13,
        "EE": "#" * 16, "TR": "#####0" + "*" * 16, "LI": "#####" + "*" * 12, "MT": "@@@@#####" + "*" * 18, "CY": "#" * 8 + "*" * 16}

CARDS = ("4" + "#" * 14, "51" + "#" * 13, "54" + "#" * 13, "2221" + "#" * 11, "2650" + "#" * 11, "34" + "#" * 12, "37" + "#" * 12,
         "6011" + "#" * 11, "3530" + "#" * 11, "36" + "#" * 11, "65" + "#" * 13, "62" + "#" * 13)


def iban_of(country):
    return lambda rng: country + "??" + draw(rng, IBAN[country])


# The national check digits of these countries are not wanted by the registry, but python-stdnum tests them.
STRICT = ("BE", "ES", "NO", "CZ", "SK", "FI", "IT", "FR", "HR", "PT", "SI", "EE", "HU")


def iban_shape(rng):
    return iban_of(rng.choice(sorted(set(IBAN) - set(STRICT) - {"CH", "LI"}) + ["DE", "AT"] * 6))(rng)


def swiss_shape(rng):
    return rng.choice(("CH", "LI")) + "??" + f"{rng.choice((700, 8390, 9000, 23000, 80808)):05}" + draw(rng, "############")


def card(v):
    return luhn(v) and len(set(v)) > 1


def card_style(v):
    if len(v) == 15:
        return f"{v[:4]} {v[4:10]} {v[10:]}"
    return f"{v[:4]} {v[4:10]} {v[10:]}" if len(v) == 14 else groups(4)(v)


def cusip(v):
    return (10 - weigh_cross(v[:8], (1, 2)) % 10) % 10 == int(v[8])


def sedol(v):
    return (10 - weigh(v[:6], (1, 3, 1, 7, 3, 9)) % 10) % 10 == int(v[6])


def sedol_shape(rng):
    if rng.random() < 0.5:
        return draw(rng, "######") + "?"
    return rng.choice(CONSONANTS) + "".join(rng.choices(SEDOL, k=5)) + "?"


def figi(v):
    return (10 - weigh_cross(v[:11], (1, 2)) % 10) % 10 == int(v[11])


def creditor(v):
    return mod97(v[7:] + v[:4])


def isin(v):
    return luhn(spelled(v))


def shorter_reference(v):
    return any(iban97(v[:n]) for n in range(8, len(v), 4))


EPC = "BCD\n002\n1\nSCT\n\nErika Musterfrau\n{}\nEUR12.30"
SWISS_QR = "SPC\n0200\n1\n{}\nS\nMax Muster\nMusterweg\n1\n8000\nZürich\nCH"
# The span ends with the creditor: amount and references say nothing about a person.
SWISS_REST = "\n\n\n\n\n\n\n\n100.00\nCHF\n\n\n\n\n\n\n\nNON\n\n\nEPD"

SPECS = [
    Spec("payment.card", lambda rng: draw(rng, rng.choice(CARDS)) + "?", card, ("Kreditkarte", "Kartennummer", "credit card"), (plain, card_style, lambda v: groups(4, "-")(v) if len(v) == 16 else v), stdnum="luhn", bare=True, rivals=("device.imei",)),
    Spec("payment.track", lambda rng: draw(rng, "4##############") + "?", luhn, ("track2", "Magnetstreifen"), (lambda v: f";{v}=30121010000000000000?", lambda v: f"%B{v}^MUSTER/ERIKA^30121010000000000000?"), bare=True, rivals=("payment.card",)),
    Spec("bank.iban", iban_shape, iban97, ("IBAN", "Bankverbindung", "Konto"), (plain, groups(4), lambda v: v.lower()), stdnum="iban", bare=True),
    Spec("bank.iban", swiss_shape, iban97, ("IBAN", "Konto"), (plain, groups(4)), stdnum="iban", bare=True),
    Spec("bank.isin", lambda rng: rng.choice(("DE", "AT", "CH", "LI", "US", "FR", "LU", "IE", "GB", "NL", "XS")) + draw(rng, "#********") + "?", isin, ("ISIN", "Wertpapier"), stdnum="isin", bare=True),
    Spec("bank.cusip", shape("######**?", "#####***?"), cusip, ("CUSIP", "Wertpapier CUSIP"), stdnum="cusip"),
    Spec("bank.sedol", sedol_shape, sedol, ("SEDOL",), stdnum="gb.sedol"),
    Spec("bank.lei", shape("529900************??", "391200************??", "969500************??"), mod97, ("LEI",), stdnum="lei", bare=True),
    Spec("bank.figi", lambda rng: "BBG" + "".join(rng.choices(SEDOL, k=8)) + "?", figi, ("FIGI",), stdnum="figi", bare=True),
    Spec("bank.creditor_id", shape("DE??ZZZ0##########", "AT??ZZZ###########"), creditor, ("Gläubiger-ID", "Gläubiger-Identifikationsnummer", "creditor id"), (plain, groups(4)), stdnum="eu.at_02", bare=True),
    # Written in groups, the first groups of a wrong one may be a right one of their own.
    Spec("bank.rf_reference", lambda rng: "RF??" + draw(rng, rng.choice(("#" * 12, "#" * 20, "*" * 15, "#" * 6))), iban97, ("Referenz", "Zahlungsreferenz"), (plain, groups(4)), stdnum="iso11649", bare=True, rivals=("ch.scor",), lax=shorter_reference),
    Spec("payment.qr", iban_of("DE"), iban97, ("EPC",), (lambda v: EPC.format(v),), bare=True, frames=("{number}", "Code:\n{number}\n")),
    Spec("ch.qr_payload", swiss_shape, iban97, ("QR",), (lambda v: SWISS_QR.format(v), lambda v: SWISS_QR.format(v) + SWISS_REST), bare=True, frames=("{number}", "Code:\n{number}\n")),
    Spec("ch.scor", lambda rng: "RF??" + draw(rng, rng.choice(("#" * 12, "#" * 20, "*" * 15))), iban97, ("QR-Rechnung, Referenz SCOR", "SCOR"), (plain, groups(4)), stdnum="iso11649", rivals=("bank.rf_reference",), lax=shorter_reference),
]

