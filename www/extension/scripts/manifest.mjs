// The manifest, for each browser and build, from one description.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../../", import.meta.url));

/** Business suites share their host with everything else: a company adds the ones it means. */
const LEFT_OUT = new Set(["ai_suite"]);
const PATTERN = /^(\*\.)?[a-z\d_-]+(\.[a-z\d_-]+)+$/;
const WITH_PATH = /^[a-z\d_.-]+\/[^*]*\*?[^*]*\*?$/;

/** The catalogue: id, kind, hosts; and the patterns of pages. */
export function services(extra = []) {
  const all = JSON.parse(readFileSync(`${root}policies/lib/services.json`, "utf8")).services.filter(({ kind }) => !LEFT_OUT.has(kind));
  const catalogue = [...all.map(({ id, kind, hosts }) => [id, kind, hosts.filter((host) => PATTERN.test(host))]), ...extra.map((host) => [host, "ai_chat", [host]])];
  const hosts = [...new Set(catalogue.flatMap(([, , hosts]) => hosts))].filter((host) => !(host.startsWith("*.") ? false : catalogue.some(([, , list]) => list.includes(`*.${host}`))));
  const paths = all.flatMap(({ path_bound_or_partial: some = [] }) => some).filter((path) => WITH_PATH.test(path));
  // In a match pattern `*.a.b` is `a.b` too; the catalogue says which of them was meant.
  return { catalogue, matches: [...hosts.map((host) => `*://${host}/*`), ...paths.map((path) => `*://${path.endsWith("*") ? path : `${path}*`}`)].sort() };
}

/** Fixed, so that policies of the browser can name it: ekhmd… is made from this key. */
const KEY = readFileSync(new URL("key.txt", import.meta.url), "utf8").trim();

/** `managed` builds see every site (administrators name their own) and close AI hosts until they work. */
export function manifest({ browser, managed, matches, version }) {
  const everywhere = ["*://*/*"];
  // Frames without an address of their own belong to their origin; that works for whole hosts only.
  const whole = matches.filter((match) => match.endsWith("/*") && match.split("/").length === 4);
  const parts = matches.filter((match) => !whole.includes(match));
  const scripts = (js, world) =>
    [whole, parts].map((matches, i) => ({ matches, js: [js], run_at: "document_start", all_frames: true, ...(i === 0 && { match_origin_as_fallback: true }), ...(world && { world }) })).filter(({ matches }) => matches.length);
  const chromium = browser === "chromium";
  return {
    manifest_version: 3,
    name: "Riegel",
    description: "__MSG_description__",
    default_locale: "en",
    version,
    ...(chromium ? { key: KEY, minimum_chrome_version: "120" } : { browser_specific_settings: { gecko: { id: "riegel@riegel.example", strict_min_version: "140.0", data_collection_permissions: { required: ["none"] } } } }),
    icons: { 16: "icons/16.png", 48: "icons/48.png", 128: "icons/128.png" },
    action: { default_title: "Riegel", default_icon: { 16: "icons/16.png", 48: "icons/48.png" } },
    options_ui: { page: "options.html", open_in_tab: true },
    background: chromium ? { service_worker: "background.js" } : { scripts: ["background.js"] },
    content_scripts: [...scripts("net.js", "MAIN"), ...scripts("content.js")],
    permissions: ["storage", "scripting", "alarms", ...(managed ? ["declarativeNetRequest"] : [])],
    host_permissions: managed ? everywhere : matches,
    ...(!managed && { optional_host_permissions: everywhere }),
    ...(managed && { declarative_net_request: { rule_resources: [{ id: "closed", enabled: true, path: "closed.json" }] } }),
    content_security_policy: { extension_pages: "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self'; connect-src 'self' https: http://127.0.0.1:* http://localhost:*" },
    ...(chromium && { storage: { managed_schema: "managed-schema.json" }, incognito: "split" }),
  };
}

/** Requests to AI hosts, and forms that are sent to them, are closed until the background opens them (managed builds). */
export function closed(catalogue) {
  const domains = [...new Set(catalogue.flatMap(([, , hosts]) => hosts.map((host) => host.replace(/^\*\./, ""))))];
  return [{ resourceTypes: ["xmlhttprequest", "websocket", "ping", "other"] }, { resourceTypes: ["main_frame", "sub_frame"], requestMethods: ["post"] }].map((what, i) => ({ id: i + 1, priority: 1, action: { type: "block" }, condition: { requestDomains: domains, ...what } }));
}
