import { start } from "./chromium.mjs";
import { defend } from "./hostile.mjs";

defend("chromium", start);
