// What the walk with the Tab key asks of the page; keyboard.py presses the keys. Evaluated after the page is loaded.
window.klastryKeys = {
  // What a focus may change is remembered first. Transitions are switched off: a look would see the state before.
  prepare: () => {
  const quiet = document.createElement("style");
  quiet.textContent = "*,*::before,*::after{transition:none!important;animation:none!important;scroll-behavior:auto!important}";
  document.head.append(quiet);
  const seen = (el) => el.getClientRects().length && getComputedStyle(el).visibility !== "hidden" && !el.closest("[inert]")
    && (!el.checkVisibility || el.checkVisibility());  // what a closed <details> holds has boxes, too
  const query = "a[href],area[href],button,input:not([type=hidden]),select,textarea,summary,audio[controls],video[controls],[tabindex],[contenteditable='']";
  const ROVING = "[role=tablist],[role=menu],[role=menubar],[role=radiogroup],[role=listbox],[role=toolbar],[role=grid],[role=tree]";
  const squeeze = (t) => (t || "").replace(/\s+/g, " ").trim();
  const groups = new Set();
  const look = (el) => ["", "::before", "::after"].map((part) => {
    const s = getComputedStyle(el, part || null);
    return [s.boxShadow, s.borderTopColor, s.borderBottomColor, s.borderTopWidth, s.borderBottomWidth, s.borderTopStyle,
      s.borderBottomStyle, s.backgroundColor, s.backgroundImage, s.color, s.textDecorationLine, s.textDecorationStyle,
      s.transform, s.opacity, s.filter, s.clip, s.clipPath, s.left, s.top, s.fontWeight, s.content].join("|");
  }).join("#") + look_up(el);
  const look_up = (el) => { let out = ""; let at = el.parentElement;
    for (let i = 0; at && i < 2; i += 1, at = at.parentElement) { const s = getComputedStyle(at); out += [s.boxShadow, s.outlineStyle, s.borderTopColor, s.borderBottomColor, s.backgroundColor].join("|"); }
    return out; };
  const outline = (el) => { const s = getComputedStyle(el);
    const clear = s.outlineColor === "transparent" || /rgba\([^)]*,\s*0\)/.test(s.outlineColor);
    return s.outlineStyle !== "none" && parseFloat(s.outlineWidth) > 0 && !clear; };
  const stops = [...document.querySelectorAll(query)].filter((el) => seen(el) && !el.disabled);
  const hrefs = new Map();
  for (const el of stops) if (el.href && el.tabIndex >= 0) hrefs.set(el.href, true);
  const expected = stops.filter((el) => {
    if (el.type === "radio") { const key = el.name + (el.form ? "f" : ""); if (groups.has(key)) return false; groups.add(key); return true; }
    if (el.tabIndex >= 0) return true;
    if (el.closest(ROVING) || el.closest("[aria-hidden=true]")) return false;
    if (el.href) return !hrefs.has(el.href);
    return el.matches("button,input,select,textarea");
  });
  window.klastryWalk = { expected, look, outline, before: new Map(expected.map((el) => [el, look(el) ])), reached: new Set() };
  if (document.activeElement) document.activeElement.blur();
  window.scrollTo(0, 0);
  return expected.length;
},
  where: () => {
  const w = window.klastryWalk, el = document.activeElement;
  if (!el || el === document.body || el === document.documentElement) return { kind: "outside" };
  const radio = el.type === "radio" ? w.expected.find((x) => x.type === "radio" && x.name === el.name) : el;
  const index = w.expected.indexOf(radio || el);
  w.reached.add(radio || el);
  if (!w.ids) w.ids = new Map();
  if (!w.ids.has(el)) w.ids.set(el, w.ids.size);
  const text = el.matches("input:not([type=checkbox]):not([type=radio]):not([type=submit]):not([type=button]):not([type=range]),textarea,[contenteditable='']");
  const box = el.getBoundingClientRect();
  const differs = w.before.has(el) ? w.before.get(el) !== w.look(el) : true;
  const dialog = el.closest("dialog,[role=dialog],[role=alertdialog]");
  return { kind: ["IFRAME", "AUDIO", "VIDEO"].includes(el.tagName) ? "frame" : "element", id: w.ids.get(el), index, shown: text || differs || w.outline(el) || ["IFRAME", "AUDIO", "VIDEO"].includes(el.tagName),
    modal: !!dialog, box: { x: box.x, y: box.y, width: box.width, height: box.height } };
},
  describe: (el) => {
  const parts = [];
  for (let at = el; at && at.nodeType === 1 && at !== document.documentElement; at = at.parentElement) {
    if (at.id) { parts.unshift("#" + CSS.escape(at.id)); break; }
    const same = at.parentElement ? [...at.parentElement.children].filter((c) => c.tagName === at.tagName) : [];
    parts.unshift(at.tagName.toLowerCase() + (same.length > 1 ? `:nth-of-type(${same.indexOf(at) + 1})` : ""));
  }
  return { selector: parts.join(" > ") || "html", snippet: el.outerHTML.replace(/\s+/g, " ").trim().slice(0, 240) };
},
  leftOut: () => window.klastryWalk.expected.filter((el) => !window.klastryWalk.reached.has(el) && el.getClientRects().length
  && getComputedStyle(el).visibility !== "hidden" && (!el.checkVisibility || el.checkVisibility())),
  hiddenMenus: (limit) => {
  const hosts = new Map();
  for (const link of document.querySelectorAll("nav a[href], header a[href], [role=navigation] a[href], [class*=menu] a[href]")) {
    if (link.getClientRects().length && getComputedStyle(link).visibility !== "hidden") continue;
    let host = link.parentElement;
    while (host && !(host.getClientRects().length && getComputedStyle(host).visibility !== "hidden")) host = host.parentElement;
    if (host && !host.matches("nav, header, body, html, main") && host.getBoundingClientRect().width && !hosts.has(host)) hosts.set(host, link);
  }
  return [...hosts.entries()].slice(0, limit);
},
};
