// What a class needs besides the drawing: the link to what is on the screen, files to keep, the guided lessons, and the
// vote before the answer. The code of files and lessons comes when they are asked for first.
import { copyToClipboard } from "../lib/clipboard.js";
import { withInk } from "../app/url-state.js";
import { t } from "../lib/i18n.js";
import { attachMenu } from "../lib/menu.js";
import { createVote } from "./vote.js";

export function createClassroom($, page, { notice }) {
  const { state } = page;
  document.querySelector(".skip").addEventListener("click", (event) => {
    event.preventDefault(); // the hash is the page's state
    $("pad").focus();
  });
  attachMenu($("more"), $("menu"));
  createVote($, page);

  function link() {
    const address = new URL(location.href);
    address.searchParams.delete("lang"); // who opens it reads in a language of their own
    address.hash = withInk(location.hash, page.drawing());
    return address.href;
  }

  $("link").addEventListener("click", async () => {
    const [address, pictured] = [link(), page.drawing().picture !== null];
    if (await copyToClipboard(address)) {
      notice.showNews(t("link.copied"), t(pictured ? "link.no_picture" : "link.copied_about"));
    } else {
      history.replaceState(null, "", address);
      notice.showNews(t("link.in_address"), t("link.in_address_about"));
    }
  });

  $("save").addEventListener("click", async () => {
    try {
      const { openSaving } = await import("./save-dialog.js");
      openSaving($("saving"), page, { notice });
    } catch {
      notice.showProblem(t("notice.failed"), t("save.broken"));
    }
  });

  // A lesson that the address names opens by itself. Its code follows the state from then on.
  let lessons = null;
  async function teach() {
    lessons ??= import("./lessons.js").then(({ createLessons }) => createLessons($("lessons"), page));
    try {
      return await lessons;
    } catch {
      lessons = null;
      state.set({ lesson: null });
      return notice.showProblem(t("notice.failed"), t("lessons.broken"));
    }
  }
  $("lessons").addEventListener("click", () => {
    state.set({ lesson: state.get().lesson ? null : "all" });
  });
  state.subscribe((now) => { if (now.lesson && !lessons) teach(); });
  if (state.get().lesson) teach();

  return { link };
}
