// Signed notes, verifier keys and checkpoints (C2SP signed-note, tlog-checkpoint), read strictly.

import { CannotCheck, base64, concat, equal, hex, need, sha256, textOf, unbase64, utf8 } from "./bytes.js";

const ED25519 = 1;
const MOST_SIGNATURES = 100;
const MOST_BYTES = 1_000_000;
const LARGEST_SIZE = /^(?:0|[1-9][0-9]{0,14})$/;
// Space in the sense of Unicode, and control characters but the newline.
const BAD_IN_NAME = /[\s\p{White_Space}\u0000-\u001f+]/u; // eslint-disable-line no-control-regex
const CONTROL = /[\u0000-\u0009\u000b-\u001f]/; // eslint-disable-line no-control-regex

const isName = (name) => name !== "" && !BAD_IN_NAME.test(name);

/** A verifier key `name+id+base64` as {name, id, publicKey, text}. Refused when it is malformed or its id is another's. */
export async function parseKey(text) {
  const [name, id, ...rest] = text.split("+");
  need(rest.length > 0 && isName(name), "key-form");
  const material = unbase64(rest.join("+"));
  need(material.length === 33 && material[0] === ED25519, "key-form");
  const digest = (await sha256(concat(utf8(`${name}\n`), material))).slice(0, 4);
  need(hex(digest) === id, "key-id");
  return { name, id: digest, publicKey: material.slice(1), text };
}

/** Text and signature lines of a note; nothing is verified. Putting it together again must give the same bytes. */
export function parseNote(bytes) {
  need(bytes.length <= MOST_BYTES, "note-form");
  const whole = textOf(bytes);
  const blank = whole.lastIndexOf("\n\n");
  need(blank >= 0 && whole.endsWith("\n") && blank + 2 < whole.length && !CONTROL.test(whole), "note-form");
  const text = whole.slice(0, blank + 1);
  const lines = whole.slice(blank + 2, -1).split("\n");
  need(lines.length <= MOST_SIGNATURES, "note-form");
  const signatures = lines.map(parseSignature);
  const again = `${text}\n${signatures.map((one) => `— ${one.name} ${base64(concat(one.id, one.value))}\n`).join("")}`;
  need(equal(utf8(again), bytes), "note-form");
  return { text, signatures };
}

function parseSignature(line) {
  const parts = line.split(" ");
  need(parts.length === 3 && parts[0] === "—" && isName(parts[1]), "note-form");
  const value = unbase64(parts[2]);
  need(value.length > 4, "note-form");
  return { name: parts[1], id: value.slice(0, 4), value: value.slice(4) };
}

/** Whether the signature is the key's over the bytes. CannotCheck where the browser has no Ed25519. */
export async function verifyEd25519(publicKey, message, signature) {
  const subtle = globalThis.crypto?.subtle;
  if (!subtle?.importKey) throw new CannotCheck("no-crypto");
  let key;
  try {
    key = await subtle.importKey("raw", publicKey, { name: "Ed25519" }, false, ["verify"]);
  } catch {
    throw new CannotCheck("no-ed25519");
  }
  if (key?.algorithm?.name !== "Ed25519") throw new CannotCheck("no-ed25519");
  return (await subtle.verify({ name: "Ed25519" }, key, signature, message)) === true;
}

/** Throws unless the key signed the note. Lines by other keys may stand beside; one in this key's name must hold. */
export async function verifyNote(note, key) {
  const own = note.signatures.filter((one) => one.name === key.name && equal(one.id, key.id));
  need(own.length > 0, "not-signed");
  for (const one of own) {
    need(one.value.length === 64 && (await verifyEd25519(key.publicKey, utf8(note.text), one.value)), "bad-signature");
  }
}

/** Origin, size and root of a checkpoint's text: three lines and nothing else. */
export function parseCheckpoint(text) {
  const lines = text.split("\n");
  need(lines.length === 4 && lines[3] === "" && LARGEST_SIZE.test(lines[1]), "checkpoint-form");
  const root = unbase64(lines[2]);
  need(root.length === 32, "checkpoint-form");
  return { origin: lines[0], size: Number(lines[1]), root };
}

/**
 * Size and root of a signed checkpoint of the key's log. `signed` is false where this browser cannot check
 * the signature (everything else about it was checked then); a signature that does not hold is Refused.
 */
export async function openCheckpoint(bytes, key) {
  const note = parseNote(bytes);
  const checkpoint = parseCheckpoint(note.text);
  need(checkpoint.origin === key.name, "wrong-origin", { origin: checkpoint.origin, expected: key.name });
  try {
    await verifyNote(note, key);
  } catch (error) {
    if (!(error instanceof CannotCheck)) throw error;
    return { ...checkpoint, signed: false, cannot: error.message };
  }
  return { ...checkpoint, signed: true };
}
