import { start } from "./firefox.mjs";
import { tellTheStory } from "./story.mjs";

tellTheStory("firefox", start);
