// Builds everything: the site's files, then each file of src/single by itself. Run by build.py.
import { existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { spawnSync } from "node:child_process";

const here = import.meta.dirname;
const singles = join(here, "src", "single");
const vite = join(here, "node_modules", "vite", "bin", "vite.js");

function run(single) {
  const env = { ...process.env };
  delete env.SINGLE;
  if (single) env.SINGLE = single;
  const { status } = spawnSync(process.execPath, [vite, "build"], { cwd: here, env, stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}

rmSync(join(here, "build", "names"), { recursive: true, force: true });
mkdirSync(join(here, "build", "names"), { recursive: true });
run();
if (existsSync(singles)) {
  for (const name of readdirSync(singles)) if (name.endsWith(".js")) run(basename(name, ".js"));
}
