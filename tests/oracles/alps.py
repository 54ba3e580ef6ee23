"""Austria and Switzerland."""

from checks import digits, gs1, iban97, mod10_recursive, weigh, weigh_cross
from spec import CAPITALS, Spec, day, draw, shape

FN = "abdfghikmpstvwxyz"


def svnr(v):
    return weigh(v, (3, 7, 9, 0, 5, 8, 4, 2, 1, 6)) % 11 == int(v[3]) and v[0] != "0"


def at_tin(v):
    """Offices as in the published list; python-stdnum knows them."""
    doubled = sum(int("0246813579"[d]) if i % 2 else d for i, d in enumerate(digits(v[:8])))
    return (10 - doubled % 10) % 10 == int(v[8])


def at_uid(v):
    return (96 - weigh_cross(v[3:10], (1, 2))) % 10 == int(v[10])


def firmenbuch(v):
    return FN[int(v[:-1]) % 17] == v[-1]


def lenr(v):
    return weigh(v[1:], (3, 7, 9, 6, 4, 2, 1)) % 11 == int(v[0]) != 0


def ahv_old(v):
    return (11 - weigh(v[:10], (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)) % 11) % 11 == int(v[10])


def uid(v):
    return (11 - weigh(v[3:11], (5, 4, 3, 2, 7, 6, 5, 4)) % 11) % 11 == int(v[11])


def bur(v):
    return 11 - weigh(v[1:8], (5, 4, 3, 2, 7, 6, 5)) % 11 == int(v[8])


def zsr(v):
    return ("Z" + CAPITALS)[weigh(v[1:], (6, 5, 4, 3, 2, 1)) % 26] == v[0]


SPECS = [
    Spec("at.svnr", lambda rng: draw(rng, "^##") + "?" + day(rng, "DDMMYY"), svnr, ("SVNR", "Sozialversicherungsnummer"), ("X" * 10, "XXXX XXXXXX"), stdnum="at.vnr", bare=True),
    Spec("at.steuernummer", lambda rng: rng.choice(("03", "04", "06", "07", "08", "09", "10", "12", "22", "23", "29", "33", "38", "41", "46", "51", "52", "53", "54", "57", "59", "61", "67", "68", "69", "71", "72", "81", "82", "83", "84", "90", "91", "93", "97", "98")) + draw(rng, "######") + "?", at_tin, ("Steuernummer", "Abgabenkontonummer", "St.Nr. Finanzamt Österreich"), ("XX-XXX/XXXX", "XX XXX/XXXX", "X" * 9), stdnum="at.tin", rivals=("de.stnr",)),
    Spec("at.uid", shape("ATU#######?"), at_uid, ("UID", "UID-Nummer", "VAT"), stdnum="at.uid", bare=True, rivals=("eu.vat",)),
    Spec("at.firmenbuch", shape("^#####?"), firmenbuch, ("Firmenbuchnummer", "Handelsgericht Wien"), ("FN |XXXXXXX", "FN |XXXXXX X", "FN|XXXXXXX"), signs=FN, bare=True),
    Spec("at.lenr", shape("?#######"), lenr, ("Leistungserbringernummer",)),
    Spec("ch.ahv", shape("756#########?"), gs1, ("AHV-Nr.", "AVS"), ("XXX.XXXX.XXXX.XX", "X" * 13, "XXX XXXX XXXX XX"), stdnum="ch.ssn", bare=True),
    Spec("ch.ahv_old", lambda rng: draw(rng, f"{rng.randint(3, 9)}##") + f"{rng.randint(30, 99)}{rng.choice((1, 5))}{rng.randint(1, 92):02}" + draw(rng, "##") + "?", ahv_old, ("AHV-Nr.", "alte AHV-Nummer"), ("XXX.XX.XXX.XXX",), bare=True),
    Spec("ch.uid", shape("CHE########?"), uid, ("UID", "Unternehmens-ID"), ("XXX-XXX.XXX.XXX", "X" * 12), stdnum="ch.uid", bare=True),
    Spec("ch.mwst", shape("CHE########?"), uid, ("MWST-Nr.", "TVA"), ("XXX-XXX.XXX.XXX MWST", "XXX-XXX.XXX.XXX TVA", "XXX-XXX.XXX.XXX IVA", "XXXXXXXXXXXX MWST"), stdnum="ch.vat", stdnum_form=lambda v: v + "MWST", bare=True),
    Spec("ch.bur", shape("A#######?", "B#######?"), bur, ("BUR-Nr.", "BUR-Nummer")),
    Spec("ch.qr_reference", shape("##########################?"), mod10_recursive, ("Referenz", "QR-Rechnung, Referenznummer"), ("X" * 27, "XX XXXXX XXXXX XXXXX XXXXX XXXXX"), stdnum="ch.esr", bare=True),
    Spec("ch.qr_iban", lambda rng: rng.choice(("CH", "LI")) + "??" + f"{rng.randint(30000, 31999)}" + draw(rng, "############"), iban97, ("QR-IBAN", "Konto / Zahlbar an"), ("XXXX XXXX XXXX XXXX XXXX X", "X" * 21), stdnum="iban", bare=True),
    Spec("ch.zsr", shape("?######"), zsr, ("ZSR-Nr.", "ZSR"), ("XXXXXXX", "X XXXX.XX"), signs=CAPITALS),
    Spec("ch.gln", shape("7601########?"), gs1, ("GLN", "GLN Arzt"), bare=True),
    Spec("ch.epr_spid", shape("76133761#########?"), gs1, ("EPR-SPID", "EPD-Patientennummer"), bare=True),
]
