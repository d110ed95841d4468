// Loads the texts of the web page in its language from static/lang/*.json. The server's templates use the same files.
const MAX_TRIES = 3;
let words = {};

export function setWords(all) {
  words = all;
}

const find = (key) => key.split(".").reduce((branch, name) => branch?.[name], words);

export const has = (key) => typeof find(key) === "string";

// Writes a whole number in the language of the page: 1,152.
export const count = (n) => new Intl.NumberFormat(globalThis.document?.documentElement.lang ?? "en").format(n);

// Returns the text of a dotted key such as "tools.clear"; {name} in it becomes values.name. Throws RangeError without
// text.
export function t(key, values = {}) {
  const text = find(key);
  if (typeof text !== "string") throw new RangeError(`no text for ${key}`);
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

async function load(url, tries = MAX_TRIES) {
  try {
    return await (await fetch(url)).json();
  } catch (error) {
    if (tries === 1) throw error;
    return load(url, tries - 1);
  }
}

// Modules that import this one start after the texts have loaded. Tests in Node call setWords.
if (globalThis.document) words = await load(document.body.dataset.words);
