import { start } from "./firefox.mjs";
import { waysIn } from "./ways.mjs";

waysIn("firefox", start);
