// What is told of a failure: the page's own words for the types that it knows, else what the server wrote.
import { has, t } from "../lib/i18n.js";

export function problemText({ type = "about:blank", title, detail, message }) {
  if (has(`problems.${type}.title`)) return { title: t(`problems.${type}.title`), detail: t(`problems.${type}.detail`) };
  if (detail === undefined) return { title: t("notice.failed"), detail: message }; // no answer of the server's
  return { title: title ?? t("problems.unnamed.title"), detail: detail ?? title ?? t("problems.unnamed.detail") };
}
