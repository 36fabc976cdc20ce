// Bytes, strictly: what was decoded must encode to the same text again (docs/formats.md, section 2).

/** Something does not hold. `step` names the step of the check, `values` fill in its text. */
export class Refused extends Error {
  constructor(reason, values = {}) {
    super(reason);
    this.name = "Refused";
    this.values = values;
  }
}

/** This browser, or what can be reached from here, is not enough to check. Never a reason for green. */
export class CannotCheck extends Error {
  constructor(reason, values = {}) {
    super(reason);
    this.name = "CannotCheck";
    this.values = values;
  }
}

/** Throws Refused unless a condition holds. */
export function need(holds, reason, values) {
  if (!holds) throw new Refused(reason, values);
}

const HEX = /^(?:[0-9a-f]{2})*$/;
const encoder = new TextEncoder();

export const utf8 = (text) => encoder.encode(text);

/** Text of bytes that must be UTF-8. A byte order mark is a character like any other. */
export function textOf(bytes) {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Refused("not-utf8");
  }
}

export const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

export function unhex(text) {
  need(typeof text === "string" && HEX.test(text), "not-hex");
  return Uint8Array.from({ length: text.length / 2 }, (_, i) => parseInt(text.slice(2 * i, 2 * i + 2), 16));
}

export function base64(bytes) {
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}

/** Bytes of standard base64 with padding, in the one spelling that encoding gives back. */
export function unbase64(text) {
  let binary;
  try {
    binary = atob(text);
  } catch {
    throw new Refused("not-base64");
  }
  const bytes = Uint8Array.from(binary, (char) => char.charCodeAt(0));
  need(base64(bytes) === text, "not-base64");
  return bytes;
}

export function concat(...parts) {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export const equal = (a, b) => a.length === b.length && a.every((byte, i) => byte === b[i]);

/** SHA-256 by WebCrypto. CannotCheck where the browser has none (an old one, or a page without https). */
export async function sha256(bytes) {
  const subtle = globalThis.crypto?.subtle;
  if (!subtle?.digest) throw new CannotCheck("no-crypto");
  return new Uint8Array(await subtle.digest("SHA-256", bytes));
}
