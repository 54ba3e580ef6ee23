import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../../../", import.meta.url));
/** Built modules, for tests. */
export const modules = fileURLToPath(new URL("../target/modules", import.meta.url));
