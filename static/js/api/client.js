// The server's calls. Every failure becomes one of two errors: Away (ask again later) or Refused (say why).
import { parseRetryAfter } from "../lib/backoff.js";

const PATIENCE = 15000; // ms
const PATIENCE_FOR_PHOTOS = 60000; // a large one over a slow line

export class Away extends Error {
  constructor(retryAfter = null) {
    super("the server does not answer");
    Object.assign(this, { retryAfter, type: "away" });
  }
}

export class Refused extends Error {
  constructor({ title = null, detail = null, type = "about:blank" }) {
    super(detail ?? title ?? type);
    Object.assign(this, { title, detail, type });
  }
}

const busy = new Set([429, 502, 503, 504]);

async function call(path, options = {}, patience = PATIENCE) {
  const controller = new AbortController();
  const give = () => controller.abort();
  const timer = setTimeout(give, patience);
  options.signal?.addEventListener("abort", give);
  if (options.signal?.aborted) give(); // while what is sent was made ready
  try {
    const response = await fetch(path, { ...options, signal: controller.signal });
    if (busy.has(response.status)) throw new Away(parseRetryAfter(response.headers.get("Retry-After")));
    if (!response.ok) throw new Refused(await response.json().catch(() => ({})));
    return await response.json();
  } catch (error) {
    throw error instanceof Refused || error instanceof Away ? error : new Away();
  } finally {
    clearTimeout(timer);
    options.signal?.removeEventListener("abort", give);
  }
}

export const fetchModels = () => call("api/models");

export const checkHealth = () => call("healthz");

// `body`: a file, or the bytes of a PNG.
const post = (body, signal) => ({
  method: "POST",
  body,
  signal,
  headers: { "Content-Type": body instanceof Uint8Array ? "image/png" : body.type || "application/octet-stream" },
});

// What a call that needs no picture answers.
export const get = (path, parameters, signal) => call(`${path}?${new URLSearchParams(parameters)}`, { signal });

// What a call about one picture answers.
export const ask = (path, body, parameters, signal) =>
  call(`${path}?${new URLSearchParams(parameters)}`, post(body, signal));

// What a call answers that changes something.
export const send = (path, wish) =>
  call(path, { method: "POST", body: JSON.stringify(wish), headers: { "Content-Type": "application/json" } });

// Every digit of a picture, in reading order.
export const readPage = (body, { model, signal }) =>
  call(`api/read?${new URLSearchParams({ model })}`, post(body, signal), PATIENCE_FOR_PHOTOS);
