// Two kinds of output, both into build/assets (build.py then puts them into the package):
// - the site's own: style sheets and scripts of src/entries, which share what they have in common;
// - src/single/*.js, each as one file without imports, for pages that are not ours and for files to keep (SINGLE=name).
import { readFileSync, readdirSync, existsSync } from "node:fs";
import { basename, extname, join } from "node:path";
import { sprite, palette, names } from "./plugins.js";

const here = import.meta.dirname;
const entries = join(here, "src", "entries");
const single = process.env.SINGLE;

function input() {
  if (single) return join(here, "src", "single", `${single}.js`);
  const files = readdirSync(entries).filter((name) => [".js", ".scss"].includes(extname(name)));
  return Object.fromEntries(
    files.map((name) => [name === "main.scss" ? "style" : basename(name, extname(name)), join(entries, name)]),
  );
}

export default {
  root: here,
  base: "./",
  logLevel: "warn",
  publicDir: false,
  plugins: [palette(), ...(single ? [] : [sprite(join(here, "icons.json"))]), names(single)],
  css: {
    preprocessorOptions: {
      scss: {
        quietDeps: true,
        loadPaths: [join(here, "node_modules"), join(here, "build")],
        silenceDeprecations: ["import", "global-builtin", "color-functions", "if-function"],
      },
    },
  },
  build: {
    outDir: join(here, "build", "assets"),
    emptyOutDir: !single,
    target: ["es2020", "chrome80", "firefox78", "safari14"],
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1500, // Vega, which comes after the page
    rollupOptions: {
      checks: { pluginTimings: false },
      input: input(),
      output: {
        ...(single ? { format: "iife" } : {}),
        entryFileNames: "[name]-[hash].js",
        chunkFileNames: "[name]-[hash].js",
        assetFileNames: (asset) => {
          const name = asset.names?.[0] ?? "";
          return name.endsWith(".woff2") ? "fonts/[name]-[hash][extname]" : "[name]-[hash][extname]";
        },
      },
    },
  },
};
