// The numbers of an explanation: as they come, and as they are written.
import { decodeFloats } from "../lib/decode.js";
import { written } from "../network/layer-text.js";

const ALL = 9; // digits: as many tell every float32 from its neighbours

// What /api/explain answers, with arrays of numbers in place of base64.
export function decodeExplanation(body) {
  return {
    ...body,
    input: { ...body.input, ...decodeFloats(body.input) },
    weights: body.weights && decodeFloats(body.weights),
    output: decodeFloats(body.output),
    after: body.after.map((step) => ({ ...step, ...decodeFloats(step) })),
  };
}

// Three decimals, for the eye.
export function short(value) {
  return written(value.toFixed(Math.abs(value) >= 100 ? 1 : Math.abs(value) >= 10 ? 2 : 3));
}

// All digits that a float32 has, and as many of a sum or a product.
export function exact(value) {
  for (let digits = 1; digits < ALL; digits += 1) {
    const text = value.toPrecision(digits);
    if (Math.fround(Number(text)) === value) return written(String(Number(text)));
  }
  return written(String(Number(value.toPrecision(ALL))));
}
