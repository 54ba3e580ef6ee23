// Files: what is written in them is read, and what cannot be read is not taken for empty.
import assert from "node:assert/strict";
import { test } from "node:test";
import { strToU8, zipSync } from "fflate";
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
  assert.match(await read("a.html", Buffer.from(`<p title="x@y.example">M&uuml;ller</p><!-- ${PERSON} -->`), "text/html"), /Müller[^]*x@y\.example/);
  assert.equal(await read("ohne-endung", Buffer.from(PERSON)), PERSON);
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

test("PDF as a browser prints it", async () => {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--headless=new", "--no-sandbox", "--disable-gpu"] });
  const page = await browser.newPage();
  await page.setContent(`<h1>Angebot für Jürgen Groß</h1><p>Kontakt: ${PERSON}, IBAN DE02 1203 0000 0000 2020 51</p><p style="font-family:serif">Zweiter Absatz: fließend.</p>`);
  const pdf = await page.pdf();
  const picture = await page.pdf({ pageRanges: "1" });
  await browser.close();
  const text = await read("a.pdf", pdf, "application/pdf");
  for (const part of ["Angebot für Jürgen Groß", PERSON, "DE02 1203 0000 0000 2020 51", "fließend"]) assert.ok(text.includes(part), `${part} in ${text}`);
  assert.ok(picture.length > 0);
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
