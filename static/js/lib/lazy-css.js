// A stylesheet that comes when what it is for is opened; asked for again, it is there already.
const asked = new Map();

export function styled(href) {
  const key = String(href);
  if (!asked.has(key)) {
    const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href });
    asked.set(key, new Promise((resolve, reject) => {
      link.onload = resolve;
      link.onerror = (error) => { asked.delete(key); link.remove(); reject(error); }; // the next one may fare better
      document.head.append(link);
    }));
  }
  return asked.get(key);
}

// Those of css/, by name.
export const styles = (...names) => Promise.all(names.map((name) => styled(new URL(`../../css/${name}.css`, import.meta.url))));
