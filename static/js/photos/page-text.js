// Describes the digits of a photo in words.
import { has, t } from "../lib/i18n.js";

// The number of digits and of unsure ones. The text of `key` may also contain {text}, the predicted digits.
export function countText(key, { digits, text }) {
  const unsure = digits.filter(({ sure }) => !sure).length;
  return t(unsure ? `${key}_unsure` : key, { count: digits.length, unsure, text: text.split("\n").join(", ") });
}

// The label of one digit for screen readers; `index` counts from 0.
export function foundText({ digit, sure }, index) {
  const number = index + 1;
  const place = has(`sheet.place_${number}`) ? t(`sheet.place_${number}`) : t("sheet.place", { number });
  return t(sure ? "sheet.digit" : "sheet.digit_unsure", { place, digit });
}
