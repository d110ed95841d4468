// Formats numbers for people.

// Returns a share from 0 to 1 in percent, with one decimal and no sign.
export const percent = (share) => (100 * share).toFixed(1);

// Replaces the hyphen of a formatted number by a minus sign; a rounded zero gets none.
export const trueMinus = (text) => text.replace("-", Number(text) === 0 ? "" : "−");

// Returns a number with at most two decimals.
export function signed(value) {
  const size = Math.abs(value);
  return trueMinus(value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : 2));
}
