"""What stands in the slots of the templates: (detector or None, text).

Every identity is invented: names, streets and towns are drawn apart from each other, numbers
are drawn by chance and get their check digits from the formats of `tests/oracles`. Secrets
are put together here from pieces; no file holds a whole one.
"""

import datetime
import importlib.util
import uuid
from pathlib import Path

import alps
import europe
import germany
import money
import spec
import things
import secret_values
import unicodedata

SPECS = {}
for table in (germany, alps, europe, money, things):
    for s in table.SPECS:
        SPECS.setdefault(s.id, s)

MONTHS = "Januar Februar März April Mai Juni Juli August September Oktober November Dezember".split()
ENGLISH = "January February March April May June July August September October November December".split()
DISTRICTS = "M B HH K F S D L DD H N KA MA A WI EF HRO FR MS BN KI HL KS MR GÖ BS TR DA SB TÜ KN UL R WÜ P OL SO".split()
AT_DISTRICTS = "W G L S I K WE P FK MD B BL GU KB VL WN AM".split()
CANTONS = "ZH BE LU UR SZ OW NW GL ZG FR SO BS BL SH AR AI SG GR AG TG TI VD VS NE GE JU".split()
FOLD = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ı": "i", "ş": "s", "Ş": "S"})


def lists(which):
    path = Path(__file__).resolve().parent / which / "lists.py"
    made = importlib.util.spec_from_file_location(f"{which}_lists", path)
    module = importlib.util.module_from_spec(made)
    made.loader.exec_module(module)
    return module


def ascii_name(text):
    folded = unicodedata.normalize("NFKD", text.translate(FOLD))
    return "".join(c for c in folded if c.isascii()).lower().replace(" ", "")


def split(text):
    return [t.strip() for t in text.split("|") if t.strip()]


def euros(amount, style="de"):
    text = f"{amount:,.2f}"
    return {"de": text.replace(",", " ").replace(".", ",").replace(" ", "."), "en": text, "ch": text.replace(",", "'")}[style]


class Values:
    def __init__(self, which, rng):
        self.rng, self.lists = rng, lists(which)

    def draw(self, kind, person=None):
        """(detector, text) or (detector, what only names it, text); `person` holds what is known of the one a key names."""
        person = {} if person is None else person
        if kind.startswith("bad."):
            s = SPECS[kind[4:]]
            return None, "".join(spec.write(s, self.rng, spec.number(s, self.rng, False)))
        if kind.startswith("secret.") and kind not in SPECS:
            return kind, secret_values.make(kind, self.rng)
        if kind in SPECS:
            s = SPECS[kind]
            return kind, *spec.write(s, self.rng, spec.number(s, self.rng))
        name, _, option = kind.partition(".")
        maker = getattr(self, f"_{name}")
        return maker(person, option) if option else maker(person)

    def _digits(self, pattern):
        return spec.draw(self.rng, pattern)

    # People

    def _who(self, person):
        person.setdefault("given", self.rng.choice(self.lists.GIVEN))
        person.setdefault("surname", self.rng.choice(self.lists.SURNAMES))
        return person["given"], person["surname"]

    def _name(self, person, form=""):
        given, surname = self._who(person)
        if form == "rev":
            return "person.name", f"{surname}, {given}"
        return "person.name", f"{given} {surname}"

    def _cardholder(self, person):
        return "payment.cardholder", " ".join(self._who(person)).upper()

    def _given(self, person):
        return "person.name", self._who(person)[0]

    def _surname(self, person):
        return "person.name", self._who(person)[1]

    def _email(self, person):
        given, surname = map(ascii_name, self._who(person))
        local = self.rng.choice((f"{given}.{surname}", f"{given[0]}.{surname}", f"{surname}", f"{given}_{surname}{self.rng.randint(1, 99)}", f"{given}{surname[:3]}"))
        return "contact.email", f"{local}@{self.rng.choice(self.lists.DOMAINS.split())}"

    def _login(self, person):
        given, surname = map(ascii_name, self._who(person))
        return "person.username", self.rng.choice((f"{given[0]}{surname}", f"{given}.{surname}", f"{surname}{given[0]}{self.rng.randint(1, 9)}"))

    def _birth(self, years=(1940, 2006)):
        return datetime.date(self.rng.randint(*years), self.rng.randint(1, 12), self.rng.randint(1, 28))

    def _dob(self, _, form="de"):
        d = self._birth((2011, 2020) if form == "child" else (1940, 2006))
        text = {"de": d.strftime("%d.%m.%Y"), "child": d.strftime("%d.%m.%Y"), "short": f"{d.day}.{d.month}.{d.year % 100:02}", "iso": d.isoformat(),
                "long": f"{d.day}. {MONTHS[d.month - 1]} {d.year}", "en": f"{ENGLISH[d.month - 1]} {d.day}, {d.year}",
                "us": d.strftime("%m/%d/%Y")}[form]
        return "person.birth_date", text

    # Reaching them

    def _phone(self, _, form="de"):
        d, pick = self._digits, self.rng.choice
        areas = ("30", "40", "89", "221", "69", "711", "351", "341", "431", "561", "6421", "7071")
        area = pick(areas)
        if form == "de":
            return "contact.phone", pick((f"0{area} {d('^######')}", f"0{area}/{d('^######')}", f"+49 {area} {d('^##')} {d('####')}", f"+49 (0){area} {d('^######')}",
                                          f"(0{area}) {d('^### ###')}", f"0{area}-{d('^#####')}-{d('##')}", f"0049 {area} {d('^######')}"))
        if form == "mobile":
            net = pick(("151", "152", "157", "160", "170", "171", "172", "175", "176", "179"))
            return "contact.phone", pick((f"0{net} {d('^#######')}", f"0{net}/{d('^#######')}", f"+49 {net} {d('^#######')}", f"0{net}-{d('^#######')}", f"+49{net}{d('^#######')}"))
        if form == "at":
            return "contact.phone", pick((f"+43 1 {d('^######')}", f"0316/{d('^#####')}", f"+43 664 {d('^######')}", f"0676 {d('^## ####')}", f"0043 732 {d('^#####')}"))
        if form == "ch":
            return "contact.phone", pick((f"+41 44 {d('^## ## ##')}", f"044 {d('^## ## ##')}", f"079 {d('^## ## ##')}", f"+41 (0)31 {d('^## ## ##')}", f"+4179{d('^######')}"))
        return "contact.phone", pick((f"+1 (212) {d('^##')}-{d('####')}", f"+44 20 {d('^### ####')}", f"(415) {d('^##')}-{d('####')}", f"+1-303-{d('^##')}-{d('####')}"))

    def _handle(self, person):
        given, surname = map(ascii_name, self._who(person))
        return "contact.handle", f"@{given}_{surname}"

    # Where they live

    def _street(self, _, country="de"):
        street = self.rng.choice(self.lists.STREETS).replace("_", " ")
        if country == "ch":
            street = street.replace("ß", "ss")
        number = self.rng.choice((f"{self.rng.randint(1, 180)}", f"{self.rng.randint(1, 99)}", f"{self.rng.randint(2, 60)} {self.rng.choice('abc')}",
                                  f"{self.rng.randint(2, 60)}{self.rng.choice('abc')}", (lambda n: f"{n}-{n + 2}")(self.rng.randint(2, 60))))
        if country == "at":
            number = self.rng.choice((f"{self.rng.randint(1, 99)}/{self.rng.randint(1, 9)}/{self.rng.randint(1, 30)}", f"{self.rng.randint(1, 99)}"))
        return "place.address", f"{street} {number}"

    def _town(self, _, country="de"):
        towns = {"de": self.lists.DE_TOWNS, "at": self.lists.AT_TOWNS, "ch": self.lists.CH_TOWNS}[country]
        return "place.postcode_town", self.rng.choice(split(towns))

    def _city(self, person, country="de"):
        return None, self._town(person, country)[1].split(" ", 1)[1]

    def _postcode(self, person, country="de"):
        return f"{country}.plz", self._town(person, country)[1].split(" ", 1)[0]

    def _address(self, person, country="de"):
        if country == "en":
            return "place.address", f"{self.rng.randint(1, 2400)} {self.rng.choice(split(self.lists.EN_STREETS))}, {self.rng.choice(split(self.lists.EN_TOWNS))}"
        return "place.address", f"{self._street(person, country)[1]}, {self._town(person, country)[1]}"

    def _coordinates(self, _):
        return "place.coordinates", f"{self.rng.uniform(46, 54):.6f}, {self.rng.uniform(6, 15):.6f}"

    # Money

    def _iban(self, _, country="de"):
        make = money.swiss_shape if country in ("ch", "li") else money.iban_of(country.upper())
        s = spec.Spec("bank.iban", make, money.iban97, ())
        while True:
            text = spec.number(s, self.rng)
            if country not in ("ch", "li") or text[:2] == country.upper():
                break
        return "bank.iban", self.rng.choice((text, spec.groups(4)(text)))

    def _bic(self, _):
        return "bank.bic", self.rng.choice(("COBADEFF", "DEUTDEDB", "GENODEF1", "BYLADEM1", "INGDDEFF", "RZOOAT2L", "BKAUATWW", "POFICHBE", "UBSWCHZH")) + self.rng.choice(("", "XXX"))

    def _eur(self, _, style="de"):
        amount = euros(self.rng.randint(2000, 950000) / 100, style)
        return None, {"de": f"{amount} €", "ch": f"CHF {amount}", "en": f"€{amount}"}[style]

    def _salary(self, _, style="de"):
        amount = euros(self.rng.randint(26, 92) * 100, style)
        return "business.salary", {"de": f"{amount} €", "ch": f"CHF {amount}", "en": f"€{amount}"}[style]

    def _percent(self, _):
        return None, f"{self.rng.randint(1, 60)},{self.rng.randint(0, 9)} %"

    def _expiry(self, _):
        return "payment.expiry", f"{self.rng.randint(1, 12):02}/{self.rng.randint(27, 33)}"

    def _cvv(self, _):
        return "payment.cvv", self._digits("###")

    def _pin(self, _):
        return "payment.pin", self._digits("^#" + "##")

    # Cars, courts, cards without a check digit

    def _plate(self, _, country="de"):
        d = self._digits
        if country == "at":
            return "at.kennzeichen", f"{self.rng.choice(AT_DISTRICTS)}-{d('^####')}{d('@')}"
        if country == "ch":
            return "ch.kontrollschild", f"{self.rng.choice(CANTONS)} {self.rng.choice((d('^## ###'), d('^#####')))}"
        if country == "li":
            return "li.kennzeichen", f"FL {d('^####')}"
        letters = "".join(self.rng.choices("ABCDEFGHJKLMNPRSTUVWXYZ", k=2))
        return "de.kfz", f"{self.rng.choice(DISTRICTS)}{self.rng.choice(('-', ' ', '-'))}{letters} {d('^')}{d('#' * self.rng.randint(1, 3))}"

    def _number(self, _, what):
        id_, forms = NUMBERS[what]
        return id_, self._digits(self.rng.choice(forms))

    # Nets

    def _ip(self, _):
        return "net.ipv4", f"{self.rng.choice((80, 84, 87, 91, 93, 109, 178, 188, 217))}.{self.rng.randint(0, 255)}.{self.rng.randint(0, 255)}.{self.rng.randint(1, 254)}"

    def _privateip(self, _):
        return None, f"192.168.{self.rng.randint(0, 255)}.{self.rng.randint(1, 254)}"

    def _ipv6(self, _):
        return "net.ipv6", "2a02:" + ":".join(f"{self.rng.randrange(16, 65536):x}" for _ in range(7))

    def _mac(self, _):
        pairs = [f"{self.rng.randrange(256):02X}" for _ in range(6)]
        return "net.mac", self.rng.choice((":".join(pairs), "-".join(pairs), ":".join(pairs).lower()))

    def _host(self, _):
        return "net.internal_host", self.rng.choice(("srv-db", "nas", "dc", "app-prod", "wiki")) + f"{self.rng.randint(1, 20):02}." + self.rng.choice(("intern", "corp.local", "lan", "internal"))

    def _url(self, _):
        host = self.rng.choice([d for d in self.lists.DOMAINS.split() if "-" in d])
        return "net.url", f"https://www.{host}/{self.rng.choice(('kontakt', 'produkte/liste', 'karriere', 'de/hilfe', 'login'))}"

    # What is no identifier

    def _date(self, _, form="de"):
        d = datetime.date(2023, 1, 1) + datetime.timedelta(days=self.rng.randint(0, 1200))
        return None, {"de": d.strftime("%d.%m.%Y"), "iso": d.isoformat(), "us": d.strftime("%m/%d/%Y"), "short": d.strftime("%d.%m.")}[form]

    def _time(self, _):
        return None, f"{self.rng.randint(0, 23):02}:{self.rng.randint(0, 59):02}:{self.rng.randint(0, 59):02}"

    def _clock(self, _):
        return None, f"{self.rng.randint(7, 19)}:{self.rng.choice((0, 15, 30, 45)):02}"

    def _version(self, _):
        return None, ".".join(str(self.rng.randint(0, 30)) for _ in range(self.rng.choice((3, 4))))

    def _hex(self, _, size="40"):
        return None, "".join(self.rng.choices("0123456789abcdef", k=int(size)))

    def _uuid(self, _):
        return None, str(uuid.UUID(int=self.rng.getrandbits(128), version=4))

    def _int(self, _, up_to="100"):
        return None, str(self.rng.randint(1, int(up_to)))

    def _firmdomain(self, _):
        return None, self._domainhost(None)[1]

    def _domainhost(self, _):
        return None, self.rng.choice([d for d in self.lists.DOMAINS.split() if "-" in d])

    def _firm(self, _):
        return "business.company", self.rng.choice(split(self.lists.FIRMS))

    def _testcard(self, _):
        return None, self.rng.choice(("4111 1111 1111 1112", "5500 0000 0000 0005", "1234 5678 9012 3456"))


# Numbers that no check digit tells: with their label in the template. Without an id: no finding.
NUMBERS = {
    "personnel": ("person.personnel_number", ("00####", "^####", "P-^####", "^#######")),
    "customer": ("person.customer_number", ("K-^#####", "^#######", "KD^######", "^##-^####")),
    "contract": ("person.customer_number", ("V^#######", "^########", "VTR-20##-####")),
    "matriculation": ("person.matriculation_number", ("^######", "^#######", "01######")),
    "patient": ("health.record_number", ("^#######", "00^######", "P^######")),
    "policy": ("de.policy_number", ("^#.###.######-#", "^## ### ###", "LV-^#######")),
    "bsnr": ("de.bsnr", ("17#######", "71#######", "01#######")),
    "serial": ("device.serial", ("@@^####@###", "SN-####-@@##", "^@#####@@##")),
    "egk": ("de.egk_iccsn", ("80276883110000######", "80276001040000######")),
    "ecard": ("at.ecard", ("80040000010000######",)),
    "veka": ("ch.veka", ("807560000#########^#",)),
    "zvr": ("at.zvr", ("1########", "0########")),
    "atpass": ("at.reisepass", ("P ^######", "U ^######", "P^######")),
    "chpass": ("ch.pass", ("X^######", "E^######", "C^######")),
    "zmr": ("at.zmr", ("############",)),
    "hrb": ("de.handelsregister", ("HRB ^####", "HRB ^#####", "HRA ^###", "HRB^#####")),
    "wkn": ("de.wkn", ("A0@###", "7#####", "A1@##@", "85####")),
    "az": ("de.aktenzeichen", ("^ C ^##/2#", "^# O ^##/2#", "^#0 Js ^####/2#", "^ Ca ^##/2#", "^ StR ^##/1#", "^# F ^##/2#")),
    "account": ("bank.account", ("^#########", "^######", "00########", "^## ### ##")),
    "eori": ("de.eori", ("DE^######", "DE^############"[:12])),
    "mandate": ("bank.mandate", ("M-^#####", "MREF-20##-####", "^#######-01")),
    "ssn": ("us.ssn", ("1##-4#-^###", "5##-2#-^###", "2##-6#-^###")),
    "ein": ("us.ein", ("20-^######", "45-^######", "83-^######")),
    "nino": ("gb.nino", ("AB ## ## ## C", "JK######A", "PW ## ## ## D")),
    "kassenzeichen": ("de.kassenzeichen", ("^########", "^###.###.###.#")),
    "imsi": ("device.imsi", ("26201##########", "23201##########", "22801##########")),
    "icd": ("health.icd10", ("F32.#", "E11.90", "I10.00", "M54.5", "J45.9", "G43.1", "K21.0", "C50.9")),
    "ops": ("health.ops", ("5-470.11", "3-200", "8-930", "5-820.00", "1-632.0")),
    "plzat": ("at.plz", ("1010", "8010", "4020")),
    "postbox": ("place.address", ("Postfach ^# ## ##", "Postfach ^####")),
    "idcardat": ("at.personalausweis", ("^######",)),
    "licenceat": ("at.fuehrerschein", ("########",)),
    "licencech": ("ch.fuehrerausweis", ("00^#########",)),
    "zemis": ("ch.zemis", ("0^#######.#", "^#.###.###")),
    "egid": ("ch.egid", ("^########", "^######")),
    "beitrag": ("at.employer_account", ("^######", "^#########")),
    "adviser": ("de.datev_number", ("^######", "^#####")),
    "telematik": ("de.telematik_id", ("1-1########", "3-1########", "2-4########")),
    "passport": ("us.passport", ("5########", "A########")),
    "itin": ("us.itin", ("9##-7#-####", "9##-85-####")),
    "mbi": ("us.mbi", ("1EG4-TE5-MK7^", "2K#7-PJ#-RR4^")),
    "cage": ("us.cage", ("^A#B^", "^K##^")),
    "goae": ("health.goae", ("5", "8", "75", "3511", "250")),
    "ndc": ("health.ndc", ("0###-####-##", "^####-###-##")),
    "ukpassport": ("gb.passport", ("5########",)),
    "memberid": ("health.plan_id", ("M^########", "XY^#######")),
    # hard negatives
    "order": (None, ("^#######", "BE-20##-^####", "4500######", "PO-^#####", "^##-^######-^######")),
    "invoice": (None, ("RE-20##-####", "20######", "R##-^####", "INV-^#####")),
    "article": (None, ("^##.^##.^##", "ART-^####-@@", "^####-^##", "####.####")),
    "ticket": (None, ("#^####", "INC00^####", "SUP-^####", "JIRA-^###")),
    "tracking": (None, ("00340###############"[:20], "JJD0003#########", "1Z999AA1##########")),
    "part": (None, ("^@-^##.##", "DIN ^##", "ISO ^####", "@@^##-##")),
    "long": (None, ("^##########", "^############", "^########")),
    "measure": (None, ("^#,# mm", "^## kg", "^##,## m²", "^.### Stück")),
}
