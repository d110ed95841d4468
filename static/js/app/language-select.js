// The choice of the language. The server writes the page, so the choice is a cookie; where cookies are forbidden, the
// address alone carries it.
const YEAR = 365 * 24 * 3600; // s

// `link()` is the address with the drawing: the page comes anew, and the drawing stays.
export function attachLanguage(select, link) {
  // A browser that goes back may have kept another choice, or the whole page as it was left.
  addEventListener("pageshow", () => { select.value = document.documentElement.lang; });
  select.addEventListener("change", () => {
    document.cookie = `inkling-lang=${select.value}; max-age=${YEAR}; path=/; SameSite=Lax`;
    const address = new URL(link());
    address.searchParams.set("lang", select.value);
    location.assign(address);
  });
}
