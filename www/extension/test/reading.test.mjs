// Files: what is written in them is read, and what cannot be read is not taken for empty.
import assert from "node:assert/strict";
import { test } from "node:test";
import { strToU8, zipSync, zlibSync } from "fflate";
import { chromium } from "playwright-core";
import { load, PERSON } from "./support.mjs";

const { textsOf } = await load("src/reading/files.ts");
const latin1 = (bytes) => Buffer.from(bytes).toString("latin1");
const file = (name, bytes, mime = "") => ({ name, mime, size: bytes.length, bytes: latin1(bytes) });
const read = (...args) => textsOf(file(...args));

test("text kinds, with their encodings", async () => {
  assert.equal(await read("a.csv", Buffer.from("Müller;1"), "text/csv"), "Müller;1");
  assert.equal(await read("a.txt", Buffer.from("Müller", "latin1"), "text/plain"), "Müller");
  assert.equal(await read("a.txt", Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from("Müller", "utf16le")]), "text/plain"), "Müller");
  const html = await read("a.html", Buffer.from(`<p title="x@y.example">M&uuml;ller <a href=mailto:z@y.example>1 < 2</a></p><!-- ${PERSON} -->`), "text/html");
  for (const part of ["Müller", "1 < 2", "x@y.example", "z@y.example", PERSON]) assert.ok(html.includes(part), `${part} in ${html}`);
  assert.equal(await read("ohne-endung", Buffer.from(PERSON)), PERSON);
  // UTF-16 that does not say so.
  for (const bytes of [Buffer.from("Müller;1", "utf16le"), Buffer.from("Müller;1", "utf16le").swap16()]) assert.equal(await read("a.csv", bytes, "text/csv"), "Müller;1");
  // Systems take the files of programmers for films.
  assert.equal(await read("a.ts", Buffer.from("const a = 1"), "video/mp2t"), "const a = 1");
  assert.equal(await read("a.png", Buffer.from(PERSON), "image/png"), PERSON);
  assert.equal(await read("a.png", Buffer.from("\x89PNG\r\n\x1a\n\0\0", "latin1"), "image/png"), "");
});

test("e-mail: headers, quoted-printable, base64, attachments", async () => {
  const mail = [
    "From: =?utf-8?q?J=C3=BCrgen?= <a@muster.example>", `To: ${PERSON}`, "Subject: Test", 'Content-Type: multipart/mixed; boundary="b"', "",
    "--b", "Content-Type: text/plain; charset=iso-8859-1", "Content-Transfer-Encoding: quoted-printable", "", "M=FCller und =", "S=F6hne",
    "--b", "Content-Type: text/html; charset=utf-8", "Content-Transfer-Encoding: base64", "", Buffer.from("<p>Größe</p>").toString("base64"),
    "--b", "Content-Type: text/csv", 'Content-Disposition: attachment; filename="liste.csv"', "", "IBAN;1", "--b--", "",
  ].join("\r\n");
  const text = await read("a.eml", Buffer.from(mail), "message/rfc822");
  for (const part of ["Jürgen", PERSON, "Müller und Söhne", "Größe", "IBAN;1"]) assert.ok(text.includes(part), part);
  // A mail inside of a mail has people of its own.
  const sent = ["Subject: Wtr", 'Content-Type: multipart/mixed; boundary="b"', "", "--b", "Content-Type: message/rfc822", "", "Subject: Angebot", `To: ${PERSON}`, "", "Text", "--b--"].join("\n");
  const both = await read("a.eml", Buffer.from(sent), "message/rfc822");
  for (const part of ["Wtr", "Angebot", PERSON]) assert.ok(both.includes(part), part);
});

test("office documents: words, cells in their columns, slides, notes, properties", async () => {
  const docx = zipSync({ "word/document.xml": strToU8(`<w:document><w:body><w:p><w:r><w:t>Jut</w:t></w:r><w:r><w:t>ta Kranz</w:t></w:r></w:p><w:p><w:t>&#228;&amp;</w:t></w:p></w:body></w:document>`), "word/comments.xml": strToU8("<w:p><w:t>Kommentar</w:t></w:p>"), "docProps/core.xml": strToU8("<dc:creator>Autorin</dc:creator>") });
  const text = await read("a.docx", docx);
  for (const part of ["Jutta Kranz\n", "ä&", "Kommentar", "Autorin"]) assert.ok(text.includes(part), part);
  const xlsx = zipSync({ "xl/sharedStrings.xml": strToU8("<sst><si><t>IBAN</t></si><si><t>Name</t></si></sst>"), "xl/worksheets/sheet1.xml": strToU8('<sheetData><row r="1"><c t="s"><v>1</v></c><c t="s"><v>0</v></c></row><row><c t="inlineStr"><is><t>Kranz</t></is></c><c><v>42</v></c></row></sheetData>') });
  assert.ok((await read("a.xlsx", xlsx)).includes("Name\tIBAN\nKranz\t42"));
  const pptx = zipSync({ "ppt/slides/slide1.xml": strToU8("<a:p><a:t>Folie</a:t></a:p>"), "ppt/notesSlides/notesSlide1.xml": strToU8("<a:p><a:t>Notiz</a:t></a:p>") });
  assert.match(await read("a.pptx", pptx), /Folie[^]*Notiz/);
});

const sheet = (xml, shared = "") => zipSync({ "xl/sharedStrings.xml": strToU8(shared), "xl/worksheets/sheet1.xml": strToU8(xml) });
const word = (more, xml = "<w:p><w:t>Wort</w:t></w:p>") => zipSync({ "word/document.xml": strToU8(xml), ...more });

test("office documents as other programs write them", async () => {
  // The Open XML SDK writes prefixes; empty cells close themselves.
  assert.match(await read("a.xlsx", sheet('<x:sheetData><x:row><x:c t="inlineStr"><x:is><x:t>Kranz</x:t></x:is></x:c><x:c><x:v>42</x:v></x:c></x:row></x:sheetData>')), /^Kranz\t42$/m);
  assert.match(await read("a.xlsx", sheet('<sheetData><row r="1"/><row r="2"><c r="A2" s="1"/><c r="B2" t="s"><v>1</v></c></row></sheetData><headerFooter><oddHeader>Kopfzeile</oddHeader></headerFooter>', "<sst><si><t>Nr.</t></si><si><t>Kranz</t><rPh><t>gesprochen</t></rPh></si></sst>")), /^\tKranz$[^]*Kopfzeile/m);
  const linked = await read("a.docx", word({ "word/_rels/document.xml.rels": strToU8(`<Relationship Target="mailto:${PERSON}"/>`) }));
  assert.ok(linked.includes(PERSON), linked);
  assert.match(await read("a.docx", word({ "word/embeddings/Tabelle.xlsx": sheet("<row><c><v>4711</v></c></row>") })), /Wort[^]*4711/);
});

test("what is inside of an office document and cannot be read makes it unreadable", async () => {
  assert.equal(await read("a.docx", word({ "word/embeddings/oleObject1.bin": strToU8("x") })), undefined);
  // Turtles all the way down.
  let inner = word({});
  for (let depth = 0; depth < 6; depth++) inner = word({ "word/embeddings/a.docx": inner });
  assert.equal(await read("a.docx", inner), undefined);
});

test("an archive's word for its size counts for nothing", async () => {
  const forged = Buffer.from(word({}, `<w:t>${"a".repeat(1000)} ${PERSON}</w:t>`));
  const entry = forged.indexOf(Buffer.from([0x50, 0x4b, 1, 2]));
  for (const at of [22, entry + 24]) forged.writeUInt32LE(20, at);
  assert.ok((await read("a.docx", forged)).includes(PERSON));
  const encrypted = Buffer.from(word({}));
  encrypted[encrypted.indexOf(Buffer.from([0x50, 0x4b, 1, 2])) + 8] |= 1;
  assert.equal(await read("a.docx", encrypted), undefined);
});

test("PDF as a browser prints it", async () => {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--headless=new", "--no-sandbox", "--disable-gpu"] });
  const page = await browser.newPage();
  await page.setContent(`<h1>Angebot für Jürgen Groß</h1><p>Kontakt: ${PERSON}, IBAN DE02 1203 0000 0000 2020 51</p><p style="font-family:serif">Zweiter Absatz: fließend.</p>`);
  const pdf = await page.pdf();
  await browser.close();
  const text = await read("a.pdf", pdf, "application/pdf");
  for (const part of ["Angebot für Jürgen Groß", PERSON, "DE02 1203 0000 0000 2020 51", "fließend"]) assert.ok(text.includes(part), `${part} in ${text}`);
});

test("PDF by hand: plain fonts, literal strings, forms, notes", async () => {
  const stream = "BT /F1 12 Tf 72 700 Td (Kunde: M\\374ller \\(neu\\)) Tj 0 -14 Td [(Tele) 20 (fon) -300 (4711)] TJ ET /X1 Do";
  const form = "BT /F1 9 Tf (im Formular) Tj ET";
  const pdf = `%PDF-1.4
1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj
2 0 obj <</Type/Pages/Kids[3 0 R]/Count 1/Resources<</Font<</F1 5 0 R>>/XObject<</X1 6 0 R>>>>>> endobj
3 0 obj <</Type/Page/Parent 2 0 R/Contents 4 0 R/Annots[7 0 R]>> endobj
4 0 obj <</Length ${stream.length}>> stream
${stream}
endstream endobj
5 0 obj <</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>> endobj
6 0 obj <</Type/XObject/Subtype/Form/Length ${form.length}>> stream
${form}
endstream endobj
7 0 obj <</Type/Annot/Contents(Randnotiz)>> endobj
trailer <</Root 1 0 R>>`;
  const text = await read("a.pdf", Buffer.from(pdf, "latin1"));
  for (const part of ["Kunde: Müller (neu)", "Telefon 4711", "im Formular", "Randnotiz"]) assert.ok(text.includes(part), `${part} in ${text}`);
});

/** A PDF of one page, with what it writes and more objects. */
const stream = (number, dict, data) => `${number} 0 obj <<${dict}/Length ${data.length}>> stream\n${data}\nendstream endobj\n`;
const printed = (code, more = "", resources = "") => Buffer.from(`%PDF-1.4\n3 0 obj <</Type/Page/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>${resources}>>>> endobj\n${stream(4, "", code)}5 0 obj <</Type/Font/Subtype/Type1>> endobj\n${more}`, "latin1");
const TITLE = "9 0 obj <</Title(Scan vom Kopierer)>> endobj\n";

test("PDF: a scan is a scan, whatever its title says", async () => {
  const image = stream(6, "/Subtype/Image/Filter/DCTDecode", "xx");
  const shows = "/XObject<</Im1 6 0 R>>";
  assert.equal(await read("a.pdf", printed("q /Im1 Do Q", TITLE + image, shows)), undefined);
  assert.equal(await read("a.pdf", printed("BI /W 1 ID x EI", TITLE)), undefined);
  assert.match(await read("a.pdf", printed("BT /F1 9 Tf (Brief) Tj ET /Im1 Do", TITLE + image, shows)), /Brief/);
});

test("PDF: letters without a meaning, pages without contents, too many forms", async () => {
  const unknown = "5 0 obj <</Type/Font/Subtype/Type3/Encoding<</Differences[97/g1/g2/g3]>>>> endobj\n";
  assert.equal(await read("a.pdf", printed("BT /F1 9 Tf (abc) Tj ET", unknown)), undefined);
  assert.equal(await read("a.pdf", Buffer.from(`%PDF-1.4\n3 0 obj <</Type/Page/Contents 4 0 R>> endobj\n${TITLE}`)), undefined);
  // Two thousand pages with a letterhead are no reason to stop reading.
  const forms = stream(6, "/Subtype/Form", "q Q") + stream(7, "/Subtype/Form", "BT /F1 9 Tf (zuletzt) Tj ET");
  assert.match(await read("a.pdf", printed(`BT /F1 9 Tf (zuerst) Tj ET ${"/X1 Do ".repeat(2100)} /X2 Do`, forms, "/XObject<</X1 6 0 R/X2 7 0 R>>")), /zuerst[^]*zuletzt/);
  const endless = stream(6, "/Subtype/Form", "/X1 Do");
  assert.equal(await read("a.pdf", printed("BT /F1 9 Tf (Text) Tj ET /X1 Do", endless, "/XObject<</X1 6 0 R>>")), undefined);
});

test("PDF: files inside of it, and pages that were written anew", async () => {
  const xml = printed("BT /F1 9 Tf (Rechnung) Tj ET", stream(6, "/Type/EmbeddedFile/Subtype/text#2Fxml", `<to>${PERSON}</to>`));
  assert.ok((await read("a.pdf", xml)).includes(PERSON));
  assert.equal(await read("a.pdf", printed("BT /F1 9 Tf (Rechnung) Tj ET", stream(6, "/Type/EmbeddedFile", "\0\x01\x02"))), undefined);
  // A later object stream takes the place of what stood there before.
  const packed = "5 0 <</Type/Page/Contents 8 0 R/Resources<</Font<</F1 7 0 R>>>>>>";
  const anew = `%PDF-1.5\n5 0 obj <</Type/Page>> endobj\n7 0 obj <</Type/Font/Subtype/Type1>> endobj\n${stream(8, "", "BT /F1 9 Tf (neu) Tj ET")}${stream(9, "/Type/ObjStm/N 1/First 4", packed)}`;
  assert.match(await read("a.pdf", Buffer.from(anew)), /neu/);
});

test("bombs are put down before they go off", async () => {
  const bomb = (bytes) => latin1(zlibSync(new Uint8Array(bytes), { level: 9 }));
  assert.equal(await read("a.pdf", printed("BT /F1 9 Tf (Text) Tj ET /X1 Do", stream(6, "/Subtype/Form/Filter/FlateDecode", bomb(40_000_000)), "/XObject<</X1 6 0 R>>")), undefined);
  assert.match(await read("a.pdf", printed("BT /F1 9 Tf (Text) Tj ET /X1 Do", stream(6, "/Subtype/Form/Filter/FlateDecode", `${bomb(1000)}\n`), "/XObject<</X1 6 0 R>>")), /Text/, "a small one, and a line's end behind it");
  assert.equal(await read("a.docx", zipSync({ "word/document.xml": new Uint8Array(70_000_000) })), undefined);
  const half = Buffer.from(word({}, `<w:t>${Array.from({ length: 500 }, (_, i) => i).join()}</w:t>`));
  const entry = half.indexOf(Buffer.from([0x50, 0x4b, 1, 2]));
  half.writeUInt32LE(half.readUInt32LE(entry + 20) >> 1, entry + 20);
  assert.equal(await read("a.docx", half), undefined, "what ends in the middle");
});

// These took minutes to hours: a test that hangs fails.
test("files that are all beginning and no end are read in one go", async () => {
  assert.equal(typeof (await read("a.html", Buffer.from("<".repeat(2_000_000)), "text/html")), "string");
  assert.equal(typeof (await read("a.xlsx", sheet("<row>".repeat(400_000)))), "string");
  assert.equal(typeof (await read("a.xlsx", sheet("<row><c>".repeat(200_000), "<si><rPh".repeat(200_000)))), "string");
  assert.equal(await read("a.pdf", Buffer.from(`%PDF-1.4\n${"1 0 obj (".repeat(300_000)}`)), undefined);
  assert.equal(await read("a.pdf", printed("BT /F1 9 Tf (a) Tj ET", `5 0 obj <</Type/Font/Subtype/Type0/ToUnicode 6 0 R>> endobj\n${stream(6, "", "beginbfchar".repeat(300_000) + "beginbfrange<0000><ffff><0000>".repeat(1000))}`)), undefined);
});

test("what cannot be read is undefined, never empty", async () => {
  assert.equal(await read("a.pdf", Buffer.from("%PDF-1.7\ntrailer <</Encrypt 5 0 R>>"), "application/pdf"), undefined);
  assert.equal(await read("a.pdf", Buffer.from("%PDF-1.7\nnichts"), "application/pdf"), undefined);
  assert.equal(await read("a.docx", Buffer.from("PK\x03\x04kaputt", "latin1")), undefined);
  assert.equal(await read("a.zip", zipSync({ "geheim.txt": strToU8("x") })), undefined);
  assert.equal(await read("a.bin", Buffer.from([0, 1, 2, 3, 4])), undefined);
  assert.equal(await textsOf({ name: "gross.txt", mime: "text/plain", size: 99_000_000, bytes: "" }), undefined);
  // A scanned page has no text.
  const scan = "%PDF-1.4\n3 0 obj <</Type/Page/Contents 4 0 R>> endobj 4 0 obj <</Length 8>> stream\n/Im1 Do \nendstream endobj";
  assert.equal(await read("scan.pdf", Buffer.from(scan), "application/pdf"), undefined);
});

test("broken files end, and in no yes", async () => {
  const stream = "BT /F1 12 Tf (Text) Tj ET";
  const pdf = `%PDF-1.4\n3 0 obj <</Type/Page/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>> endobj 4 0 obj <</Length ${stream.length}>> stream\n${stream}\nendstream endobj 5 0 obj <</Type/Font/Subtype/Type1>> endobj`;
  assert.match(await read("a.pdf", Buffer.from(pdf)), /Text/);
  for (let cut = 10; cut < pdf.length; cut++) {
    const text = await read("a.pdf", Buffer.from(pdf.slice(0, cut)));
    assert.ok(text === undefined || text.trim(), `cut at ${cut}`);
  }
});
