// Formats numbers for people.

// Replaces the hyphen of a formatted number by a minus sign; a rounded zero gets none.
export const trueMinus = (text) => text.replace("-", Number(text) === 0 ? "" : "−");

// At most two decimals.
export function signed(value) {
  const size = Math.abs(value);
  return trueMinus(value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : 2));
}
