// What the build adds to Vite: the sprite of icons, the parties' colours, and the list of files by name.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const here = import.meta.dirname;
const ICONS = join(here, "node_modules", "bootstrap-icons", "icons");
const PALETTE = join(here, "..", "src", "esaylov", "design", "palette.json");

/** icons.svg: one symbol for each icon that pages use; and favicon.svg. */
export function sprite(list) {
  return {
    name: "sprite",
    generateBundle() {
      const symbols = JSON.parse(readFileSync(list, "utf8")).map((name) => {
        const text = readFileSync(join(ICONS, `${name}.svg`), "utf8");
        const box = /viewBox="([^"]+)"/.exec(text)[1];
        const inside = text.slice(text.indexOf(">") + 1, text.lastIndexOf("</svg>")).replace(/\s*\n\s*/g, "");
        return `<symbol id="${name}" viewBox="${box}" fill="currentColor">${inside}</symbol>`;
      });
      const source = `<svg xmlns="http://www.w3.org/2000/svg">\n${symbols.join("\n")}\n</svg>\n`;
      this.emitFile({ type: "asset", name: "icons.svg", source });
      this.emitFile({ type: "asset", name: "favicon.svg", source: readFileSync(join(here, "src", "favicon.svg")) });
    },
  };
}

/** build/_palette.scss: the parties' tones from the file that pages and charts read too. */
export function palette() {
  return {
    name: "palette",
    buildStart() {
      const found = existsSync(PALETTE) ? JSON.parse(readFileSync(PALETTE, "utf8")) : [];
      const tones = Array.isArray(found) ? found : found.tones;
      const lines = tones.map(
        (t) => `  ${t.tone}: ("light": ${t.light}, "dark": ${t.dark}, "text-light": ${t.text_light}, ` +
          `"text-dark": ${t.text_dark}, "pattern": "${t.pattern}")`,
      );
      writeFileSync(join(here, "build", "_palette.scss"), `$tones: (\n${lines.join(",\n")}\n);\n`);
      if (existsSync(PALETTE)) this.addWatchFile(PALETTE);
    },
  };
}

/** build/names/<part>.json: built files by the names that templates know (`main.js`, `sans-latin.woff2`). */
export function names(single) {
  return {
    name: "names",
    generateBundle(_options, bundle) {
      const found = {};
      for (const [file, part] of Object.entries(bundle)) {
        if (part.type === "chunk" && part.isEntry && !/\.s?css$/.test(part.facadeModuleId ?? "")) {
          found[`${part.name}.js`] = file;
        }
        if (part.type === "asset") {
          const name = part.names?.[0] ?? file;
          found[name === "style.css" ? "main.css" : name] = file;
        }
      }
      writeFileSync(join(here, "build", "names", `${single ?? "site"}.json`), JSON.stringify(found, null, 2));
    },
  };
}
