// For workerd, which compiles no code at run time: modules are handed over compiled.
import { everything } from "./everything.mjs";
import { corpora, event, signatures } from "./bundled.mjs";

export default {
  async fetch() {
    return Response.json(await everything(corpora, event, signatures));
  },
};
