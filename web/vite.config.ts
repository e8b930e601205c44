import { readFileSync } from "node:fs";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

/** What the servers of the built files send; `vite preview` sends the same, so that the policy is met while developing too. */
const hosting: unknown = JSON.parse(readFileSync(new URL("public/staticwebapp.config.json", import.meta.url), "utf8"));
const headers =
  typeof hosting === "object" && hosting !== null && "globalHeaders" in hosting ? (hosting.globalHeaders as Record<string, string>) : {};

/** Each file says the order of the layers, because any of them may be the one that a browser gets first. */
const layers: Plugin = {
  name: "layers",
  generateBundle(_, bundle) {
    for (const file of Object.values(bundle)) {
      if (file.type === "asset" && file.fileName.endsWith(".css")) file.source = `@layer tokens,base,parts,pages;${String(file.source)}`;
    }
  },
};

const target = process.env["LAUNCHPAD_URL"] ?? "http://localhost:7071";

/** The kit is built in a pass of its own: with both pages in one, what they share would leave the app's entry for chunks of their own. */
export default defineConfig(({ mode }) => ({
  plugins: [react(), layers],
  build: {
    target: "es2022",
    // Those that know light-dark() and anchors, so that neither is rewritten.
    cssTarget: ["chrome125", "firefox147", "safari26"],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    emptyOutDir: mode !== "kit",
    copyPublicDir: mode !== "kit",
    reportCompressedSize: false,
    rolldownOptions: {
      input: mode === "kit" ? "kit.html" : "index.html",
      // The entry, which every visitor reads, names all that its pages are made of: without words that is 700 bytes less.
      output: { chunkFileNames: "assets/[hash].js" },
    },
  },
  server: { proxy: { "/api": { target, changeOrigin: false } } },
  preview: { headers, proxy: { "/api": { target, changeOrigin: false } } },
}));
