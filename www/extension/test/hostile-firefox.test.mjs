import { start } from "./firefox.mjs";
import { defend } from "./hostile.mjs";

defend("firefox", start);
