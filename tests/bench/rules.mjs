// Rules on attributes alone, written three times: as a policy, as the JavaScript
// function that somebody would generate from the same rules, and for Cedar. All are made
// from one list, with a fixed seed, so that every run measures the same thing.
//
// Thirty rules are one company's policy: few speak of a tenant, most of what is done
// and where it goes, of roles, labels, purpose. A thousand are a managed service
// provider's: three in four hold for one of its tenants.

const KINDS = ["ai_chat", "ai_api", "mail", "storage", "internal"];
const REGIONS = ["eu", "us", "cn", "other"];
const ACTIONS = ["paste", "upload", "share", "prompt"];
const PURPOSES = ["support", "sales", "research", "hr"];
const ROLES = ["finance", "legal", "admin", "intern", "doctor", "developer"];
const LABELS = ["secret", "internal", "customer", "export"];
const HOSTS = ["chat.example", "api.example", "files.test", "mail.test", "cloud.invalid"];
const VERDICTS = ["log", "warn", "justify", "block"];
const CODES = [1, 2, 3, 6];

/** A small generator of pseudo-random numbers (xorshift32): the same everywhere. */
function dice(seed) {
  let x = seed >>> 0 || 1;
  const next = (n) => {
    x ^= x << 13; x >>>= 0;
    x ^= x >>> 17;
    x ^= x << 5; x >>>= 0;
    return x % n;
  };
  return { next, pick: (list) => list[next(list.length)], chance: (percent) => next(100) < percent };
}

/** `count` rules; each a list of clauses, all of which must hold. */
export function rules(count) {
  const d = dice(20261121);
  const tenants = Math.max(4, Math.floor(count / 5));
  const tenantShare = count > 100 ? 75 : 10;
  return Array.from({ length: count }, () => {
    const clauses = [];
    if (d.chance(tenantShare)) clauses.push({ slot: "tenant", equals: `tenant-${d.next(tenants)}` });
    clauses.push({ slot: "action", oneOf: distinct(d, ACTIONS, 1 + d.next(2)) });
    if (d.chance(70)) clauses.push({ slot: "destination.kind", oneOf: distinct(d, KINDS, 1 + d.next(2)) });
    if (d.chance(30)) clauses.push({ slot: "destination.region", oneOf: distinct(d, REGIONS, 1 + d.next(2)) });
    if (d.chance(25)) clauses.push({ slot: "destination.host", below: d.pick(HOSTS) });
    if (d.chance(40)) clauses.push({ slot: "user.roles", has: d.pick(ROLES), not: d.chance(50) });
    if (d.chance(30)) clauses.push({ slot: "data.labels", has: d.pick(LABELS), not: false });
    if (d.chance(20)) clauses.push({ slot: "purpose", oneOf: [d.pick(PURPOSES)] });
    if (d.chance(30)) clauses.push({ slot: "destination.approved", is: d.chance(50) });
    return { clauses, verdict: d.next(VERDICTS.length) };
  });
}

function distinct(d, list, count) {
  const start = d.next(list.length);
  return Array.from({ length: count }, (_, i) => list[(start + i) % list.length]);
}

/** The rules in Riegel's language. */
export function policy(list) {
  const head = `policy bench_${list.length} "Bench: ${list.length} rules" {
  version "1.0.0"
  languages en
  on_error block
}

attribute action: enum { ${ACTIONS.join(", ")} } = paste
attribute tenant: string = absent
attribute user.roles: set = absent
attribute data.labels: set = absent
attribute destination.host: host = absent
attribute destination.kind: enum { ${KINDS.join(", ")} } = ai_chat
attribute destination.region: enum { ${REGIONS.join(", ")} } = other
attribute destination.approved: bool = false
attribute purpose: enum { ${PURPOSES.join(", ")} } = support
`;
  const texts = list.map((rule, i) => `
rule r${i} {
  when ${rule.clauses.map(clauseText).join("\n   and ")}
  then ${VERDICTS[rule.verdict]}
  cite "bench"
  say { en "rule ${i}" }
}
`);
  return head + texts.join("");
}

function clauseText(c) {
  const not = c.not ? "not " : "";
  if (c.equals !== undefined) return `${c.slot} = "${c.equals}"`;
  if (c.oneOf) return c.oneOf.length === 1 ? `${c.slot} = ${c.oneOf[0]}` : `${c.slot} in [${c.oneOf.join(", ")}]`;
  if (c.below) return `(${c.slot} = "${c.below}" or ${c.slot} matches "*.${c.below}")`;
  if (c.has) return `${not}${c.slot} has "${c.has}"`;
  return c.is ? c.slot : `not ${c.slot}`;
}

/** Attributes in the order of the policy, with what they are worth when they were not sent. */
const SLOTS = [
  ["action", '"paste"'],
  ["tenant", "undefined"],
  ["user.roles", "[]"],
  ["data.labels", "[]"],
  ["destination.host", '""'],
  ["destination.kind", '"ai_chat"'],
  ["destination.region", '"other"'],
  ["destination.approved", "false"],
  ["purpose", '"support"'],
];

/**
 * The same rules as one JavaScript function: event in, decision out. It reads every attribute
 * once, with its default, asks all rules, and gives the strongest verdict and the rules that fired.
 */
export function javascript(list) {
  const reads = SLOTS.map(([slot, fallback]) => `  const ${local(slot)} = e.${slot.replace(".", "?.")} ?? ${fallback};`);
  const asks = list.map(
    (rule, i) =>
      `  if (${rule.clauses.map(clauseCode).join(" && ")}) { rules.push(${i}); if (verdict < ${CODES[rule.verdict]}) verdict = ${CODES[rule.verdict]}; }`,
  );
  return new Function("e", [...reads, "  const rules = [];", "  let verdict = 0;", ...asks, "  return { verdict, rules };"].join("\n"));
}

const local = (slot) => slot.replace(".", "_");

function clauseCode(c) {
  const value = local(c.slot);
  const quoted = JSON.stringify;
  if (c.equals !== undefined) return `${value} === ${quoted(c.equals)}`;
  if (c.oneOf) return `(${c.oneOf.map((v) => `${value} === ${quoted(v)}`).join(" || ")})`;
  if (c.below) return `(${value} === ${quoted(c.below)} || ${value}.endsWith(${quoted(`.${c.below}`)}))`;
  if (c.has) return `${c.not ? "!" : ""}${value}.includes(${quoted(c.has)})`;
  return c.is ? value : `!${value}`;
}

/** The rules as Cedar policies, by name: each that fires forbids, and what none forbids is permitted. */
export function cedar(list) {
  const rule = ({ clauses }) => `forbid (principal, action, resource) when { ${clauses.map(cedarClause).join(" && ")} };`;
  const named = list.map((one, i) => [`r${i}`, rule(one)]);
  return Object.fromEntries([...named, ["rest", "permit (principal, action, resource);"]]);
}

function cedarClause(c) {
  const value = `context.${c.slot}`;
  const quoted = JSON.stringify;
  if (c.equals !== undefined) return `${value} == ${quoted(c.equals)}`;
  if (c.oneOf) return `[${c.oneOf.map(quoted).join(", ")}].contains(${value})`;
  if (c.below) return `(${value} == ${quoted(c.below)} || ${value} like ${quoted(`*.${c.below}`)})`;
  if (c.has) return `${c.not ? "!" : ""}${value}.contains(${quoted(c.has)})`;
  return c.is ? value : `!${value}`;
}

/** Events of the same shape; all attributes are sent, some values are known to no rule. */
export function events(count, ruleCount) {
  const d = dice(4711);
  const tenants = Math.max(4, Math.floor(ruleCount / 5));
  return Array.from({ length: count }, () => ({
    action: d.pick(ACTIONS),
    tenant: d.chance(90) ? `tenant-${d.next(tenants)}` : "somebody-else",
    user: { roles: distinct(d, [...ROLES, "staff"], 1 + d.next(2)) },
    data: { labels: d.chance(50) ? [] : distinct(d, [...LABELS, "public"], 1 + d.next(2)) },
    destination: {
      host: d.chance(80) ? `${d.pick(["eu.", "www.", ""])}${d.pick(HOSTS)}` : "unknown.example.net",
      kind: d.pick(KINDS),
      region: d.pick(REGIONS),
      approved: d.chance(50),
    },
    purpose: d.pick(PURPOSES),
  }));
}
