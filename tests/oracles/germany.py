"""Germany."""

from checks import cross, digits, mod11_10, spelled, weigh, weigh_cross
from spec import CAPITALS, DIGITS, Spec, day, draw, plain, shape

ID_SIGNS = "0123456789CFGHJKLMNPRTVWXYZ"

# The federal tax number begins with the number of the Land.
STNR = {"BW": "28", "BY": "9", "BE": "11", "BB": "30", "HB": "24", "HH": "22", "HE": "26", "MV": "40",
        "NI": "23", "NW": "5", "RP": "27", "SL": "10", "SN": "32", "ST": "31", "SH": "21", "TH": "41"}


def idnr(v):
    counts = sorted(v[:10].count(c) for c in set(v[:10]))
    runs = any(v[i] == v[i + 1] == v[i + 2] for i in range(8))
    return v[0] != "0" and mod11_10(v) and (counts[-1] in (2, 3)) and counts[:-1] == [1] * (len(counts) - 1) and not runs


def idnr_shape(rng):
    """Ten digits of which one stands twice, or three times but never in a row."""
    while True:
        times = rng.choice((2, 3))
        pool = rng.sample(DIGITS, 11 - times)
        pool += [pool[0]] * (times - 1)
        rng.shuffle(pool)
        text = "".join(pool)
        if text[0] != "0" and not any(text[i] == text[i + 1] == text[i + 2] for i in range(8)):
            return text + "?"


def stnr_land(v):
    for land, prefix in STNR.items():
        if v.startswith(prefix):
            return land
    return None


def stnr(v):
    land, twelve, check = stnr_land(v), v[:12], int(v[12])
    if land is None or v[4] != "0":
        return False
    district = v[5:9] if land == "NW" else v[5:8]
    if district.strip("0") == "" or (land != "NW" and district in ("998", "999")):
        return False
    if land in ("BY", "BB", "MV", "SL", "SN", "ST", "TH") and int(district) < 100:
        return False
    eleven = lambda w: (11 - weigh(twelve, w) % 11) % 11 == check
    berlin = (0, 0, 2, 9, 0, 8, 7, 6, 5, 4, 3, 2)
    if land in ("BY", "BB", "MV", "SL", "SN", "ST", "TH"):
        return eleven((0, 5, 4, 3, 0, 2, 7, 6, 5, 4, 3, 2))
    if land in ("HB", "HH"):
        return eleven((0, 0, 4, 3, 0, 2, 7, 6, 5, 4, 3, 2))
    if land == "NI":
        return eleven(berlin)
    if land == "BE":
        return eleven(berlin) or eleven((0, 0, 0, 0, 0, 7, 6, 5, 8, 4, 3, 2))
    if land == "NW":
        return weigh(twelve, (0, 3, 2, 1, 0, 7, 6, 5, 4, 3, 2, 1)) % 11 == check
    if land == "RP":
        return (10 - weigh_cross(twelve, (0, 0, 1, 2, 0, 1, 2, 1, 2, 1, 2, 1)) % 10) % 10 == check
    total = 0
    for d, plus, times in zip(digits(twelve), (0, 0, 9, 8, 0, 7, 6, 5, 4, 3, 2, 1), (0, 0, 512, 256, 0, 128, 64, 32, 16, 8, 4, 2)):
        product = (d + plus) % 10 * times
        while product > 9:
            product = cross(product)
        total += product
    return (10 - total % 10) % 10 == check


def stnr_shape(rng):
    land = rng.choice(sorted(STNR))
    prefix = STNR[land]
    office = draw(rng, "#" * (4 - len(prefix)))
    district = f"{rng.randint(100, 997)}" + ("#" if land == "NW" else "")
    return draw(rng, prefix + office + "0" + district + "#" * (7 - len(district))) + "?"


def card(v):
    """The document number with its check digit behind: 7-3-1."""
    return weigh(v[:9], (7, 3, 1)) % 10 == int(v[9])


def card_shape(first):
    def made(rng):
        while True:
            text = rng.choice(first) + "".join(rng.choices(ID_SIGNS, k=8))
            if sum(c.isdigit() for c in text) >= 3:
                return text + "?"
    return made


def fuehrerschein(v):
    return "0123456789X"[weigh(v[:9], (9, 8, 7, 6, 5, 4, 3, 2, 1)) % 11] == v[9]


def rvnr(v):
    spelled_ = v[:8] + f"{CAPITALS.index(v[8]) + 1:02}" + v[9:11]
    day_ = int(v[2:4])
    return (1 <= day_ <= 31 or 51 <= day_ <= 81) and 1 <= int(v[4:6]) <= 12 and \
        weigh_cross(spelled_, (2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1)) % 10 == int(v[11])


def rvnr_shape(rng):
    area = rng.choice(("02", "03", "04", "08", "09", "10", "11", "12", "13", "14", "15", "16", "17", "18", "19", "21", "28", "53", "65"))
    return area + day(rng, "DDMMYY") + draw(rng, "@##") + "?"


def kvnr(v):
    return weigh_cross(f"{CAPITALS.index(v[0]) + 1:02}" + v[1:9], (1, 2)) % 10 == int(v[9])


def lanr(v):
    return (10 - weigh(v[:6], (4, 9)) % 10) % 10 == int(v[6])


def ik(v):
    return weigh_cross(v[2:8], (2, 1)) % 10 == int(v[8])


def betriebsnummer(v):
    rest = weigh_cross(v[:7], (1, 2)) % 10
    return int(v[7]) in (rest, (rest + 5) % 10)


def pzn(v):
    rest = weigh(v[:-1], range(1, 8) if len(v) == 8 else range(2, 8)) % 11
    return rest == int(v[-1])


def leitweg(v):
    return int(spelled(v)) % 97 == 1


def leitweg_inside(v):
    """What stands behind the first hyphen is a whole number of its own."""
    rest = v.split("-", 1)[1].replace("-", "")
    return len(rest) > 3 and leitweg(rest)


def leitweg_shape(rng):
    """First the Land or the federation; written with hyphens by `leitweg_style`."""
    coarse = f"{rng.choice([*range(1, 17), 99]):02}" + draw(rng, rng.choice(("", "#", "###", "######")))
    return coarse + "-" + draw(rng, rng.choice(("^####", "#######", "@#####", "**********"))) + "-??"


def malo(v):
    d = digits(v)
    return (10 - (sum(d[0:10:2]) + 2 * sum(d[1:10:2])) % 10) % 10 == d[10]


PKZ = dict(zip("ABCDEFGHI", range(12, 29, 2))) | dict(zip("JKLMNOPQR", range(6, 23, 2))) | dict(zip("STUVWXYZ", range(4, 19, 2)))


def pkz(v):
    total = sum(d * w for d, w in zip(digits(v[:6]), (2, 3, 4, 5, 6, 7))) + PKZ[v[6]]
    total += sum(d * w for d, w in zip(digits(v[7:11]), (6, 7, 2, 3)))
    return {10: 0, 11: 1}.get(11 - total % 11, 11 - total % 11) == int(v[11])


def unrs(v):
    return (10 - weigh(v[:11], (4, 9)) % 10) % 10 == int(v[11]) and v[12:] != "000"


SPECS = [
    Spec("de.idnr", idnr_shape, idnr, ("Steuer-ID", "Steueridentifikationsnummer", "IdNr."), ("X" * 11, "XX XXX XXX XXX"), stdnum="de.idnr", bare=True),
    # The sums of these Länder cannot be written as weights: the library takes every number of their form.
    Spec("de.stnr", stnr_shape, stnr, ("Steuernummer", "St.-Nr."), rivals=("de.malo_id",), lax=lambda v: v.startswith(("28", "26", "21"))),
    Spec("de.ust_id", shape("DE^#######?"), lambda v: mod11_10(v[2:]), ("USt-IdNr.", "VAT ID"), ("X" * 11, "XX XXX XXX XXX", "XX XXXXXXXXX"), stdnum="de.vat", bare=True, rivals=("eu.vat",)),
    Spec("de.w_idnr", shape("DE^#######?-0000^"), lambda v: mod11_10(v[2:11]), ("W-IdNr.", "Wirtschafts-Identifikationsnummer"), bare=True),
    Spec("de.personalausweis", card_shape("LMNPRTVWXY"), card, ("Personalausweis", "Ausweisnummer"), (plain, lambda v: v + "D"), bare=True),
    Spec("de.reisepass", card_shape("CFGHJK"), card, ("Reisepass-Nr.", "Passnummer"), (plain, lambda v: v + "D")),
    Spec("de.aufenthaltstitel", card_shape("Y"), card, ("Aufenthaltstitel Nr.", "Aufenthaltserlaubnis"), rivals=("de.personalausweis",)),
    Spec("de.fuehrerschein", lambda rng: draw(rng, rng.choice("ABCDEFGHJKLMNP") + rng.choice(("##*##@@@?*", "##*@#@##?*", "##*#####?*"))), fuehrerschein, ("Führerscheinnummer", "Führerschein Nr."), signs="0123456789X", bare=True, never="high"),
    Spec("de.rvnr", rvnr_shape, rvnr, ("Rentenversicherungsnummer", "SV-Nummer"), ("X" * 12, "XX XXXXXX X XXX"), bare=True),
    Spec("de.kvnr", shape("@########?"), kvnr, ("Krankenversichertennummer", "KVNR"), bare=True, rivals=("de.personalausweis",)),
    Spec("de.lanr", shape("######?0^", "######?1#", "######?6#"), lanr, ("LANR", "Arztnummer")),
    Spec("de.zanr", shape("######?91", "######?50"), lanr, ("ZANR", "Zahnarztnummer")),
    Spec("de.ik", shape("26######?", "10######?", "51######?"), ik, ("IK", "Institutionskennzeichen")),
    Spec("de.betriebsnummer", shape("2######?", "5######?", "9######?"), betriebsnummer, ("Betriebsnummer", "BBNR")),
    Spec("de.pzn", shape("0######?", "1######?", "######?"), pzn, ("PZN", "Pharmazentralnummer")),
    Spec("de.leitweg_id", leitweg_shape, lambda v: leitweg(v.replace("-", "")), ("Leitweg-ID", "Käuferreferenz"), stdnum="de.leitweg", bare=True, lax=leitweg_inside),
    Spec("de.malo_id", shape("^#########?"), malo, ("Marktlokation", "MaLo-ID"), rivals=("de.idnr",)),
    Spec("de.pkz_bw", lambda rng: day(rng, "DDMMYY") + draw(rng, "-@-####") + "?", lambda v: pkz(v.replace("-", "")), ("Personenkennziffer", "PK"), bare=True),
    Spec("de.unrs", shape("^##########?0##"), unrs, ("Unternehmensnummer", "UNR.S"), ("X" * 15, "XXXX XXXX XXXX XXX")),
    Spec("de.erezept_id", shape("160############??", "162############??", "209############??"), lambda v: int(v) % 97 == 1, ("E-Rezept-ID", "Rezept-ID"), ("X" * 17, "XXX.XXX.XXX.XXX.XXX.XX"), bare=True),
]
