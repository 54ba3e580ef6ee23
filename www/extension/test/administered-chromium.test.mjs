import { administered } from "./administered.mjs";
import { start } from "./chromium.mjs";

administered("chromium", start);
