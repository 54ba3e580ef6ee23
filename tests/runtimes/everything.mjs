// The suite and the scenario, for a runtime that has files and a network only through its runner.
import * as guard from "@riegel/guard";
import * as sealing from "@riegel/guard/seal";
import * as making from "@riegel/guard/synthetic";
import * as trusting from "@riegel/guard/trust";
import * as keeping from "@riegel/guard/vault";
import * as wording from "@riegel/guard/words";
import { scenario, trust } from "./scenario.mjs";
import { run } from "./suite.mjs";

export async function everything(corpora, event, signatures) {
  const result = await run(guard, corpora);
  const { module } = corpora.find(({ name }) => name === "baseline");
  const both = async () => {
    await trust(guard, trusting, signatures);
    return scenario(guard, keeping, sealing, making, wording, module, event);
  };
  return { ...result, scenario: await both().catch((error) => String(error?.stack ?? error)) };
}
