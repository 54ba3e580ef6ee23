"""Names and places of the develop set: common ones, put together by chance."""

GIVEN = """Anna Thomas Sabine Michael Julia Andreas Claudia Stefan Katharina Markus Petra Christian Monika Daniel Susanne Tobias
Birgit Alexander Nicole Sebastian Martina Florian Heike Matthias Jana Philipp Franziska Jens Melanie Lukas Sandra Ralf Lena
Dominik Anja Bernd Theresa Uwe Carina Holger Ayşe Mehmet Fatma Emre Agnieszka Piotr Giulia Marco Chantal Jean-Luc Emily James
Sophie William Hans-Peter Anna-Lena Karl-Heinz Marie-Luise Sibylle Reto Urs Beat Regula Gernot Waltraud Leopold""".split()
SURNAMES = """Müller Schneider Fischer Weber Meyer Hoffmann Schäfer Schulz Wagner Krüger Hartmann Lange Werner Krause Lehmann
Köhler Herrmann Walter Huber Kaiser Fuchs Peters Möller Weiß Jung Hahn Vogel Friedrich Keller Günther Berger Winkler Roth
Beck Lorenz Baumann Franke Albrecht Schuster Simon Ludwig Böhm Winter Kraus Martin Schumacher Krämer Vogt Stein Jäger Otto
Sommer Groß Seidel Brandt Haas Schreiber Graf Dietrich Kuhn Ziegler Kühn Engel Horn Busch Bergmann Gruber Steiner Moser
Pichler Aebischer Zürcher Bürgi Ammann Yılmaz Demir Kowalski Nowak Rossi Moreau Smith Clarke Müller-Lüdenscheidt""".split()
STREETS = """Hauptstraße Bahnhofstraße Goethestraße Lindenweg Gartenstraße Schillerstraße Kirchgasse Mozartstraße Bergstraße
Ringstraße Am_Markt Rosenweg Schulstraße Mühlenweg Waldstraße Birkenallee Wiesengrund Friedrichstraße Parkstraße Marktplatz
Industriestr. Dorfstr. Beethovenstr. Kaiserdamm Am_Stadtpark Im_Winkel An_der_Mühle Zum_Sportplatz Uferpromenade
Theodor-Heuss-Allee Lange_Gasse Talstraße Feldweg Hohenzollernring""".split()
DE_TOWNS = """10115 Berlin|20095 Hamburg|80331 München|50667 Köln|60311 Frankfurt am Main|70173 Stuttgart|40213 Düsseldorf|
44135 Dortmund|45127 Essen|04109 Leipzig|28195 Bremen|01067 Dresden|30159 Hannover|90402 Nürnberg|47051 Duisburg|33602 Bielefeld|
53111 Bonn|48143 Münster|76133 Karlsruhe|68159 Mannheim|86150 Augsburg|65183 Wiesbaden|99084 Erfurt|18055 Rostock|79098 Freiburg"""
AT_TOWNS = "1010 Wien|8010 Graz|4020 Linz|5020 Salzburg|6020 Innsbruck|9020 Klagenfurt|4600 Wels|3100 St. Pölten|6850 Dornbirn|1190 Wien"
CH_TOWNS = "8001 Zürich|3011 Bern|4051 Basel|6003 Luzern|9000 St. Gallen|8400 Winterthur|6300 Zug|5000 Aarau|7000 Chur|8640 Rapperswil"
EN_STREETS = "Main Street|Oak Avenue|Maple Drive|Park Road|Church Lane|Mill Road|Elm Street|Station Road"
EN_TOWNS = "Springfield, IL 62704|Portland, OR 97205|Austin, TX 78701|Leeds LS1 4AP|Bristol BS1 5TR|Denver, CO 80202"
FIRMS = """Hansen Logistik GmbH|Nordlicht Software AG|Bergmann & Söhne KG|Alpenblick Hotel GmbH|Kraftwerk Medien GmbH & Co. KG|
Donau Handels GmbH|Helvetia Feinmechanik AG|Westend Pharma GmbH|Sonnenhof Pflege gGmbH|Elbtal Maschinenbau GmbH"""
DOMAINS = "hansen-logistik.de nordlicht-soft.de bergmann-soehne.de alpenblick.at donau-handel.at helvetia-fm.ch westendpharma.com gmx.de web.de t-online.de gmail.com bluewin.ch"
