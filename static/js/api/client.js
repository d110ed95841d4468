// Calls the server. A failed call throws ServerUnavailable (try again later) or RequestRefused (with the reason).
import { parseRetryAfter } from "../lib/backoff.js";

const TIMEOUT_MS = 15_000;
const PHOTO_TIMEOUT_MS = 60_000; // a large photo over a slow line
const UNAVAILABLE_STATUS = new Set([429, 502, 503, 504]);

// `retryAfter`: seconds that the server asks to wait, or null.
export class ServerUnavailable extends Error {
  constructor(retryAfter = null) {
    super("the server does not answer");
    Object.assign(this, { retryAfter, type: "away" });
  }
}

// The fields of a problem document (RFC 9457).
export class RequestRefused extends Error {
  constructor({ title = null, detail = null, type = "about:blank" }) {
    super(detail ?? title ?? type);
    Object.assign(this, { title, detail, type });
  }
}

async function call(path, options = {}, timeout = TIMEOUT_MS) {
  const controller = new AbortController();
  const abort = () => controller.abort();
  const timer = setTimeout(abort, timeout);
  options.signal?.addEventListener("abort", abort);
  if (options.signal?.aborted) abort(); // aborted while the body was prepared
  try {
    const response = await fetch(path, { ...options, signal: controller.signal });
    if (UNAVAILABLE_STATUS.has(response.status)) {
      throw new ServerUnavailable(parseRetryAfter(response.headers.get("Retry-After")));
    }
    if (!response.ok) throw new RequestRefused(await response.json().catch(() => ({})));
    return await response.json();
  } catch (error) {
    throw error instanceof RequestRefused || error instanceof ServerUnavailable ? error : new ServerUnavailable();
  } finally {
    clearTimeout(timer);
    options.signal?.removeEventListener("abort", abort);
  }
}

const withParameters = (path, parameters) => `${path}?${new URLSearchParams(parameters)}`;

// `body`: a file, or the bytes of a PNG.
const pictureRequest = (body, signal) => ({
  method: "POST",
  body,
  signal,
  headers: { "Content-Type": body instanceof Uint8Array ? "image/png" : body.type || "application/octet-stream" },
});

export const fetchModels = () => call("api/models");

export const checkHealth = () => call("healthz");

export const getJson = (path, parameters, signal) => call(withParameters(path, parameters), { signal });

export const postPicture = (path, body, parameters, signal) =>
  call(withParameters(path, parameters), pictureRequest(body, signal));

export const postJson = (path, value) =>
  call(path, { method: "POST", body: JSON.stringify(value), headers: { "Content-Type": "application/json" } });

// Predicts every digit of a photo, in reading order.
export const readPage = (body, { model, signal }) =>
  call(withParameters("api/read", { model }), pictureRequest(body, signal), PHOTO_TIMEOUT_MS);
