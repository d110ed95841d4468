// Adds what is needed in front of an audience: the link, the save dialog, the lessons and the vote. The code of the
// dialog and of the lessons is loaded at first use.
import { copyToClipboard } from "../lib/clipboard.js";
import { withInk } from "../app/url-state.js";
import { t } from "../lib/i18n.js";
import { attachMenu } from "../lib/menu.js";
import { createVote } from "./vote.js";

export function createClassroom($, context, { notice }) {
  const { state } = context;
  document.querySelector(".skip").addEventListener("click", (event) => {
    event.preventDefault(); // the hash stores the state of the web context
    $("pad").focus();
  });
  attachMenu($("more"), $("menu"));
  createVote($, context);

  // The address of what is shown, drawing included, without the language: each reader has their own.
  function currentLink() {
    const url = new URL(location.href);
    url.searchParams.delete("lang");
    url.hash = withInk(location.hash, context.drawing());
    return url.href;
  }

  $("link").addEventListener("click", async () => {
    const link = currentLink();
    const hasPicture = context.drawing().picture !== null; // a link cannot contain it
    if (await copyToClipboard(link)) {
      notice.showNews(t("link.copied"), t(hasPicture ? "link.no_picture" : "link.copied_about"));
    } else {
      history.replaceState(null, "", link);
      notice.showNews(t("link.in_address"), t("link.in_address_about"));
    }
  });

  $("save").addEventListener("click", async () => {
    try {
      const { openSaveDialog } = await import("./save-dialog.js");
      openSaveDialog($("saving"), context, { notice });
    } catch {
      notice.showProblem(t("notice.failed"), t("save.broken"));
    }
  });

  // Once loaded, the lessons follow the state. A lesson that is named in the address opens at once.
  let lessons = null;
  async function loadLessons() {
    lessons ??= import("./lessons.js").then(({ createLessons }) => createLessons($("lessons"), context));
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
  state.subscribe((now) => { if (now.lesson && !lessons) loadLessons(); });
  if (state.get().lesson) loadLessons();

  return { link: currentLink };
}
