// `riegel playground`, the program itself. `RIEGEL` names it.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const built = `${root}target/release/riegel`;

/** Starts it on a free port; `close` ends it. */
export async function serve() {
  const [program, before] = process.env.RIEGEL ? [process.env.RIEGEL, []] : existsSync(built) ? [built, []] : ["cargo", ["run", "--release", "--quiet", "--"]];
  const child = spawn(program, [...before, "playground", "--port", "0"], { cwd: root, stdio: ["ignore", "pipe", "inherit"] });
  const url = await new Promise((resolve, reject) => {
    let said = "";
    child.stdout.on("data", (data) => {
      said += data;
      const [found] = /http:\/\/\S+\//.exec(said) ?? [];
      if (found) resolve(found);
    });
    child.on("exit", (code) => reject(new Error(`riegel playground ended with ${code}`)));
  });
  return { url, close: () => child.kill() };
}
