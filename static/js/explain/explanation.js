// Decodes what /api/explain returns, and formats its numbers.
import { decodeFloats } from "../lib/decode.js";
import { trueMinus } from "../lib/number-format.js";

const FLOAT32_DIGITS = 9; // enough to tell every float32 from its neighbours

// Replaces base64 by arrays of numbers.
export function decodeExplanation(body) {
  return {
    ...body,
    input: { ...body.input, ...decodeFloats(body.input) },
    weights: body.weights && decodeFloats(body.weights),
    output: decodeFloats(body.output),
    after: body.after.map((step) => ({ ...step, ...decodeFloats(step) })),
  };
}

// Returns a number with at most three decimals.
export function formatShort(value) {
  return trueMinus(value.toFixed(Math.abs(value) >= 100 ? 1 : Math.abs(value) >= 10 ? 2 : 3));
}

// Returns a number with as few digits as identify a float32, or nine digits of a float64.
export function formatExact(value) {
  for (let digits = 1; digits < FLOAT32_DIGITS; digits += 1) {
    const text = value.toPrecision(digits);
    if (Math.fround(Number(text)) === value) return trueMinus(String(Number(text)));
  }
  return trueMinus(String(Number(value.toPrecision(FLOAT32_DIGITS))));
}
