// The second, long check: every entry of the log is read, to know whether a later one says something else of the place.

import { CannotCheck, Refused } from "./bytes.js";
import { readPlace } from "./place.js";
import { CANNOT, FAILS, HOLDS } from "./protocol.js";

/** What the button for it says: how many files, and about how many bytes. */
export function cost(evidence, { size }) {
  return { files: Math.ceil(size / 256), megabytes: Math.ceil(evidence.about / 1e6) };
}

/**
 * Reads the whole log and compares what stands at the claim's size with the claim: its entry and its state, where it names them.
 * Returns a result as `checkProtocol` does; `values` holds the state that follows from the log and, where it holds, `now`.
 */
export async function checkWhole(evidence, checkpoint, claim, progress) {
  try {
    const at = await readPlace(evidence.read, checkpoint, claim, progress);
    const [then, now] = [at(claim.size ?? checkpoint.size), at(checkpoint.size)];
    const same = (claim.index == null || then.index === claim.index) && (claim.state == null || then.state === claim.state);
    if (!same) throw new Refused("other-state", { index: then.index ?? "–", state: then.state });
    if (now.leaf !== then.leaf || now.state !== then.state) throw new CannotCheck("newer-state", { state: now.state });
    return { result: HOLDS, step: "place", values: { state: then.state, now } };
  } catch (error) {
    const known = error instanceof Refused || error instanceof CannotCheck;
    const values = known ? error.values : { error: String(error) };
    const result = error instanceof Refused ? FAILS : CANNOT;
    return { result, step: "place", reason: known ? error.message : "unforeseen", values };
  }
}
