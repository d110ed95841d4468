// Sets the texts of the web page for tests in Node.
import { readFileSync } from "node:fs";
import { setWords } from "../../static/js/lib/i18n.js";

export const loadWords = (language) =>
  setWords(JSON.parse(readFileSync(new URL(`../../static/lang/${language}.json`, import.meta.url))));
