// One file per part, with fixed names: `riegel playground` carries exactly these. The library is not
// among them; the program that serves the page has it anyway (`library.bin`).
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";
import { archive } from "../compiler/scripts/library.mjs";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const output = { entryFileNames: "[name].js", chunkFileNames: "[name].js", assetFileNames: "[name][extname]" };

export default defineConfig({
  base: "./",
  build: { outDir: here("target/built"), emptyOutDir: true, target: "es2022", modulePreload: { polyfill: false }, rollupOptions: { output }, assetsInlineLimit: 0, chunkSizeWarningLimit: 4096 },
  worker: { format: "es", rollupOptions: { output } },
  resolve: { alias: [{ find: /^.*\/packed-library\.js$/, replacement: here("src/no-library.ts") }] },
  plugins: [
    {
      name: "the library, while developing",
      configureServer(server) {
        server.middlewares.use((request, response, next) => (request.url === "/library.bin" ? response.end(archive()) : next()));
      },
    },
  ],
});
