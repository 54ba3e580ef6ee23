"""The rest of Europe. Words are the shared ones of the catalogue's table and the row's own."""

from checks import (ALNUM, any_century, date, digits, luhn, mod11_10, mod97, values,
                    verhoeff, weigh)
from spec import CAPITALS, DIGITS, Spec, day, draw, plain, shape

ODD = dict(zip(ALNUM, (1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23)))


def nn(v):
    born = [(1900, "")] + ([(2000, "2")] if int(v[:2]) < 26 else [])
    return any(date(c + int(v[:2]), v[2:4], v[4:6]) and 97 - int(more + v[:9]) % 97 == int(v[9:]) for c, more in born)


def be_vat(v):
    return (int(v[:8]) + int(v[8:])) % 97 == 0


def egn(v):
    return weigh(v, (2, 4, 8, 5, 10, 9, 7, 3, 6, 0)) % 11 % 10 == int(v[9])


def bg_vat(v):
    if len(v) == 9:
        rest = weigh(v[:8], range(1, 9)) % 11
        rest = weigh(v[:8], range(3, 11)) % 11 % 10 if rest == 10 else rest
        return rest == int(v[8])
    other = (11 - weigh(v[:9], (4, 3, 2, 7, 6, 5, 4, 3, 2)) % 11) % 11 == int(v[9])
    foreign = weigh(v[:9], (21, 19, 17, 13, 11, 9, 7, 3, 1)) % 10 == int(v[9])
    person = egn(v) and any_century(v[:2], str(int(v[2:4]) % 20), v[4:6])
    return person or foreign or other


def cy_vat(v):
    total = sum((1, 0, 5, 7, 9, 13, 15, 17, 19, 21)[d] if i % 2 == 0 else d for i, d in enumerate(digits(v[:8])))
    return CAPITALS[total % 26] == v[8] and not v.startswith("12")


def rc(v):
    month = int(v[2:4]) % 50 % 20
    return int(v[:9]) % 11 % 10 == int(v[9]) and any_century(v[:2], month, v[4:6])


def rc_shape(rng):
    women = rng.choice((0, 50))
    text = day(rng, "YYMMDD", 1954, 2005)
    return text[:2] + f"{int(text[2:4]) + women:02}" + text[4:] + draw(rng, "###") + "?"


def ico(v):
    return ((11 - weigh(v[:7], range(8, 1, -1)) % 11) % 11 or 1) % 10 == int(v[7])


def cvr(v):
    return weigh(v, (2, 7, 6, 5, 4, 3, 2, 1)) % 11 == 0


def ik(v):
    rest = weigh(v[:10], (1, 2, 3, 4, 5, 6, 7, 8, 9, 1)) % 11
    if rest == 10:
        rest = weigh(v[:10], (3, 4, 5, 6, 7, 8, 9, 1, 2, 3)) % 11 % 10
    return rest == int(v[10])


def ik_shape(rng):
    year = rng.randint(1940, 2006)
    return str((3 if year < 2000 else 5) + rng.randint(0, 1)) + day(rng, "YYMMDD", year, year) + draw(rng, "###") + "?"


DNI = "TRWAGMYFPDXBNJZSQVHLCKE"


def dni(v):
    return DNI[int(v[:8]) % 23] == v[8]


def nie(v):
    return dni(str("XYZ".index(v[0])) + v[1:])


def cif(v):
    total = sum(sum(divmod(2 * d, 10)) if i % 2 == 0 else d for i, d in enumerate(digits(v[1:8])))
    check = (10 - total % 10) % 10
    return v[8] == (str(check) if v[0] in "ABEH" else "JABCDEFGHI"[check])


def cif_make(rng, good):
    """Companies end in a digit, public bodies in a letter; a wrong one is wrong in both ways."""
    first = rng.choice("ABEHPQSW")
    while True:
        text = first + draw(rng, "#######") + rng.choice(DIGITS if first in "ABEH" else "ABCDEFGHIJ")
        if cif(text) is good:
            return text


def ccc(v):
    def check(text):
        rest = sum(d * 2**i for i, d in enumerate(digits(text))) % 11
        return rest if rest < 2 else 11 - rest
    return check("00" + v[:8]) == int(v[8]) and check(v[10:]) == int(v[9])


def hetu(v):
    return "0123456789ABCDEFHJKLMNPRSTUVWXY"[int(v[:6] + v[7:10]) % 31] == v[10]


def hetu_shape(rng):
    year = rng.randint(1940, 2006)
    return day(rng, "DDMMYY", year, year) + ("-" if year < 2000 else "A") + f"{rng.randint(2, 899):03}" + "?"


def ytunnus(v):
    return weigh(v, (7, 9, 10, 5, 8, 4, 2, 1)) % 11 == 0


def nir(v):
    return 97 - int(v[:13].replace("2A", "19").replace("2B", "18")) % 97 == int(v[13:])


def nir_shape(rng):
    department = rng.choice(("75", "13", "69", "33", "59", "67", "06", "2A", "2B"))
    return rng.choice("12") + day(rng, "YYMM") + department + f"{rng.randint(1, 300):03}{rng.randint(1, 400):03}" + "??"


def siret(v):
    return luhn(v) and luhn(v[:9])


def siret_make(rng, good):
    siren = next(s for s in iter(lambda: draw(rng, "#########"), "") if luhn(s))
    return next(s for s in iter(lambda: siren + draw(rng, "000##"), "") if luhn(s) is good)


def tva(v):
    signs, siren = v[2:4], v[4:]
    if not luhn(siren):
        return False
    if signs.isdigit():
        return int(siren + "12") % 97 == int(signs)
    a, b = (ALNUM.replace("I", "").replace("O", "").index(c) for c in signs)
    c = a * 24 + b - 10 if signs[0].isdigit() else a * 34 + b - 100
    return (int(siren) + 1 + c // 11) % 11 == c % 11


def tva_make(rng, good):
    while True:
        siren = draw(rng, "#########")
        if luhn(siren):
            check = int(siren + "12") % 97
            return "FR" + f"{check if good else (check + rng.randint(1, 96)) % 97:02}" + siren


def nhs(v):
    return {11: 0}.get(11 - weigh(v[:9], range(10, 1, -1)) % 11, 11 - weigh(v[:9], range(10, 1, -1)) % 11) == int(v[9])


def utr(v):
    return "21987654321"[weigh(v[1:], (6, 7, 8, 9, 10, 5, 4, 3, 2)) % 11] == v[0]


def gb_vat(v):
    rest = weigh(v[2:11], (8, 7, 6, 5, 4, 3, 2, 10, 1)) % 97
    return rest in ((0,) if int(v[2:5]) < 100 else (0, 42, 55))


def afm(v):
    return weigh(v[:8], [2**i for i in range(8, 0, -1)]) % 11 % 10 == int(v[8])


def anum(v):
    return weigh(v[:8], (9, 7, 3, 1)) % 10 == 0


def pps(v):
    total = weigh(v[:7], range(8, 1, -1))
    if v[8:] in ("A", "B", "H"):
        total += 9 * (CAPITALS.index(v[8]) + 1)
    return "WABCDEFGHIJKLMNOPQRSTUV"[total % 23] == v[7]


def kennitala(v):
    return weigh(v[:9], (3, 2, 7, 6, 5, 4, 3, 2, 1)) % 11 == 0


def kennitala_shape(rng):
    year = rng.randint(1940, 2005)
    return day(rng, "DDMMYY", year, year) + f"{rng.randint(20, 99)}" + "?" + ("9" if year < 2000 else "0")


def codice(v):
    total = sum(ODD[c] if i % 2 == 0 else (int(c) if c.isdigit() else CAPITALS.index(c)) for i, c in enumerate(v[:15]))
    return CAPITALS[total % 26] == v[15]


def codice_shape(rng):
    consonants = "".join(rng.choices("BCDFGLMNPRSTVZ", k=3)) + "".join(rng.choices("BCDFGLMNPRSTVZ", k=3))
    day_ = rng.randint(1, 28) + rng.choice((0, 40))
    return consonants + f"{rng.randint(40, 99)}" + rng.choice("ABCDEHLMPRST") + f"{day_:02}" + rng.choice("AFHLZ") + draw(rng, "^##") + "?"


def lu_tva(v):
    return int(v[:6]) % 89 == int(v[6:])


def matricule(v):
    return luhn(v[:12]) and verhoeff(v[:11] + v[12]) and date(v[:4], v[4:6], v[6:8])


def lv(v):
    if v[0] > "3":
        return weigh(v, (9, 1, 4, 8, 3, 10, 2, 5, 7, 6, 1)) % 11 == 3
    return (1 + weigh(v[:10], (10, 5, 8, 4, 2, 1, 6, 3, 7, 9))) % 11 % 10 == int(v[10])


def lv_shape(rng):
    if rng.random() < 0.5:
        return "4" + draw(rng, "#########") + "?"
    year = rng.randint(1940, 1999)
    return day(rng, "DDMMYY", year, year) + "1" + draw(rng, "###") + "?"


def mt_vat(v):
    return weigh(v, (3, 4, 6, 7, 8, 9, 10, 1)) % 37 == 0


def bsn(v):
    v = v.zfill(9)
    return (weigh(v[:8], range(9, 1, -1)) - int(v[8])) % 11 == 0 and int(v) > 0


def btw(v):
    return bsn(v[2:11]) or mod97(v)


def fnr(v):
    first = (11 - weigh(v[:9], (3, 7, 6, 1, 8, 9, 4, 5, 2)) % 11) % 11
    second = (11 - weigh(v[:10], (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)) % 11) % 11
    return (first, second) == (int(v[9]), int(v[10]))


def fnr_shape(rng):
    year = rng.randint(1940, 1999)
    return day(rng, "DDMMYY", year, year) + f"{rng.randint(0, 499):03}" + "??"


def orgnr_no(v):
    return weigh(v, (3, 2, 7, 6, 5, 4, 3, 2, 1)) % 11 == 0


def pesel(v):
    return (10 - weigh(v[:10], (1, 3, 7, 9)) % 10) % 10 == int(v[10])


def pesel_shape(rng):
    year = rng.randint(1940, 2006)
    text = day(rng, "YYMMDD", year, year)
    return text[:2] + f"{int(text[2:4]) + (20 if year >= 2000 else 0):02}" + text[4:] + draw(rng, "####") + "?"


def nip(v):
    return (weigh(v[:9], (6, 5, 7, 2, 3, 4, 5, 6, 7)) - int(v[9])) % 11 == 0


def regon(v):
    nine = weigh(v[:8], (8, 9, 2, 3, 4, 5, 6, 7)) % 11 % 10 == int(v[8])
    return nine and (len(v) == 9 or weigh(v[:13], (2, 4, 8, 5, 0, 9, 7, 3, 6, 1, 2, 4, 8)) % 11 % 10 == int(v[13]))


def pt_nif(v):
    return (11 - weigh(v[:8], range(9, 1, -1)) % 11) % 11 % 10 == int(v[8])


def pt_cc(v):
    total = 0
    for i, value in enumerate(reversed(values(v))):
        value *= 2 if i % 2 else 1
        total += value - 9 if i % 2 and value > 9 else value
    return total % 10 == 0


def cnp(v):
    rest = weigh(v[:12], (2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9)) % 11
    return (1 if rest == 10 else rest) == int(v[12])


def cnp_shape(rng):
    year = rng.randint(1940, 2005)
    return rng.choice("12" if year < 2000 else "56") + day(rng, "YYMMDD", year, year) + f"{rng.choice((1, 12, 22, 31, 40, 46)):02}" + draw(rng, "###") + "?"


def cui(v):
    return 10 * weigh(v[:-1].zfill(9), (7, 5, 3, 2, 1, 7, 5, 3, 2)) % 11 % 10 == int(v[-1])


def emso(v):
    return -weigh(v[:12], (7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)) % 11 == int(v[12])


def emso_shape(rng):
    year = rng.randint(1940, 2005)
    return day(rng, "DDMM", year, year) + f"{year % 1000:03}" + f"{rng.randint(50, 59)}" + draw(rng, "###") + "?"


def tckn(v):
    d = digits(v)
    ten = (10 - sum(x * (1 if i % 2 else 3) for i, x in enumerate(d[:9]))) % 10
    return d[9] == ten and d[10] == (ten + sum(d[:9])) % 10 and v[0] != "0"


def rntrc(v):
    total = sum(d * w for d, w in zip(digits(v), (-1, 5, 7, 9, 4, 6, 10, 5, 7)))
    return total % 11 % 10 == int(v[9])


def ee_vat(v):
    return weigh(v[2:], (3, 7, 1)) % 10 == 0


def si_vat(v):
    rest = 11 - weigh(v[2:9], range(8, 1, -1)) % 11
    return rest != 11 and rest % 10 == int(v[9])


def sk_vat(v):
    return int(v[2:]) % 11 == 0 and v[4] in "234789"


def lt_vat(v):
    rest = weigh(v[2:10], range(1, 9)) % 11
    rest = weigh(v[2:10], (3, 4, 5, 6, 7, 8, 9, 1)) % 11 % 10 if rest == 10 else rest
    return rest == int(v[10]) and v[9] == "1"


EIC = ALNUM + "-"


def eic(v):
    total = sum(EIC.index(c) * (16 - i) for i, c in enumerate(v[:15]))
    return EIC[36 - (total - 1) % 37] == v[15] != "-"


# Rival ids: forms of plain digits with weak checks that another country's label does not tell apart.
VAT = ("eu.vat",)

SPECS = [
    Spec("be.nn", lambda rng: day(rng, "YYMMDD") + draw(rng, "###") + "??", nn, ("Rijksregisternummer", "INSZ"), ("XX.XX.XX-XXX.XX", "X" * 11), stdnum="be.nn", bare=False),
    Spec("be.vat", shape("0^######??"), be_vat, ("Ondernemingsnummer", "BTW"), (lambda v: "BE" + v, lambda v: f"BE {v[:4]}.{v[4:7]}.{v[7:]}"), stdnum="be.vat", bare=True, rivals=VAT),
    Spec("bg.egn", lambda rng: day(rng, "YYMMDD", 1940, 1999) + draw(rng, "###") + "?", egn, ("ЕГН", "EGN"), stdnum="bg.egn"),
    Spec("bg.vat", shape("1#######?", "2#######?"), bg_vat, ("ДДС номер", "VAT"), (lambda v: "BG" + v, lambda v: "BG " + v), stdnum="bg.vat", rivals=VAT),
    Spec("cy.vat", shape("^#######?"), cy_vat, ("VAT", "ΦΠΑ"), (lambda v: "CY" + v,), signs=CAPITALS, stdnum="cy.vat", bare=True, rivals=VAT),
    Spec("cz.rc", rc_shape, rc, ("Rodné číslo (CZ)", "rodné číslo"), ("XXXXXX/XXXX", "X" * 10), stdnum="cz.rc", rivals=("sk.rc",)),
    Spec("cz.ico", shape("2######?", "6######?", "0^#####?"), ico, ("IČO", "DIČ"), (plain, lambda v: "CZ" + v), stdnum="cz.dic", rivals=VAT),
    Spec("dk.cvr", shape("^######?"), cvr, ("CVR-nr.", "CVR"), (plain, lambda v: "DK" + v, lambda v: "DK " + v), stdnum="dk.cvr", rivals=VAT),
    Spec("ee.ik", ik_shape, ik, ("Isikukood",), stdnum="ee.ik", rivals=("lt.asmens",)),
    Spec("lt.asmens", ik_shape, ik, ("Asmens kodas",), stdnum="lt.asmens", rivals=("ee.ik",)),
    Spec("es.dni", shape("########?"), dni, ("DNI", "NIF"), (plain, "XXXXXXXX-X"), signs=DNI, stdnum="es.dni", bare=True, rivals=("cy.vat",)),
    Spec("es.nie", lambda rng: rng.choice("XYZ") + draw(rng, "#######") + "?", nie, ("NIE", "NIE extranjero"), (plain, "X-XXXXXXX-X", "XXXXXXXX-X"), signs=DNI, stdnum="es.nie", bare=True),
    Spec("es.cif", None, cif, ("CIF", "NIF"), (plain, "X-XXXXXXXX"), make=cif_make, stdnum="es.cif", bare=True),
    Spec("es.ccc", shape("########??##########"), ccc, ("CCC", "Cuenta CCC"), ("X" * 20, "XXXX-XXXX-XX-XXXXXXXXXX", "XXXX XXXX XX XXXXXXXXXX"), stdnum="es.ccc", bare=True),
    Spec("fi.hetu", hetu_shape, hetu, ("Henkilötunnus", "HETU"), signs=ALNUM, stdnum="fi.hetu", bare=True),
    Spec("fi.ytunnus", shape("^######?"), ytunnus, ("Y-tunnus",), ("XXXXXXX-X", lambda v: "FI" + v), stdnum="fi.ytunnus", rivals=VAT),
    Spec("fr.nir", nir_shape, nir, ("NIR", "Numéro de sécurité sociale"), ("X" * 15, "X XX XX XX XXX XXX XX"), stdnum="fr.nir", bare=True),
    Spec("fr.nif", shape("0#########???", "3#########???"), lambda v: int(v[:10]) % 511 == int(v[10:]), ("Numéro fiscal", "SPI"), ("X" * 13, "XX XX XXX XXX XXX"), stdnum="fr.nif", bare=True, rivals=("contact.phone",)),
    Spec("fr.siren", shape("^#######?"), luhn, ("SIREN", "RCS Paris"), ("X" * 9, "XXX XXX XXX"), stdnum="fr.siren"),
    Spec("fr.siret", None, siret, ("SIRET",), make=siret_make, styles=("X" * 14, "XXX XXX XXX XXXXX"), stdnum="fr.siret", bare=True, rivals=("payment.card",)),
    Spec("fr.tva", None, tva, ("TVA intracommunautaire", "TVA"), ("X" * 13, "XX XX XXX XXX XXX", "XXXX XXXXXXXXX"), stdnum="fr.tva", make=tva_make, bare=True, rivals=VAT),
    Spec("gb.nhs", shape("^########?"), nhs, ("NHS number", "NHS No."), ("X" * 10, "XXX XXX XXXX", "XXX-XXX-XXXX"), stdnum="gb.nhs"),
    Spec("gb.utr", shape("?#########"), utr, ("UTR", "Unique Taxpayer Reference"), ("X" * 10, "XXXXX XXXXX"), stdnum="gb.utr"),
    Spec("gb.vat", shape("GB^######??"), gb_vat, ("VAT No.", "VAT"), ("X" * 11, "XX XXX XXXX XX"), stdnum="gb.vat", bare=True, rivals=VAT),
    Spec("gr.amka", lambda rng: day(rng, "DDMMYY") + draw(rng, "####") + "?", luhn, ("AMKA", "ΑΜΚΑ"), stdnum="gr.amka", bare=True, rivals=("it.iva", "hr.oib", "lv.pvn")),
    Spec("gr.vat", shape("0#######?", "9#######?"), afm, ("ΑΦΜ", "AFM"), (plain, lambda v: "EL" + v, lambda v: "EL " + v), stdnum="gr.vat", rivals=VAT),
    Spec("hr.oib", shape("^#########?"), mod11_10, ("OIB",), (plain, lambda v: "HR" + v), stdnum="hr.oib", rivals=VAT + ("de.idnr",)),
    Spec("hu.anum", shape("^######?"), anum, ("Adószám",), (plain, lambda v: "HU" + v, lambda v: v + "-2-41"), stdnum="hu.anum", rivals=VAT),
    Spec("ie.pps", lambda rng: draw(rng, "#######") + "?" + rng.choice(("", "", "A", "W")), pps, ("PPS No.", "PPSN"), signs=CAPITALS, stdnum="ie.pps", bare=True),
    Spec("is.kennitala", kennitala_shape, kennitala, ("Kennitala",), ("XXXXXX-XXXX", "X" * 10), stdnum="is_.kennitala", rivals=("fi.hetu",)),
    Spec("it.codicefiscale", codice_shape, codice, ("Codice fiscale", "CF"), signs=CAPITALS, stdnum="it.codicefiscale", bare=True),
    Spec("it.iva", lambda rng: draw(rng, "#######") + f"{rng.randint(1, 100):03}" + "?", luhn, ("Partita IVA", "P.IVA"), (plain, lambda v: "IT" + v), stdnum="it.iva", rivals=VAT),
    Spec("lu.tva", shape("^#####??"), lu_tva, ("TVA (LU)", "N° TVA"), (lambda v: "LU" + v, lambda v: "LU " + v), stdnum="lu.tva", rivals=VAT),
    # The library asks for the first of the two check digits only.
    Spec("lu.matricule", lambda rng: day(rng, "YYYYMMDD") + draw(rng, "###") + "??", matricule, ("Matricule", "CNS"), ("X" * 13, "XXXX XXXX XXX XX"), bare=True, rivals=("fr.nif",), lax=lambda v: luhn(v[:12])),
    Spec("lv.pvn", lv_shape, lv, ("Personas kods", "PVN"), (plain, lambda v: "LV" + v if v[0] > "3" else v[:6] + "-" + v[6:]), stdnum="lv.pvn", bare=False, rivals=VAT),
    Spec("mt.vat", shape("1#####??", "2#####??"), mt_vat, ("VAT",), (lambda v: "MT" + v, "MT XXXX-XXXX"), stdnum="mt.vat", rivals=VAT),
    Spec("nl.bsn", shape("1#######?", "2#######?"), bsn, ("BSN", "Burgerservicenummer"), ("X" * 9, "XXXX.XX.XXX"), stdnum="nl.bsn"),
    Spec("nl.btw", shape("NL0#######?B0^", "NL8#######?B01"), btw, ("BTW", "btw-id"), stdnum="nl.btw", bare=True, rivals=VAT),
    Spec("no.fodselsnummer", fnr_shape, fnr, ("Fødselsnummer", "Personnummer"), ("X" * 11, "XXXXXX XXXXX"), stdnum="no.fodselsnummer", bare=True),
    Spec("no.orgnr", shape("9#######?", "8#######?"), orgnr_no, ("Orgnr", "Organisasjonsnummer"), ("X" * 9, "XXX XXX XXX", "NO XXX XXX XXX MVA"), stdnum="no.orgnr"),
    Spec("pl.pesel", pesel_shape, pesel, ("PESEL",), stdnum="pl.pesel", bare=True, rivals=("hr.oib", "it.iva", "be.nn", "lv.pvn", "tr.tckimlik", "ee.ik", "lt.asmens", "no.fodselsnummer")),
    Spec("pl.nip", shape("^########?"), nip, ("NIP",), ("X" * 10, "XXX-XXX-XX-XX", lambda v: "PL" + v), stdnum="pl.nip", rivals=VAT),
    Spec("pl.regon", shape("^#######?", "^#######?####?"), regon, ("REGON",), stdnum="pl.regon"),
    Spec("pt.nif", shape("1#######?", "2#######?", "5#######?"), pt_nif, ("NIF", "contribuinte"), (plain, lambda v: "PT" + v, "XXX XXX XXX"), stdnum="pt.nif", rivals=VAT),
    Spec("pt.cc", lambda rng: draw(rng, "#########") + "ZY?", pt_cc, ("Cartão de Cidadão",), ("XXXXXXXX X XXX", "X" * 12), stdnum="pt.cc", bare=True),
    Spec("ro.cnp", cnp_shape, cnp, ("CNP",), stdnum="ro.cnp", bare=True),
    Spec("ro.cui", shape("^######?", "^#######?"), cui, ("CUI", "CIF"), (plain, lambda v: "RO" + v), stdnum="ro.cui", rivals=VAT),
    Spec("se.personnummer", lambda rng: day(rng, "YYMMDD") + draw(rng, "-###") + "?", lambda v: luhn(v.replace("-", "")), ("Personnummer",), stdnum="se.personnummer", bare=True, rivals=("dk.cpr",)),
    Spec("se.orgnr", shape("556######?", "559######?", "769######?"), luhn, ("Organisationsnummer", "Org.nr"), ("XXXXXX-XXXX", "X" * 10), stdnum="se.orgnr"),
    Spec("si.emso", emso_shape, emso, ("EMŠO", "EMSO"), stdnum="si.emso", bare=True),
    Spec("sk.rc", rc_shape, rc, ("Rodné číslo (SK)",), ("XXXXXX/XXXX",), stdnum="sk.rc", rivals=("cz.rc",)),
    Spec("tr.tckimlik", shape("^########??"), tckn, ("TC Kimlik No", "T.C. Kimlik"), stdnum="tr.tckimlik", bare=True, rivals=("hr.oib", "it.iva", "pl.pesel", "lv.pvn", "ee.ik", "lt.asmens")),
    Spec("ua.rntrc", shape("^########?"), rntrc, ("РНОКПП", "ІПН"), stdnum="ua.rntrc"),
    Spec("eu.vat", shape("EE1#######?"), ee_vat, ("VAT No.", "USt-IdNr."), stdnum="ee.kmkr", bare=True),
    Spec("eu.vat", shape("SI^######?"), si_vat, ("VAT ID", "USt-IdNr."), stdnum="si.ddv", bare=True),
    Spec("eu.vat", shape("SK^#2######?", "SK^#4######?"), sk_vat, ("VAT No.", "IČ DPH"), stdnum="sk.dph", bare=True, rivals=("sk.rc",)),
    Spec("eu.vat", shape("LT^######1?"), lt_vat, ("VAT No.", "PVM"), stdnum="lt.pvm", bare=True),
    Spec("eu.vat", shape("SE556######?01"), lambda v: luhn(v[2:12]), ("VAT No.", "momsnr"), stdnum="se.vat", bare=True, rivals=("se.orgnr",)),
    Spec("eu.eic", lambda rng: draw(rng, "##") + rng.choice("XYZVWTA") + draw(rng, "@@@@@@@@####") + "?", eic, ("EIC", "EIC-Code Energie"), signs=EIC, stdnum="eu.eic", bare=True),
]
