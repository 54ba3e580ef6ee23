// The suite and the scenario, for a runtime that has files and a network only through its runner.
import * as guard from "@riegel/guard";
import * as sealing from "@riegel/guard/seal";
import * as making from "@riegel/guard/synthetic";
import * as wording from "@riegel/guard/words";
import { scenario } from "./scenario.mjs";
import { run } from "./suite.mjs";

export async function everything(corpora, event) {
  const result = await run(guard, corpora);
  const { module } = corpora.find(({ name }) => name === "baseline");
  return { ...result, scenario: await scenario(guard, sealing, making, wording, module, event).catch((error) => String(error?.stack ?? error)) };
}
