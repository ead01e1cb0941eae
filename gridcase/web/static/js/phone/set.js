// The working set: what the server lets this phone know. Kept encrypted, asked for again with its mark.

import { call } from "./net.js";
import { lock, unlock } from "./vault.js";
import { english } from "./words.js";

export const FORM = 1;
const LANGUAGE = english ? "en" : "zh";
const EMPTY = { homes: [], demands: [], classes: [], errands: [], notices: [], checks: [], confirmed: [], counts: {} };

export const tokenOf = async (me) => {
  const row = await me.kept.meta.get("token");
  return row ? unlock(me.key, row) : null;
};

export const load = async (me) => {
  const row = await me.kept.meta.get("set");
  me.etag = row?.etag ?? null;
  me.checked = row?.language === LANGUAGE ? row.checked : null; // in another language: asked for anew
  me.set = row ? { ...EMPTY, ...(await unlock(me.key, row)) } : null;
};

/** Ask for what is new. Answers the status; 0 where there is no token. Throws NoAnswer without a signal. */
export const refresh = async (me) => {
  const token = await tokenOf(me);
  if (!token) return { status: 0 };
  const headers = { "X-Language": LANGUAGE, ...(me.etag && me.set ? { "If-None-Match": me.etag } : {}) };
  const answer = await call("GET", "/api/sync/set", { token, headers });
  if (answer.status === 200) {
    me.set = { ...EMPTY, ...answer.body };
    me.etag = answer.headers.get("ETag");
  }
  if (answer.status === 200 || answer.status === 304) {
    me.checked = Date.now();
    await me.kept.meta.put({ key: "set", etag: me.etag, checked: me.checked, language: LANGUAGE, ...(await lock(me.key, me.set)) });
  }
  return answer;
};

export const homeOf = (me, id) => me.set?.homes.find((home) => home.id === Number(id));

const radians = (degrees) => (degrees * Math.PI) / 180;

/** Metres between two places, well enough to say which is nearer. */
export const apart = (one, other) => {
  const east = radians(other.lon - one.lon) * Math.cos(radians((one.lat + other.lat) / 2));
  return 6_371_000 * Math.hypot(east, radians(other.lat - one.lat));
};

/** Where the phone is, once; it is used for sorting and forgotten. Null when it may or can not be known. */
export const here = () =>
  new Promise((resolve) => {
    if (!navigator.geolocation) {
      resolve(null);
      return;
    }
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => resolve({ lon: coords.longitude, lat: coords.latitude }),
      () => resolve(null),
      { timeout: 15_000, maximumAge: 60_000 },
    );
  });
