// Checks of one page beside axe-core. Each finding names a check of data/framework/wcag_checks.csv and an element.
// The file is evaluated in the page after axe-core; `klastryChecks()` changes nothing in the page and sends nothing.
window.klastryChecks = () => {
  window.axe.setup(document.documentElement); // names are computed by axe-core, which needs its own tree
  const found = [];
  const squeeze = (text) => (text || "").replace(/\s+/g, " ").trim();
  const plain = (text) => squeeze(text).toLowerCase().replace(/^[\s.…»›→>«:–-]+|[\s.…»›→>«:!–-]+$/g, "");
  const selector = (el) => {
    const parts = [];
    for (let at = el; at && at.nodeType === 1 && at !== document.documentElement; at = at.parentElement) {
      if (at.id && document.querySelectorAll("#" + CSS.escape(at.id)).length === 1) {
        parts.unshift("#" + CSS.escape(at.id));
        break;
      }
      const same = at.parentElement ? [...at.parentElement.children].filter((c) => c.tagName === at.tagName) : [];
      const nth = same.length > 1 ? `:nth-of-type(${same.indexOf(at) + 1})` : "";
      parts.unshift(at.tagName.toLowerCase() + nth);
    }
    return parts.join(" > ") || "html";
  };
  const snippet = (el) => squeeze(el.outerHTML).slice(0, 240);
  const add = (check, el, detail = "") =>
    found.push({ check, selector: selector(el), snippet: snippet(el), detail: squeeze(detail).slice(0, 200) });
  const visible = (el) => {
    if (!el.isConnected || !el.getClientRects().length) return false;
    if (el.checkVisibility && !el.checkVisibility()) return false;  // what a closed <details> holds has boxes, too
    const style = getComputedStyle(el);
    return style.visibility !== "hidden" && style.display !== "none" && !el.closest("[aria-hidden=true]");
  };
  const all = (query) => [...document.querySelectorAll(query)].filter(visible);
  const name = (el) => squeeze(window.axe.commons.text.accessibleText(el));
  const page = squeeze(document.body ? document.body.innerText : "");

  // ---- 1 text alternatives
  const empty = /^(obraz|obrazek|zdj[eę]cie|grafika|foto|fotografia|ikona|image|picture|photo|graphic|icon|img|untitled|baner|banner|slajd|slide)\s*[\d()_-]*$/i;
  for (const img of all("img, [role=img], input[type=image]")) {
    const alt = squeeze(img.getAttribute("alt") ?? img.getAttribute("aria-label") ?? "");
    const link = img.closest("a[href], button");
    const box = img.getBoundingClientRect();
    if (/\.(jpe?g|png|gif|svg|webp|avif)$/i.test(alt) || /^(img|dsc|dscn|pxl|screenshot)[-_ ]?\d{2,}/i.test(alt)) add("alt-is-file-name", img, alt);
    else if (empty.test(alt)) add("alt-is-placeholder", img, alt);
    if (link && img.matches("img") && !alt && !name(link)) add("image-link-without-name", link);
    if (link && alt && plain(link.textContent) === plain(alt)) add("alt-repeats-text", img, alt);
    const decorative = img.matches("img[alt='']") || ["presentation", "none"].includes(img.getAttribute("role"));
    if (decorative && !link && box.width >= 200 && box.height >= 120) add("large-image-marked-decorative", img);
  }

  // ---- 2 headings
  const main = all("h1, [role=heading][aria-level='1']");
  if (!main.length) add("no-main-heading", document.body);
  if (main.length > 1) add("several-main-headings", main[1], main.map((h) => squeeze(h.textContent)).join(" | "));
  const body = parseFloat(getComputedStyle(document.body).fontSize) || 16;
  for (const el of all("p, div, span")) {
    const text = squeeze(el.textContent);
    if (text.length < 3 || text.length > 90 || /[.!?;,:]$/.test(text)) continue;
    if (el.closest("h1,h2,h3,h4,h5,h6,[role=heading],header,nav,footer,a,button,label,table,figure,form,li,blockquote,summary,dt,legend")) continue;
    if ([...el.children].some((c) => !["B", "STRONG", "SPAN", "EM", "I"].includes(c.tagName))) continue;
    if (el.matches("span") && el.parentElement.matches("p")) continue;
    const inner = el.querySelector("b, strong, span") || el;
    if (squeeze(inner.textContent) !== text) continue;
    const style = getComputedStyle(inner);
    const bold = parseInt(style.fontWeight, 10) >= 600;
    const size = parseFloat(style.fontSize);
    const next = el.nextElementSibling;
    const followed = next && visible(next) && squeeze(next.textContent).length > text.length;
    if (followed && ((bold && size >= body * 1.1) || size >= body * 1.4)) add("looks-like-heading", el, text);
  }

  // ---- 4 forms
  const words = /wymagan|obowi[aą]zkow|niezb[eę]dn|required|mandatory/i;
  const fields = "input:not([type=hidden]):not([type=submit]):not([type=button]):not([type=image]):not([type=reset]), select, textarea";
  const told = (el) => squeeze([name(el), ...[...(el.labels || [])].map((n) => n.textContent),
    ...(el.getAttribute("aria-describedby") || "").split(" ").filter(Boolean).map((id) => document.getElementById(id)?.textContent)].join(" "));
  for (const el of all(fields)) {
    const label = [...(el.labels || [])].some((n) => visible(n) && squeeze(n.textContent)) || squeeze(el.getAttribute("aria-label"))
      || el.getAttribute("aria-labelledby") || squeeze(el.getAttribute("title"));
    if (!label && squeeze(el.getAttribute("placeholder"))) add("placeholder-is-the-label", el, el.getAttribute("placeholder"));
    const legend = squeeze(el.closest("fieldset")?.querySelector("legend")?.textContent);
    const intro = squeeze((el.form || document.body).innerText);
    const everything = /wszystkie pola[^.]{0,40}(wymagan|obowi[aą]zkow)|all fields[^.]{0,20}(required|mandatory)/i.test(intro);
    const required = el.required || el.getAttribute("aria-required") === "true";
    if (required && !everything && !/\*/.test(told(el) + legend) && !words.test(told(el) + legend)) add("required-not-told", el);
  }
  for (const form of all("form")) {
    const own = [...form.elements].filter((el) => el.matches(fields) && visible(el));
    if (!own.length) continue;
    const starred = own.filter((el) => /\*/.test([...(el.labels || [])].map((n) => n.textContent).join(" ")));
    const near = squeeze((form.closest("section, article, main") || form).innerText);
    const explained = /\*\s*[)\-–—:=]*\s*[^.*]{0,40}(wymagan|obowi[aą]zkow|niezb[eę]dn|required|mandatory)/i.test(near)
      || /(gwiazdk|asterisk)[^.]{0,60}/i.test(near) && words.test(near);
    if (starred.length && !explained) add("asterisk-not-explained", starred[0], told(starred[0]));
    const submit = [...form.querySelectorAll("button, input")].some((el) => visible(el) && (el.tagName === "BUTTON" ? el.type === "submit" : ["submit", "image"].includes(el.type)));
    if (!submit) add("no-submit-button", form);
    const texts = own.filter((el) => !el.matches("[type=search], [type=checkbox], [type=radio]"));
    const native = !form.noValidate && texts.some((el) => el.willValidate && (el.required || ["email", "url", "number", "date", "tel"].includes(el.type) || el.pattern));
    const search = form.matches("[role=search]") || own.some((el) => el.type === "search");
    if (texts.length && !native && !search) add("errors-by-script", form);
  }

  // ---- 5 links
  const generic = new Set(["tutaj", "tu", "kliknij", "kliknij tutaj", "kliknij tu", "więcej", "czytaj więcej", "czytaj dalej", "czytaj", "zobacz", "zobacz więcej",
    "dowiedz się więcej", "sprawdź", "pobierz", "szczegóły", "link", "strona", "przejdź", "dalej", "otwórz", "pokaż więcej", "rozwiń", "here", "click here", "more",
    "read more", "learn more", "see more", "details", "download", "go", "continue", "view more", "find out more", "info", "więcej informacji"]);
  const places = new Map();
  for (const link of all("a[href]")) {
    const text = name(link);
    const key = plain(text);
    if (!key) continue;
    const described = (link.getAttribute("aria-describedby") || "").split(" ").filter(Boolean).map((id) => document.getElementById(id)?.textContent).join(" ");
    if (generic.has(key) && !squeeze(described)) add("generic-link-name", link, text);
    else if (/^(https?:\/\/|www\.)\S+$/i.test(text) && text.length > 25) add("address-as-link-name", link, text);
    if (!generic.has(key)) {
      const target = link.href.replace(/#.*$/, "").replace(/\/$/, "") + (link.getAttribute("href").startsWith("#") ? link.getAttribute("href") : "");
      if (places.has(key) && places.get(key) !== target) add("same-name-other-target", link, text);
      if (!places.has(key)) places.set(key, target);
    }
    const hint = text + " " + squeeze(link.title) + " " + described;
    if (link.target === "_blank" && !/now(ym|ej|e|a) (okn|kar)|new (window|tab)/i.test(hint)) add("new-window-not-told", link, text);
    const file = (link.pathname || "").match(/\.(pdf|docx?|xlsx?|pptx?|zip|odt)$/i);
    if (file && !new RegExp("\\b" + file[1].slice(0, 3), "i").test(hint) && !/plik|arkusz|dokument word|prezentacj/i.test(hint)) add("file-not-told", link, text);
  }

  // ---- 6 language
  const COMMON = {
    pl: "i w z na do się nie że o jest to dla od oraz przez po jak są ale który która które tym tego przy może być także ich lub a za już tylko nas nasz można został".split(" "),
    en: "the of and to in is that for with as are on by be this from at or an it was which we our you your have has can not will their its more been".split(" "),
    de: "der die und das in den von zu mit sich des auf für ist im dem nicht ein eine als auch es an werden aus er hat dass sie nach wird bei einer um wir unsere".split(" "),
  };
  const language = (text, least) => {
    const list = text.toLowerCase().match(/\p{L}+/gu) || [];
    if (list.length < least) return null;
    const share = Object.entries(COMMON).map(([code, set]) => [code, list.filter((w) => set.includes(w)).length / list.length]);
    if (/[ąęłńśźż]/i.test(text)) share.find(([code]) => code === "pl")[1] += 0.1;
    share.sort((a, b) => b[1] - a[1]);
    return share[0][1] >= 0.16 && share[0][1] >= 2.2 * share[1][1] ? share[0][0] : null;
  };
  const declared = (el) => (el.closest("[lang]")?.getAttribute("lang") || "").toLowerCase().split("-")[0];
  const root = (document.documentElement.lang || "").toLowerCase().split("-")[0];
  const told_as_root = [...document.querySelectorAll("p, li, h1, h2, h3, td, dd, blockquote")].filter((el) => visible(el) && declared(el) === root).map((el) => el.innerText).join(" ");
  const whole = language(told_as_root, 40);
  const wrong = root && whole && whole !== root;
  if (wrong) add("page-in-other-language", document.documentElement, `${root}: ${whole}`);
  if (root && !wrong) {
    for (const el of all("p, li, h1, h2, h3, h4, h5, h6, blockquote, td, dd, figcaption")) {
      if (el.querySelector("p, li, ul, ol, table, blockquote")) continue;
      const own = squeeze([...el.childNodes].filter((n) => n.nodeType === 3 || !(n.getAttribute?.("lang") || n.nodeName === "CODE")).map((n) => n.textContent).join(" "));
      const is = language(own, 8);
      const says = declared(el);
      if (is && says && is !== says) add("passage-in-other-language", el, `${says}: ${is}`);
    }
    const ui = { en: new Set(["read more", "learn more", "submit", "send", "send message", "search", "name", "your name", "your message", "message", "e-mail address", "email address",
      "subscribe", "sign up", "log in", "login", "contact us", "about us", "home page", "next", "previous", "close", "back to top", "accept all", "accept", "privacy policy", "cookie policy",
      "download", "click here", "required field", "skip to content", "phone", "phone number", "first name", "last name"]),
      pl: new Set(["czytaj więcej", "wyślij", "szukaj", "imię", "wiadomość", "kontakt", "o nas", "zaloguj", "dalej", "wstecz", "zamknij", "strona główna", "polityka prywatności", "imię i nazwisko"]) };
    for (const el of all("button, label, a[href], input[type=submit], input[type=button], legend, summary")) {
      const text = plain(el.matches("input") ? el.value : el.textContent.replace(/\*/g, ""));
      const says = declared(el);
      for (const [code, set] of Object.entries(ui)) if (says && says !== code && ui[says] && set.has(text)) add("control-in-other-language", el, text);
    }
  }

  // ---- 7 keyboard, what the tree shows; the walk with the Tab key is in keyboard.py
  const native = "a[href], button, input, select, textarea, summary, label, option, area[href], audio[controls], video[controls], iframe, [contenteditable=''], [contenteditable=true]";
  const focusable = (el) => el.matches(native) || el.tabIndex >= 0 && el.hasAttribute("tabindex");
  const heard = window.klastryListeners || new Map();
  const hears = (el, kinds) => kinds.some((k) => (heard.get(el) || new Set()).has(k) || typeof el["on" + k] === "function");
  const keysAbove = (el) => { for (let at = el.parentElement; at; at = at.parentElement) if (hears(at, ["keydown", "keyup", "keypress"])) return true; return hears(document, ["keydown", "keyup", "keypress"]); };
  const CONTROLS = ["button", "link", "menuitem", "tab", "checkbox", "radio", "switch", "option", "slider"];
  const clicked = [...heard.entries()].filter(([el]) => el instanceof Element).map(([el]) => el);
  const candidates = new Set([...all("[onclick], [onmousedown], " + CONTROLS.map((r) => `[role=${r}]`).join(", ")), ...clicked.filter((el) => visible(el))]);
  for (const el of candidates) {
    const acts = hears(el, ["click", "mousedown", "mouseup", "pointerdown", "touchstart", "dblclick"]);
    const role = CONTROLS.includes(el.getAttribute("role"));
    if (!acts && !role) continue;
    if (el.matches("html, body, main, form, dialog, [role=dialog]") || el.closest("[disabled], [aria-disabled=true], [inert]")) continue;
    const inside = [...el.querySelectorAll("*")].some(focusable);
    const above = el.parentElement && el.parentElement.closest("a[href], button, summary, label");
    const roving = role && el.parentElement?.closest("[role=tablist],[role=menu],[role=menubar],[role=radiogroup],[role=listbox]");
    if (!focusable(el)) { if (!inside && !above && !roving) add("pointer-only", el); }
    else if (!el.matches(native) && acts && !hears(el, ["keydown", "keyup", "keypress"]) && !keysAbove(el)) add("custom-control-without-keys", el);
  }
  for (const el of all("[tabindex]")) if (el.tabIndex > 0) add("order-forced", el, String(el.tabIndex));

  // ---- 8 title
  const title = plain(document.title);
  const template = new Set(["home", "strona główna", "start", "index", "untitled", "untitled document", "bez tytułu", "dokument bez tytułu", "document", "nowa strona", "new page", "wordpress",
    "just another wordpress site", "kolejna witryna oparta na wordpressie", "strona", "page", "title", "tytuł", "test", "witaj", "welcome", "website", "moja strona"]);
  if (title && (template.has(title) || /^(https?:\/\/|www\.)|\.(html?|php|aspx?)$/i.test(document.title.trim()))) add("template-title", document.querySelector("title"), document.title);

  // ---- 9 colour
  const shape = (el) => { const s = getComputedStyle(el); return [s.fontWeight, s.fontStyle, s.fontSize, s.fontFamily, s.textTransform, s.fontVariant].join("|"); };
  const seen = (c) => c && c !== "transparent" && !/rgba\([^)]*,\s*0\)/.test(c);
  for (const link of all("p a[href], li a[href], td a[href], dd a[href], blockquote a[href]")) {
    const block = link.closest("p, li, td, dd, blockquote");
    const rest = squeeze(block.textContent).length - [...block.querySelectorAll("a")].reduce((n, a) => n + squeeze(a.textContent).length, 0);
    if (rest < 12 || !squeeze(link.textContent) || link.closest("nav")) continue;
    const parts = [link, ...link.querySelectorAll("*")];
    const marked = parts.some((el) => { const s = getComputedStyle(el), before = getComputedStyle(el, "::after").content;
      return s.textDecorationLine !== "none" || ["Bottom", "Top", "Left"].some((k) => parseFloat(s[`border${k}Width`]) > 0 && s[`border${k}Style`] !== "none" && seen(s[`border${k}Color`]))
        || seen(s.backgroundColor) && s.backgroundColor !== getComputedStyle(block).backgroundColor || s.boxShadow !== "none" || (before !== "none" && before !== "normal" && before !== '""'); })
      || shape(link) !== shape(link.parentElement) || link.querySelector("img, svg, [class*=icon]");
    if (!marked) add("link-by-colour", link, name(link));
  }
  const dots = all("td *, th *, dd *").filter((el) => {
    const box = el.getBoundingClientRect(), style = getComputedStyle(el);
    return !squeeze(el.closest("td, th, dd").textContent) && !el.children.length && box.width >= 4 && box.width <= 32 && box.height >= 4 && box.height <= 32
      && seen(style.backgroundColor) && style.backgroundImage === "none" && !el.getAttribute("aria-label") && !el.title;
  });
  if (new Set(dots.map((el) => getComputedStyle(el).backgroundColor)).size > 1) for (const el of dots) add("status-by-colour", el, getComputedStyle(el).backgroundColor);
  for (const el of all("[aria-invalid=true], input.error, input.invalid, input.is-invalid, .has-error input, textarea.error, select.error")) {
    const ids = [el.getAttribute("aria-errormessage"), el.getAttribute("aria-describedby")].filter(Boolean).join(" ").split(" ").filter(Boolean);
    const message = ids.some((id) => { const n = document.getElementById(id); return n && visible(n) && squeeze(n.textContent); });
    const beside = squeeze(el.parentElement.textContent).replace(squeeze([...(el.labels || [])].map((n) => n.textContent).join(" ")), "");
    if (!message && beside.length < 8) add("error-by-colour", el);
  }
  const colours = "czerwon|zielon|niebiesk|żółt|pomarańczow|szar|fioletow|red|green|blue|yellow|orange|grey|gray";
  const refers = new RegExp(`(?<!\\p{L})(zaznaczon\\p{L}*|oznaczon\\p{L}*|wyróżnion\\p{L}*|marked|shown|highlighted)[^.]{0,30}(?<!\\p{L})(${colours})|(?<!\\p{L})(kolor(em|ze)?|na) (${colours})\\p{L}*|(?<!\\p{L})in (red|green|blue|yellow|orange)(?!\\p{L})`, "iu");
  for (const el of all("p, li, td, label, legend, figcaption")) {
    if (el.querySelector("p, li, td")) continue;
    const match = squeeze(el.textContent).match(refers);
    if (match) add("text-refers-to-colour", el, match[0]);
  }

  // ---- 10 media
  const transcript = (el) => {
    const area = el.closest("figure, section, article, li, td") || el.parentElement;
    return /transkrypcj|zapis (tekstow|rozmow|nagran|film)|tekst nagrania|wersja tekstowa|audiodeskrypcj|transcript|text version/i.test(area ? area.textContent : "");
  };
  for (const video of all("video")) {
    const tracks = [...video.querySelectorAll("track")].filter((t) => ["captions", "subtitles"].includes(t.kind));
    const silent = video.muted && video.autoplay && !video.controls;
    if (!tracks.length && !silent && !transcript(video)) add("video-without-captions", video);
  }
  for (const audio of document.querySelectorAll("audio")) if (audio.controls && visible(audio) && !transcript(audio)) add("audio-without-transcript", audio);
  for (const frame of all("iframe")) if (/youtube|youtu\.be|vimeo|dailymotion|facebook\.com\/plugins\/video|player/i.test(frame.src || frame.dataset.src || frame.title)) add("embedded-player", frame, frame.src);
  for (const link of all("a[href]")) if (/\.(mp3|mp4|m4a|wav|ogg|webm|avi|mov)$/i.test(link.pathname || "") && !transcript(link)) add("linked-media", link, name(link));

  // ---- beyond the ten criteria
  const skip = [...document.querySelectorAll("a[href^='#']")].slice(0, 5).some((a) => /tre[sś][cć]|content|main|głównej/i.test(a.textContent + a.getAttribute("href")));
  if (!skip && all(native).length > 8) add("no-skip-link", document.body);

  const links = [...document.querySelectorAll("a[href]")].map((a) => [a.href, squeeze(a.textContent)]).filter(([href]) => /^https?:/.test(href));
  const tracks = [...document.querySelectorAll("video track[src], audio track[src]")].filter((t) => ["captions", "subtitles"].includes(t.kind))
    .map((t) => ({ src: t.src, selector: selector(t.parentElement), snippet: snippet(t) }));
  const statement = links.some(([href, text]) => /deklaracj\S* dost[eę]pno|accessibility statement|dostępność cyfrowa/i.test(text) || /deklaracja-dostepnosci|accessibility-statement/i.test(href));
  window.axe.teardown();
  return { found, links, tracks, statement, title: document.title, text: page.length };
};
