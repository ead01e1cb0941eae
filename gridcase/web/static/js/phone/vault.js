// Keys. K encrypts everything of one person on this phone. It lies here twice, wrapped: by a key that is worked out of
// the PIN, and by a key that only the server still has, so that what was not sent can be handed in without the PIN.

import { people, seal } from "./store.js";

export const TRIES = 10;
const LEAST_ROUNDS = 210_000;
const MOST_ROUNDS = 3_000_000;
const OPENING = 500; // milliseconds an opening should take on this phone
const TRIAL = 60_000;

const text = new TextEncoder();
const words = new TextDecoder();

export const random = (length) => crypto.getRandomValues(new Uint8Array(length));

export const uuid = () => {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = random(16);
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
};

export const toBase64 = (buffer) => {
  let binary = "";
  const bytes = new Uint8Array(buffer);
  for (let at = 0; at < bytes.length; at += 0x8000) binary += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(binary);
};

export const fromBase64 = (line) => Uint8Array.from(atob(line), (character) => character.charCodeAt(0));

export const sha256 = async (buffer) =>
  [...new Uint8Array(await crypto.subtle.digest("SHA-256", buffer))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

const aes = (bytes, uses = ["encrypt", "decrypt"]) => crypto.subtle.importKey("raw", bytes, "AES-GCM", true, uses);

export const lockBytes = async (key, bytes) => {
  const iv = random(12);
  return { iv, box: await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, bytes) };
};

export const openBytes = (key, { iv, box }) => crypto.subtle.decrypt({ name: "AES-GCM", iv }, key, box);

export const lock = (key, value) => lockBytes(key, text.encode(JSON.stringify(value)));

export const unlock = async (key, sealed) => JSON.parse(words.decode(await openBytes(key, sealed)));

const stretch = async (pin, salt, rounds) => {
  const base = await crypto.subtle.importKey("raw", text.encode(pin), "PBKDF2", false, ["deriveKey"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt, iterations: rounds };
  return crypto.subtle.deriveKey(how, base, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
};

// As many rounds as this phone can do while its owner waits, never fewer than the floor.
const fitting = async () => {
  const began = performance.now();
  await stretch("000000", random(16), TRIAL);
  const each = Math.max(performance.now() - began, 1) / TRIAL;
  return Math.round(Math.min(MOST_ROUNDS, Math.max(LEAST_ROUNDS, OPENING / each)));
};

/** What is wrong with a PIN, as the name of a sentence; nothing when it will do. */
export const weak = (pin) => {
  if (!/^\d{6,12}$/.test(pin)) return "pin_short";
  const steps = new Set([...pin].slice(1).map((digit, at) => Number(digit) - Number(pin[at])));
  return steps.size === 1 && Math.abs([...steps][0]) <= 1 ? "pin_easy" : "";
};

export const newKey = () => crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, true, ["encrypt", "decrypt"]);

const raw = (key) => crypto.subtle.exportKey("raw", key);

/** Keep K under a PIN. */
export const setPin = async (kept, key, pin) => {
  const salt = random(16);
  const rounds = await fitting();
  const wrapped = await lockBytes(await stretch(pin, salt, rounds), await raw(key));
  await kept.meta.put({ key: "pin", salt, rounds, ...wrapped }, { key: "tries", value: 0 });
};

/** Keep K for the server alone, and the token that can do nothing but hand in; the server's key is not kept. */
export const setSeal = async (kept, key, device) => {
  const { iv, box } = await lockBytes(await aes(fromBase64(device.seal_key)), await raw(key));
  await kept.meta.put(
    { key: "seal", device: device.device, wrapped: toBase64(box), iv: toBase64(iv), deposit: device.deposit },
    { key: "token", ...(await lock(key, device.token)) },
  );
};

/** Open with a PIN: `{ key }`, or `{ left }` tries; after the last one the way in is destroyed.
    The try is counted before it is made, so that switching off in between gains nothing. */
export const openWithPin = async (kept, person, pin) => {
  let pinned = null;
  const counted = await kept.meta.change("tries", (row) => ({ key: "tries", value: (row?.value ?? 0) + 1 }));
  if (counted.value <= TRIES) pinned = await kept.meta.get("pin");
  if (!pinned) {
    await seal(person);
    return { left: 0 };
  }
  try {
    const key = await aes(await openBytes(await stretch(pin, pinned.salt, pinned.rounds), pinned));
    await kept.meta.put({ key: "tries", value: 0 });
    await (await people()).change(person.store, (row) => row && { ...row, used: Date.now() });
    return { key };
  } catch {
    const left = TRIES - counted.value;
    if (left <= 0) await seal(person);
    return { left: Math.max(left, 0) };
  }
};
