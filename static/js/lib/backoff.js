// How long to wait before the next try, in milliseconds: 1, 2, 4, 8 s, or longer where the server asks for it. The
// spread keeps a whole class from coming back at the same instant.
const FIRST = 1000;
const LONGEST = 8000;

export function retryDelay(tries, retryAfter = null, random = Math.random) {
  const own = Math.min(LONGEST, FIRST * 2 ** tries);
  const spread = own * (0.9 + 0.2 * random());
  return Math.max(spread, (retryAfter ?? 0) * 1000);
}

// The Retry-After header is a number of seconds or a date. → seconds or null
export function parseRetryAfter(text, now = Date.now()) {
  if (!text) return null;
  const seconds = /^\d+$/.test(text.trim()) ? Number(text) : (Date.parse(text) - now) / 1000;
  return Number.isFinite(seconds) ? Math.max(0, seconds) : null;
}
