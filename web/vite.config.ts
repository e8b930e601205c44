import { readFileSync } from "node:fs";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** What the servers of the built files send; `vite preview` sends the same, so that the policy is met while developing too. */
const hosting: unknown = JSON.parse(readFileSync(new URL("public/staticwebapp.config.json", import.meta.url), "utf8"));
const headers =
  typeof hosting === "object" && hosting !== null && "globalHeaders" in hosting ? (hosting.globalHeaders as Record<string, string>) : {};

const target = process.env["LAUNCHPAD_URL"] ?? "http://localhost:7071";

/** The kit is built in a pass of its own: with both pages in one, what they share would leave the app's entry for chunks of their own. */
export default defineConfig(({ mode }) => ({
  plugins: [react()],
  build: {
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    emptyOutDir: mode !== "kit",
    copyPublicDir: mode !== "kit",
    reportCompressedSize: false,
    rolldownOptions: { input: mode === "kit" ? "kit.html" : "index.html" },
  },
  server: { proxy: { "/api": { target, changeOrigin: false } } },
  preview: { headers, proxy: { "/api": { target, changeOrigin: false } } },
}));
