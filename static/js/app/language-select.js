// Switches the language of the web page: by a cookie for the server, and by the address for browsers without cookies.
const COOKIE_SECONDS = 365 * 24 * 3600;

// `link()` returns the address with the drawing.
export function attachLanguageSelect(select, link) {
  // After "back" the browser may show the select with its old value.
  addEventListener("pageshow", () => { select.value = document.documentElement.lang; });
  select.addEventListener("change", () => {
    // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API needs HTTPS
    document.cookie = `inkling-lang=${select.value}; max-age=${COOKIE_SECONDS}; path=/; SameSite=Lax`;
    const address = new URL(link());
    address.searchParams.set("lang", select.value);
    location.assign(address);
  });
}
