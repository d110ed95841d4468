// Writes an error for the user: translated if the problem type is known, else in the server's words.
import { has, t } from "../lib/i18n.js";

// Takes a RequestRefused, a ServerUnavailable or any other error. Returns { title, detail }.
export function errorText({ type = "about:blank", title, detail, message }) {
  const key = `problems.${type}`;
  if (has(`${key}.title`)) return { title: t(`${key}.title`), detail: t(`${key}.detail`) };
  if (detail === undefined) return { title: t("notice.failed"), detail: message }; // not an error of the server
  return { title: title ?? t("problems.unnamed.title"), detail: detail ?? title ?? t("problems.unnamed.detail") };
}
