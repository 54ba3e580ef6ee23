import { answers } from "./answers.mjs";
import { start } from "./chromium.mjs";

answers("chromium", start);
