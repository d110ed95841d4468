// Computes the delay before the next try: 1, 2, 4, 8 s, or longer if the server asks for it.
const FIRST_DELAY_MS = 1000;
const MAX_DELAY_MS = 8000;

// Returns milliseconds. A spread of ±10 % keeps a whole class from retrying at the same moment.
export function retryDelay(tries, retryAfter = null, random = Math.random) {
  const delay = Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** tries) * (0.9 + 0.2 * random());
  return Math.max(delay, (retryAfter ?? 0) * 1000);
}

// Reads a Retry-After header, a number of seconds or a date. Returns seconds or null.
export function parseRetryAfter(text, now = Date.now()) {
  if (!text) return null;
  const seconds = /^\d+$/.test(text.trim()) ? Number(text) : (Date.parse(text) - now) / 1000;
  return Number.isFinite(seconds) ? Math.max(0, seconds) : null;
}
