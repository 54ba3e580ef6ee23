import { administered } from "./administered.mjs";
import { start } from "./firefox.mjs";

administered("firefox", start);
