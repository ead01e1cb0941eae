// Calls of the sync interface. An answer counts only when it is JSON from our own server: a hotel's sign-in page
// that answers 200 to everything is no answer.

const PATIENCE = 20_000;

export const LEAVING = "gridcase.phone.leaving"; // whose session still has to be ended on the server

export class NoAnswer extends Error {}

/** How far this phone's clock is off, in milliseconds: the server's time less ours. Null until an answer came. */
export let clockOff = null;

const measure = (answer) => {
  const there = Date.parse(answer.headers.get("Date") ?? "");
  if (!Number.isNaN(there)) clockOff = there - Date.now();
};

/** `{ status, body, headers }`; throws NoAnswer where there was none. */
export const call = async (method, path, { token, scheme = "Bearer", json, body, headers = {}, cookie = false } = {}) => {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), PATIENCE);
  const sent = { ...headers };
  if (token) sent.Authorization = `${scheme} ${token}`;
  if (json) sent["Content-Type"] = "application/json";
  try {
    const answer = await fetch(path, {
      method,
      headers: sent,
      body: json ? JSON.stringify(json) : body,
      credentials: cookie ? "same-origin" : "omit",
      cache: "no-store",
      redirect: "error",
      signal: stop.signal,
    });
    measure(answer);
    const empty = answer.status === 204 || answer.status === 304 || method === "HEAD";
    return { status: answer.status, headers: answer.headers, body: empty ? null : await read(answer) };
  } catch (error) {
    if (error instanceof NoAnswer) throw error;
    throw new NoAnswer(error.message);
  } finally {
    clearTimeout(timer);
  }
};

const read = async (answer) => {
  if (!(answer.headers.get("Content-Type") ?? "").startsWith("application/json")) throw new NoAnswer("not ours");
  return answer.json();
};

/** Who is signed in in this browser, `{ csrf, user, fresh }`; null when nobody is, undefined without an answer. */
export const session = async () => {
  try {
    const { status, body } = await call("GET", "/api/sync/session", { cookie: true });
    if (status === 200) return body;
    return status === 401 ? null : undefined;
  } catch {
    return undefined;
  }
};

/** A device token for the account that has just signed in (403 `sign_in_again` when that was long ago). */
export const enrol = (csrf) =>
  call("POST", "/api/sync/devices", { cookie: true, json: { label: label() }, headers: { "X-CSRFToken": csrf } });

const label = () => {
  const agent = navigator.userAgent;
  const system = ["Android", "iPhone", "iPad", "HarmonyOS", "Windows", "Mac OS", "Linux"].find((name) => agent.includes(name));
  const browser = { MicroMessenger: "WeChat", "Edg/": "Edge", Firefox: "Firefox", Chrome: "Chrome", Safari: "Safari" };
  const found = Object.keys(browser).find((name) => agent.includes(name));
  return [system, browser[found]].filter(Boolean).join(" · ") || "-";
};

/** End the session of the browser. */
const leave = async (csrf) => {
  try {
    const answer = await fetch("/sign-out", {
      method: "POST",
      headers: { "X-CSRFToken": csrf },
      credentials: "same-origin",
      redirect: "manual",
      cache: "no-store",
    });
    return answer.type === "opaqueredirect"; // signed out, it leads to the sign-in page; anything else did nothing
  } catch {
    return false;
  }
};

const finish = async () => {
  for (let turn = 0; turn < 2; turn += 1) {
    const owner = localStorage.getItem(LEAVING);
    const now = owner ? await session() : undefined;
    if (now === undefined) return; // nobody is leaving, or a bad line, which knows nothing
    if (!now || String(now.user.id) !== owner || (await leave(now.csrf))) {
      localStorage.removeItem(LEAVING);
      return;
    }
    // Perhaps another page was faster: who is signed in is asked once more.
  }
};

let leaving = null;

/** End the browser's session, if it is still that of somebody who left without a signal. Whoever asks meanwhile waits
    for the same end: a session is not ended twice, and none that has begun since. */
export const finishLeaving = () => {
  leaving ??= finish().finally(() => {
    leaving = null;
  });
  return leaving;
};
