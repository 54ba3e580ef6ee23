// The console: reads the host's API and shows it. Everything is inserted as text, never as markup.

import { word } from "/console/words.js";

const $ = (id) => document.getElementById(id);
const verdicts = ["allow", "log", "warn", "justify", "redact", "approve", "block"];
let language = navigator.language.startsWith("de") ? "de" : "en";
let key = "";
let round = 0;

const w = (name, values) => word(language, name, values);
const verdictWord = (verdict) => w(verdict === "approve" ? "approveVerdict" : verdict);

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "onclick") element.addEventListener("click", value);
    else if (value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== undefined && child !== null));
  return element;
}

function table(heads, rows) {
  const cell = (tag, value, number) => make(tag, number ? { class: "number" } : {}, value);
  const isNumber = (value) => typeof value === "number";
  const numeric = heads.map((_, i) => rows.length > 0 && rows.every((row) => isNumber(row[i])));
  return make("table", {},
    make("thead", {}, make("tr", {}, ...heads.map((head, i) => cell(head ? "th" : "td", head, numeric[i])))),
    make("tbody", {}, ...rows.map((row) => make("tr", {},
      ...row.map((value, i) => cell("td", isNumber(value) ? value.toLocaleString(language) : value ?? "", numeric[i]))))));
}

const section = (title, ...children) => make("section", {}, make("h2", {}, title), ...children);
const time = (ms) => new Date(ms).toLocaleString(language, { dateStyle: "medium", timeStyle: "short" });

/** An answer of the host; what is not fine becomes an error with the host's code. */
async function ask(path, options = {}) {
  let answer;
  try {
    answer = await fetch(path, { ...options, cache: "no-store",
      headers: { authorization: `Bearer ${key}`, ...(options.body !== undefined ? { "content-type": options.kind ?? "application/json" } : {}) } });
  } catch {
    throw new Error(w("unreachable"));
  }
  if (answer.ok) return answer;
  const problem = await answer.json().catch(() => ({}));
  const error = new Error(answer.status === 401 ? w("unknown") : answer.status === 403 ? w("forbidden")
    : `${problem.code ?? answer.status}: ${problem.detail ?? ""}`);
  error.status = answer.status;
  throw error;
}
const json = async (path) => (await ask(path)).json();
const post = (path, body) => ask(path, { method: "POST", body: JSON.stringify(body) });
const send = async (path, lines) => (await ask(path, { method: "POST", body: lines, kind: "application/x-ndjson" })).json();

function say(text) { $("state").textContent = text; }

async function act(button, work) {
  button.disabled = true;
  try {
    await work();
  } catch (error) {
    say(error.message);
  }
  button.disabled = false;
}

function decisions(statistics) {
  const days = Object.entries(statistics.days).reverse();
  if (days.length === 0) return section(w("decisions"), make("p", { class: "dim" }, w("none")));
  const used = verdicts.filter((verdict) => days.some(([, counts]) => counts[verdict]));
  return section(w("decisions"), table(
    [w("day"), ...used.map(verdictWord)],
    days.map(([day, counts]) => [new Date(day * 864e5).toLocaleDateString(language, { timeZone: "UTC" }),
      ...used.map((verdict) => counts[verdict] ?? 0)])));
}

function rules(statistics) {
  if (statistics.rules.length === 0) return null;
  const most = statistics.rules[0].count;
  return section(w("rules"), table([w("rule"), w("count"), ""], statistics.rules.map(({ rule, count }) =>
    [rule, count, make("progress", { max: most, value: count, "aria-label": rule })])));
}

function trainings(statistics) {
  if (statistics.trainings.length === 0) return section(w("trainings"), make("p", { class: "dim" }, w("trainingsNone")));
  return section(w("trainings"), make("p", { class: "dim" }, w("trainingsWhy")), table(
    [w("training"), w("count"), w("people")],
    statistics.trainings.map(({ training, asked, people }) => [training, asked, people])));
}

function approvals(base, list) {
  if (list.length === 0) return section(w("approvals"), make("p", { class: "dim" }, w("none")));
  const detail = (approval) => {
    const place = make("div", {});
    if (approval.state !== "waiting") return place;
    const decide = (approve) => ({ currentTarget: button }) => act(button, async () => {
      await post(`${base}/approvals/${approval.id}/decision`, { approve });
      await show();
      say(w("done"));
    });
    place.append(make("div", { class: "row" },
      make("button", { type: "button", class: "first", onclick: decide(true) }, w("approve")),
      make("button", { type: "button", onclick: decide(false) }, w("deny")),
      approval.excerpt ? make("button", { type: "button", onclick: ({ currentTarget: button }) => act(button, async () => {
        const text = await (await ask(`${base}/approvals/${approval.id}/excerpt`)).text();
        place.append(make("p", { class: "dim" }, w("excerpt")), make("pre", {}, text));
        button.remove();
      }) }, w("showExcerpt")) : null));
    return place;
  };
  return section(w("approvals"), table(
    [w("asked"), w("rule"), w("found"), w("role"), w("state"), ""],
    list.map((approval) => [time(approval.made), approval.summary.rules.join(", "),
      Object.entries(approval.summary.found).map(([name, count]) => `${name} ${count}`).join(", "),
      approval.role, w(approval.state), detail(approval)])));
}

function policy(current) {
  const lines = [];
  if (current.fault) {
    lines.push(make("p", { class: "bad" }, w(current.stable ? "fault" : "faultNone")),
      make("p", { class: "dim" }, `${current.fault.code}: ${current.fault.message}`));
  }
  if (current.stable) {
    const { id, version, title, digest, review_by: review } = current.stable;
    lines.push(make("p", {}, `${w("active")}: ${title} (${id} ${version}, ${digest.slice(0, 8)})`));
    if (review) lines.push(make("p", { class: "dim" }, `${w("review")} ${new Date(review).toLocaleDateString(language, { timeZone: "UTC" })}`));
  }
  if (current.canary) {
    const known = new Set((current.stable?.rules ?? []).map((rule) => rule.id));
    const fresh = current.canary.version.rules.map((rule) => rule.id).filter((id) => !known.has(id));
    lines.push(make("p", {}, `${w("canary", { share: current.canary.share })}: ${current.canary.version.id} ${current.canary.version.version}`),
      fresh.length ? make("p", { class: "dim" }, w("added", { names: fresh.join(", ") })) : "");
  }
  return section(w("policy"), ...lines);
}

const names = (word, list) => list.length ? make("p", {}, w(word, { names: list.join(", ") })) : null;

/** What a version changes against the one that decides now. */
function changes(found) {
  const changed = found.rules.changed.map(({ id, what, from, to }) =>
    from === to ? `${id} (${what.map((part) => w(`part_${part}`)).join(", ")})` : `${id} (${verdictWord(from)} → ${verdictWord(to)})`);
  const lines = [names("added", found.rules.added), names("removed", found.rules.removed), names("changed", changed),
    names("added", found.detectors.added), names("removed", found.detectors.removed),
    found.stages ? make("p", {}, w("part_stages")) : null].filter(Boolean);
  return lines.length ? lines : [make("p", { class: "dim" }, w("same"))];
}

/** What it would have done with recorded events: counts only. */
function simulated(counts) {
  const { stronger, weaker, equal, moves } = counts.changes;
  return [make("p", {}, w("simulated", { events: counts.events, stronger, weaker, equal })),
    counts.bad_lines ? make("p", { class: "bad" }, w("badLines", { lines: counts.bad_lines })) : "",
    moves.length ? table([w("now"), w("then"), w("count")],
      moves.map(({ from, to, events }) => [verdictWord(from), verdictWord(to), events])) : ""];
}

/** The buttons and answers below a version that does not decide yet. */
function compared(base, version) {
  const place = make("div", {});
  const of = `${base}/versions/${version.number}`;
  const file = make("input", { type: "file", accept: ".jsonl,.ndjson,application/x-ndjson" });
  file.addEventListener("change", () => act(file, async () => {
    if (!file.files[0]) return;
    place.replaceChildren(...simulated(await send(`${of}/simulation`, await file.files[0].text())));
    say("");
  }));
  return make("div", {}, make("div", { class: "row" },
    make("button", { type: "button", onclick: ({ currentTarget: button }) => act(button, async () => {
      place.replaceChildren(...changes(await json(`${of}/changes`)));
    }) }, w("compare")),
    make("button", { type: "button", onclick: ({ currentTarget: button }) => act(button, async () => {
      await post(`${of}/activate`, {});
      await show();
      say(w("done"));
    }) }, w("activate"))),
  make("label", { class: "field tall" }, make("span", {}, w("simulate")), file), place);
}

function versions(base, list) {
  if (list.versions.length === 0) return null;
  return section(w("versions"), table([w("number"), w("asked"), w("policy"), w("note"), ""],
    list.versions.map((version) => [version.number, time(version.made), version.policy, version.note,
      version.number === list.active.number ? make("span", { class: "good" }, w("active"))
        : compared(base, version)])));
}

function audit(base) {
  const result = make("p", { role: "status" });
  const button = make("button", { type: "button", onclick: () => act(button, async () => {
    result.textContent = w("checking");
    const report = await json(`${base}/audit/verify`);
    const fine = report.faults.length === 0;
    result.className = fine ? "good" : "bad";
    result.textContent = fine ? w("intact", report) : `${w("broken")} ${report.faults.join("; ")}`;
  }) }, w("check"));
  return section(w("audit"), button, result);
}

/** Everything about the chosen tenant. */
async function show() {
  const mine = ++round;
  const base = `/v1/tenants/${encodeURIComponent($("tenant").value)}`;
  const [statistics, waiting, current, given] = await Promise.all([
    json(`${base}/statistics`), json(`${base}/approvals`), json(`${base}/policy`), json(`${base}/versions`)]);
  if (mine !== round) return;
  const parts = [make("h1", {}, $("tenant").value), approvals(base, waiting.approvals), decisions(statistics), rules(statistics), trainings(statistics),
    policy(current), versions(base, given), audit(base)];
  $("pages").replaceChildren(...parts.filter(Boolean));
  say("");
}

async function enter() {
  const { tenants } = await json("/v1/tenants");
  if (tenants.length === 0) throw new Error(w("noTenant"));
  $("tenant").replaceChildren(...tenants.map(({ name }) => make("option", { value: name }, name)));
  $("enter").hidden = true;
  $("pages").hidden = false;
  await show();
}

function leave() {
  key = "";
  round += 1;
  $("key").value = "";
  $("pages").replaceChildren();
  $("pages").hidden = true;
  $("enter").hidden = false;
  $("tenant").replaceChildren();
  say("");
}

function speak() {
  document.documentElement.lang = language;
  $("language").value = language;
  for (const element of document.querySelectorAll("[data-word]")) {
    element.textContent = w(element.dataset.word);
  }
}

$("enter").addEventListener("submit", async (event) => {
  event.preventDefault();
  key = $("key").value.trim();
  try {
    await enter();
  } catch (error) {
    leave();
    say(error.message);
  }
});
$("tenant").addEventListener("change", () => show().catch((error) => say(error.message)));
$("language").addEventListener("change", () => {
  language = $("language").value;
  speak();
  if (!$("pages").hidden) show().catch((error) => say(error.message));
});
$("leave").addEventListener("click", leave);
speak();
