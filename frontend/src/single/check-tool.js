// One file without imports: stands in the downloadable page of the check (esaylov.publication.codes.tool).
import { startTool } from "../check/tool.js";

startTool();
