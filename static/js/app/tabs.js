// Ways to look at the network, one at a time: tabs above, and what the chosen one shows below. The layers are always
// there; the code and the style of the others come when one is opened first.
import { isModified } from "../lib/keyboard.js";
import { t } from "../lib/i18n.js";
import { styled } from "../lib/lazy-css.js";

// Each is panels/NAME.js with css/NAME.css. The module exports create(root, page) → { update(now, before), paint() }:
// the state has changed; the theme has.
const PANELS = ["why", "compare", "neighbours", "mistakes", "timeline", ...(document.body.dataset.training ? ["learn"] : [])];

async function load(name, root, page) {
  const [module] = await Promise.all([
    import(`../panels/${name}.js`), styled(new URL(`../../css/panels/${name}.css`, import.meta.url)),
  ]);
  return module.create(root, page);
}

export function createPanels(tabs, inside, page) {
  const { state } = page;
  const names = ["layers", ...PANELS];
  const layers = inside.querySelector("#layers");
  const opened = new Map(); // name → { root, panel, failed }, the panel as soon as it has come
  tabs.hidden = names.length === 1;
  tabs.setAttribute("aria-label", t("panels.label"));
  const buttons = names.map((name) => {
    const button = document.createElement("button");
    Object.assign(button, { type: "button", id: `tab-${name}`, textContent: t(`panels.${name}`) });
    button.setAttribute("role", "tab");
    button.setAttribute("aria-controls", name === "layers" ? "layers" : `panel-${name}`);
    button.addEventListener("click", () => {
      state.set({ panel: name === "layers" ? null : name });
      if (opened.get(name)?.failed) show();
    });
    return button;
  });
  tabs.replaceChildren(...buttons);
  tabs.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step || isModified(event)) return;
    event.preventDefault();
    const next = (buttons.indexOf(document.activeElement) + step + names.length) % names.length;
    buttons[next].focus();
    buttons[next].click();
  });

  const chosen = () => state.get().panel ?? "layers";
  // An address may name anything.
  const isKnown = (panel) => panel === null || PANELS.includes(panel);

  async function open(name) {
    const root = document.createElement("section");
    Object.assign(root, { id: `panel-${name}`, className: "panel-body" });
    root.setAttribute("role", "tabpanel");
    root.setAttribute("aria-labelledby", `tab-${name}`);
    inside.append(root);
    const entry = { root, panel: null, failed: false };
    opened.set(name, entry);
    try {
      entry.panel = await load(name, root, page);
    } catch (error) {
      entry.failed = true; // until it is chosen again
      root.textContent = t("panels.broken");
      throw error;
    }
    entry.panel.update();
  }

  function show() {
    const name = chosen();
    buttons.forEach((button, i) => {
      button.setAttribute("aria-selected", String(names[i] === name));
      button.tabIndex = names[i] === name ? 0 : -1;
    });
    layers.hidden = name !== "layers";
    if (opened.get(name)?.failed) {
      opened.get(name).root.remove();
      opened.delete(name);
    }
    if (name !== "layers" && !opened.has(name)) open(name);
    opened.forEach(({ root }, each) => { root.hidden = each !== name; });
  }

  // A panel that nobody sees costs nothing; what it missed, another theme too, it gets when it is shown again.
  state.subscribe((now, before) => {
    if (!isKnown(now.panel)) return state.set({ panel: null });
    if (now.panel !== before.panel) show();
    const { panel } = opened.get(chosen()) ?? {};
    panel?.update(now, before);
    if (now.panel !== before.panel) panel?.paint();
  });
  if (!isKnown(state.get().panel)) state.set({ panel: null });
  show();
  return { paint() { opened.get(chosen())?.panel?.paint(); } };
}
