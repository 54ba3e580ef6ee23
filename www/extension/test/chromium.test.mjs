import { start } from "./chromium.mjs";
import { tellTheStory } from "./story.mjs";

tellTheStory("chromium", start);
