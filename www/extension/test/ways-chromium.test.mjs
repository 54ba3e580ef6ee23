import { start } from "./chromium.mjs";
import { waysIn } from "./ways.mjs";

waysIn("chromium", start);
