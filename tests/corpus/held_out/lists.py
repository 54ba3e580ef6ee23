"""Names and places of the held-out set: another sample of common ones."""

GIVEN = """Maria Peter Ursula Wolfgang Christina Klaus Ingrid Jürgen Karin Dieter Renate Manfred Elisabeth Frank Angelika Jan
Laura Maximilian Sarah Felix Hannah Paul Lisa Jonas Vanessa Patrick Nadine Oliver Tanja Marcel Jessica Kevin Yvonne Sven Simone
Carsten Silke Torsten Kerstin Volker Gisela Helmut Erika Horst Elif Mustafa Zeynep Ahmet Katarzyna Tomasz Francesca Luca Isabelle
Pierre Olivia George Charlotte Henry Eva-Maria Klaus-Dieter Ann-Kathrin Hansjörg Verena Ueli Vreni Rosmarie Edeltraud Wendelin""".split()
SURNAMES = """Schmidt Becker Schulze Bauer Richter Klein Wolf Schröder Neumann Schwarz Zimmermann Braun Hofmann Hartwig Schmitt
Lang Scholz Maier Pohl Thomas Schubert Arnold Kraft Heinrich Sauer Voigt Wolff Pfeiffer Nagel Ernst Bock Reuter Stark Wenzel Noack
Hermann Kretschmer Janssen Petersen Nguyen Reinhardt Ulrich Ebert Heinze Wendt Hein Kirsch Böttcher Schütz Thiele Köster Marx
Rauch Anders Opitz Körner Mayr Eder Hofer Leitner Wimmer Egger Brunner Hofstetter Gerber Brügger Odermatt Zimmerli Öztürk Kaya
Wiśniewski Lewandowski Ferrari Dubois Taylor Johnson""".split()
STREETS = """Königstraße Rathausgasse Ahornweg Kastanienallee Neue_Straße Eichendorffstraße Kapellenweg Am_Bach Im_Hag
Burgstraße Klosterhof Obere_Gasse Sonnenhang Lessingstr. Bismarckstr. Auf_der_Höhe Zur_Alten_Post Wilhelm-Busch-Weg
Kantstraße Hafenstraße Am_Kirchberg Blumenstraße Sudetenring Steinweg Grüner_Weg Lerchenfeld Nelkenweg Römerstraße
Unterdorfstrasse Seestrasse Weinbergstrasse Zürcherstrasse Mariahilfer_Straße Landstraßer_Hauptstraße""".split()
DE_TOWNS = """24103 Kiel|23552 Lübeck|34117 Kassel|35037 Marburg|37073 Göttingen|38100 Braunschweig|39104 Magdeburg|42103 Wuppertal|
49074 Osnabrück|52062 Aachen|54290 Trier|55116 Mainz|64283 Darmstadt|66111 Saarbrücken|72070 Tübingen|78462 Konstanz|87435 Kempten|
89073 Ulm|93047 Regensburg|97070 Würzburg|06108 Halle|07743 Jena|14467 Potsdam|26122 Oldenburg|59494 Soest"""
AT_TOWNS = "1070 Wien|8020 Graz|4040 Linz|5400 Hallein|6330 Kufstein|9500 Villach|2340 Mödling|7000 Eisenstadt|6900 Bregenz|4400 Steyr"
CH_TOWNS = "8005 Zürich|3006 Bern|4102 Binningen|6010 Kriens|9500 Wil|8610 Uster|6340 Baar|4600 Olten|8200 Schaffhausen|1700 Fribourg"
EN_STREETS = "High Street|Victoria Road|Cedar Lane|Washington Avenue|King Street|Queens Road|Lake Drive|Hillside Avenue"
EN_TOWNS = "Madison, WI 53703|Albany, NY 12207|Tucson, AZ 85701|York YO1 7HH|Oxford OX1 2JD|Salem, MA 01970"
FIRMS = """Fahrrad Petersen e.K.|Isartal Messtechnik GmbH|Kontor Nordsee OHG|Steirische Holzbau GmbH|Rheintal Verpackung AG|
Brauhaus Zur Eule GmbH & Co. KG|Datenwerk Ostsee UG (haftungsbeschränkt)|Weinhandel Moselblick KG|Zahntechnik Linde GmbH|Aare Treuhand AG"""
DOMAINS = "isartal-mt.de kontor-nordsee.de holzbau-stmk.at rheintalpack.ch brauhaus-eule.de datenwerk-ostsee.de moselblick-wein.de aare-treuhand.ch posteo.de outlook.com freenet.de icloud.com"
