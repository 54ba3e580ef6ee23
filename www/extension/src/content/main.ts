// The content script: stands in every frame of an AI site before the page's own scripts.
//
//   paste, drop, files  -> catch.ts   stop first, ask, then insert
//   typing, sending     -> gate.ts    decide while somebody types, hold at the send
//   requests            -> net.ts     the second net, with page/net.ts in the page's own world
//   answers             -> answers.ts cover, restore, say
//
// Nothing here knows a site: what is caught are the browser's own events.

import { catchContent } from "./catch.js";
import { Decider } from "./decider.js";
import { Stage } from "./dialog.js";
import { guardSending } from "./gate.js";
import { asker } from "./asking.js";
import { filing } from "./filing.js";
import { guardFrames } from "./frames.js";
import { listen } from "./net.js";
import { wordsIn } from "../shared/words.js";
import { watchAnswers } from "./answers.js";
import { keepReady } from "./ready.js";

const MARK = "__riegel";

declare global {
  // In the isolated world: pages do not see it.
  var __riegel: boolean | undefined;
}

if (!globalThis[MARK]) {
  globalThis[MARK] = true;
  const decider = new Decider();
  const stage = new Stage(() => decider.site, (lesson) => decider.tell({ ask: "chose", entry: -1, choice: "lesson", lesson }));
  const ask = asker(decider, stage);
  const file = filing(decider, stage, ask);
  const deliver = listen(decider, ask, file, () => void stage.note("", [wordsIn(decider.site.language).net]));
  catchContent(decider, stage, ask, deliver, file);
  guardSending(decider, stage, ask, deliver);
  watchAnswers(decider, stage);
  guardFrames(decider);
  keepReady(decider);
}
