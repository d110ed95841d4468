// Loads stylesheets on demand, each once.
const requests = new Map(); // URL → promise

// Resolves when the stylesheet is loaded. A failed load can be repeated.
export function loadStylesheet(href) {
  const key = String(href);
  if (!requests.has(key)) {
    const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href });
    requests.set(key, new Promise((resolve, reject) => {
      link.onload = resolve;
      link.onerror = (error) => { requests.delete(key); link.remove(); reject(error); };
      document.head.append(link);
    }));
  }
  return requests.get(key);
}

// Loads css/NAME.css for each name.
export const loadStylesheets = (...names) =>
  Promise.all(names.map((name) => loadStylesheet(new URL(`../../css/${name}.css`, import.meta.url))));
