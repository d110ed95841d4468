// The page's words for tests: in the browser the page loads them itself.
import { readFileSync } from "node:fs";
import { setWords } from "../../static/js/lib/i18n.js";

export const speak = (language) =>
  setWords(JSON.parse(readFileSync(new URL(`../../static/lang/${language}.json`, import.meta.url))));
