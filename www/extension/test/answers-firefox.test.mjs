import { answers } from "./answers.mjs";
import { start } from "./firefox.mjs";

answers("firefox", start);
