/* Search, the origin of numbers and the finder; works from a folder on disk, without a server. */
(function () {
  "use strict";
  var base = document.body.dataset.base || "";
  var fold = function (term) {
    return term.toLowerCase().normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/ł/g, "l");
  };

  // Contents fold away on a narrow screen.
  var side = document.querySelector(".side-fold");
  if (side && window.matchMedia("(max-width: 56rem)").matches) { side.open = false; }
  var own = document.querySelector(".onpage-fold");
  if (own && window.matchMedia("(max-width: 80rem)").matches) { own.open = false; }

  // Search page: results for ?q=…, counted aloud.
  var target = document.getElementById("wyniki");
  var box = document.getElementById("szukane");
  var status = document.getElementById("liczba-wynikow");
  if (target && status) {  // pages of numbers have a heading and a field of these names as well
    var query = new URLSearchParams(window.location.search).get("q") || "";
    box.value = query;
    var index = new MiniSearch({
      fields: ["title", "text"], storeFields: ["title", "where", "url", "text"],
      processTerm: fold,
      searchOptions: { prefix: true, fuzzy: function (t) { return t.length > 5 ? 0.2 : false; }, boost: { title: 3 }, combineWith: "AND" }
    });
    index.addAll(window.KLASTRY_SEARCH || []);
    var show = function (text) {
      target.textContent = "";
      var all = text.trim() ? index.search(text) : [], found = all.slice(0, 60);
      var some = all.length > found.length ? ", pokazano pierwsze " + found.length : "";
      status.textContent = text.trim() ? (found.length ? "Znalezione miejsca: " + all.length + some : "Nic nie znaleziono. Spróbuj innego słowa.") : "Wpisz szukane słowo.";
      var words = text.split(/\s+/).filter(Boolean).map(fold);
      found.forEach(function (hit) {
        var item = document.createElement("li");
        var link = document.createElement("a");
        link.href = base + hit.url;
        link.textContent = hit.title;
        var where = document.createElement("span");
        where.className = "where";
        where.textContent = hit.where;
        item.append(link, where, snippet(hit.text, words));
        target.append(item);
      });
    };
    var snippet = function (text, words) {
      var folded = fold(text);
      var at = words.map(function (w) { return folded.indexOf(w); }).filter(function (i) { return i >= 0; });
      var start = Math.max(0, (at.length ? Math.min.apply(null, at) : 0) - 80);
      var cut = text.slice(start, start + 240);
      var out = document.createElement("span");
      if (start) { out.append("… "); }
      var rest = cut, restFolded = fold(cut);
      while (rest) {
        var next = -1, len = 0;
        words.forEach(function (w) {
          var i = restFolded.indexOf(w);
          if (i >= 0 && (next < 0 || i < next)) { next = i; len = w.length; }
        });
        if (next < 0 || restFolded.length !== rest.length) { out.append(rest); break; }
        out.append(rest.slice(0, next));
        var mark = document.createElement("mark");
        mark.textContent = rest.slice(next, next + len);
        out.append(mark);
        rest = rest.slice(next + len);
        restFolded = restFolded.slice(next + len);
      }
      out.append(" …");
      return out;
    };
    show(query);
    box.addEventListener("input", function () { show(box.value); });
    box.form.addEventListener("submit", function (event) { event.preventDefault(); show(box.value); });
  }

  copying();
  sorting();
  outline();
  numbers();
  narrowing();
  findNumber();
  finder();

  // Buttons that copy a text of the page; without the clipboard of the browser, the old way.
  function copying() {
    var said = function (button, words) {
      var status = button.parentNode.querySelector("[role=status]");
      if (!status) {
        status = document.createElement("span");
        status.setAttribute("role", "status");
        button.after(status);
      }
      status.textContent = words;
    };
    var oldWay = function (text) {
      var box = document.createElement("textarea");
      box.value = text;
      box.className = "visually-hidden";
      document.body.append(box);
      box.select();
      var done = document.execCommand("copy");
      box.remove();
      return done;
    };
    window.KLASTRY_COPY = function (text, button) {
      var end = function (done) { said(button, done ? "Skopiowano." : "Przeglądarka nie pozwala kopiować; zaznacz tekst."); button.focus(); };
      if (navigator.clipboard && window.isSecureContext) {
        navigator.clipboard.writeText(text).then(function () { end(true); }, function () { end(oldWay(text)); });
      } else {
        end(oldWay(text));
      }
    };
    document.querySelectorAll("button.copy").forEach(function (button) {
      button.hidden = false;
      button.addEventListener("click", function () {
        window.KLASTRY_COPY(document.getElementById(button.dataset.copies).textContent, button);
      });
    });
  }

  // Columns of tables sort: up, down, and back to the order of the report. Rows stay within their part of the table.
  function sorting() {
    var number = function (text) {
      var plain = text.replace(/[\s\u00a0%▲+]/g, "").replace(/[−▼]/g, "-").replace(",", ".");
      if (plain === "=" || plain === "bezzmian") { return 0; }
      return /^-?\d+(\.\d+)?[a-zżł./²-]*$/i.test(plain) ? parseFloat(plain) : NaN;
    };
    document.querySelectorAll("table.exhibit-table, table.sortable, #tabela-powiazan").forEach(function (table) {
      var heads = table.tHead && table.tHead.rows.length ? table.tHead.rows[table.tHead.rows.length - 1].cells : [];
      var dynamic = table.classList.contains("sortable");
      if (!dynamic && table.tBodies[0].rows.length < 4 && table.tBodies.length < 2) { return; }
      if (Array.prototype.some.call(table.querySelectorAll("tbody tr"), function (r) {
        return r.cells.length !== heads.length && !r.classList.contains("group");
      })) { return; }
      var first = [];
      var remember = function () {
        first = Array.prototype.map.call(table.tBodies, function (body) { return Array.prototype.slice.call(body.rows); });
        Array.prototype.forEach.call(heads, function (th) { th.removeAttribute("aria-sort"); });
      };
      remember();
      table.addEventListener("klastry-rows", remember);
      Array.prototype.forEach.call(heads, function (th, column) {
        if (th.tagName !== "TH" || th.colSpan > 1 || !th.textContent.trim()) { return; }
        var button = document.createElement("button");
        button.type = "button";
        button.className = "sort";
        while (th.firstChild) { button.append(th.firstChild); }
        th.append(button);
        button.addEventListener("click", function () {
          var was = th.getAttribute("aria-sort");
          var next = was === "ascending" ? "descending" : was === "descending" ? "" : "ascending";
          Array.prototype.forEach.call(heads, function (other) { other.removeAttribute("aria-sort"); });
          if (next) { th.setAttribute("aria-sort", next); }
          Array.prototype.forEach.call(table.tBodies, function (body, part) {
            var fixed = first[part].filter(function (row) { return row.classList.contains("group"); });
            var rows = first[part].filter(function (row) { return !row.classList.contains("group"); });
            if (next) {
              var keys = rows.map(function (row) {
                var text = row.cells[column].textContent.trim(), value = number(text);
                return { row: row, text: text, value: value, none: text === "" || text === "–" };
              });
              var numeric = keys.every(function (k) { return k.none || !isNaN(k.value); });
              keys.sort(function (a, b) {
                if (a.none || b.none) { return a.none - b.none; }
                var order = numeric ? a.value - b.value : a.text.localeCompare(b.text, "pl", { numeric: true });
                return next === "ascending" ? order : -order;
              });
              rows = keys.map(function (k) { return k.row; });
            }
            fixed.concat(rows).forEach(function (row) { body.append(row); });
          });
        });
      });
    });
  }

  // The outline of the page shows where the reader is.
  function outline() {
    var links = Array.prototype.slice.call(document.querySelectorAll(".onpage a"));
    if (!links.length || !("IntersectionObserver" in window)) { return; }
    var heads = links.map(function (a) { return document.getElementById(decodeURIComponent(a.hash.slice(1))); });
    var mark = function () {
      var at = -1;
      heads.forEach(function (h, i) { if (h && h.getBoundingClientRect().top < 140) { at = i; } });
      links.forEach(function (a, i) {
        if (i === at) { a.setAttribute("aria-current", "location"); } else { a.removeAttribute("aria-current"); }
      });
    };
    var watch = new IntersectionObserver(mark, { rootMargin: "-140px 0px 0px 0px", threshold: [0, 1] });
    heads.forEach(function (h) { if (h) { watch.observe(h); } });
    mark();
  }

  // Numbers: pointing at one (or a tap) shows the row of the page's list of sources as a card. The switch in the page's
  // head marks them and puts them into the tab order; without it they are plain text for the keyboard and for readers.
  function numbers() {
    var rows = {};
    var list = document.querySelector("details.sources table");
    if (!list) { return; }
    list.querySelectorAll("tbody tr[data-f]").forEach(function (row) { rows[row.dataset.f] = row; });
    var heads = Array.prototype.map.call(list.querySelectorAll("thead th"), function (th) { return th.textContent; });
    var marks = document.querySelectorAll(".fact[data-f]");
    var card = null, owner = null, timer = 0, made = 0;

    var place = function () {
      if (!card) { return; }
      var rects = owner.getClientRects();
      var at = rects[rects.length - 1], gap = 6, edge = 12;
      var width = document.documentElement.clientWidth, height = window.innerHeight;
      var away = at.bottom < 0 || at.top > height;
      if (away && document.activeElement !== owner) { close(); return; }
      card.style.visibility = away ? "hidden" : "";  // the page may still be scrolling to the focused number
      card.style.maxHeight = "";
      var below = height - at.bottom - gap - edge, above = at.top - gap - edge;
      var down = card.offsetHeight <= below || below >= above;
      card.style.maxHeight = Math.max(120, down ? below : above) + "px";
      card.style.left = Math.max(edge, Math.min(at.left - 16, width - card.offsetWidth - edge)) + "px";
      card.style.top = (down ? at.bottom + gap : at.top - gap - card.offsetHeight) + "px";
    };
    var close = function () {
      clearTimeout(timer);
      if (!card) { return; }
      owner.removeAttribute("aria-describedby");
      if (owner.hasAttribute("aria-expanded")) { owner.setAttribute("aria-expanded", "false"); }
      owner.classList.remove("open");
      card.remove();
      card = owner = null;
    };
    var open = function (mark) {
      clearTimeout(timer);
      if (owner === mark) { return; }
      close();
      var row = rows[mark.dataset.f];
      if (!row) { return; }
      owner = mark;
      card = document.createElement("span");
      card.className = "fact-card";
      card.id = "karta-" + (++made);
      card.setAttribute("role", "group");
      card.setAttribute("aria-label", "Źródło liczby " + mark.textContent);
      card.lang = "pl";
      Array.prototype.slice.call(row.cells, 1).forEach(function (cell, i) {
        var line = document.createElement("span");
        line.className = "line";
        var label = document.createElement("span");
        label.className = "label";
        label.textContent = heads[i + 1];
        var body = document.createElement("span");
        body.className = "body";
        cell.childNodes.forEach(function (node) { body.append(node.cloneNode(true)); });
        if (i === 0) { body.id = card.id + "-opis"; }
        line.append(label, body);
        card.append(line);
      });
      mark.after(card);
      mark.classList.add("open");
      mark.setAttribute("aria-describedby", card.id + "-opis");
      if (mark.hasAttribute("aria-expanded")) { mark.setAttribute("aria-expanded", "true"); }
      card.addEventListener("pointerenter", function () { clearTimeout(timer); });
      card.addEventListener("pointerleave", function () { later(close, 300); });
      card.addEventListener("focusout", leave);
      place();
    };
    var later = function (action, delay) { clearTimeout(timer); timer = setTimeout(action, delay); };
    var leave = function (event) {
      var to = event.relatedTarget;
      if (card && to && !(card.contains(to) || to === owner)) { close(); }
    };

    // One listener for a page of a thousand numbers.
    var on = function (kind, action) {
      document.addEventListener(kind, function (event) {
        var mark = event.target.closest ? event.target.closest(".fact[data-f]") : null;
        if (mark && rows[mark.dataset.f]) { action(mark, event); }
      });
    };
    on("pointerover", function (mark, event) {
      if (event.pointerType !== "touch") { later(function () { open(mark); }, 250); }
    });
    on("pointerout", function (mark, event) {
      if (event.pointerType !== "touch") { later(close, 300); }
    });
    on("click", open);
    on("focusin", open);
    on("focusout", function (mark, event) { leave(event); });
    on("keydown", function (mark, event) {
      if (event.key === "Enter" || event.key === " ") { event.preventDefault(); open(mark); }
    });
    document.addEventListener("keydown", function (event) {
      if (event.key !== "Escape" || !card) { return; }
      var inside = card.contains(document.activeElement), mark = owner;
      close();
      if (inside) { mark.focus(); close(); }
    });
    document.addEventListener("pointerdown", function (event) {
      if (card && !card.contains(event.target) && event.target !== owner) { close(); }
    });
    window.addEventListener("scroll", place, { passive: true });
    window.addEventListener("resize", place);
    window.addEventListener("beforeprint", close);

    var bar = document.querySelector(".numbers-bar"), button = document.getElementById("zrodla-liczb");
    if (!button) { return; }
    var set = function (on) {
      button.setAttribute("aria-pressed", String(on));
      document.body.classList.toggle("show-facts", on);
      marks.forEach(function (mark) {
        if (on) {
          mark.tabIndex = 0;
          mark.setAttribute("role", "button");
          mark.setAttribute("aria-expanded", "false");
        } else {
          ["tabindex", "role", "aria-expanded"].forEach(function (name) { mark.removeAttribute(name); });
        }
      });
      if (!on) { close(); }
    };
    bar.classList.add("ready");
    var kept = null;
    try { kept = window.localStorage.getItem("klastry-zrodla"); } catch (error) { kept = null; }
    set(kept === "1");
    button.addEventListener("click", function () {
      var on = button.getAttribute("aria-pressed") !== "true";
      set(on);
      try { window.localStorage.setItem("klastry-zrodla", on ? "1" : "0"); } catch (error) { /* a disk without memory */ }
    });
  }

  // A list of numbers narrows down while one types.
  function narrowing() {
    document.querySelectorAll(".narrow").forEach(function (box) {
      box.hidden = false;
      var input = box.querySelector("input[type=search]"), only = box.querySelector("input[type=checkbox]");
      var status = box.querySelector("[role=status]");
      var rows = Array.prototype.map.call(document.querySelectorAll("table.ledger tbody tr"), function (row) {
        return { row: row, text: fold(row.textContent) };
      });
      var apply = function () {
        var words = fold(input.value).split(/\s+/).filter(Boolean), shown = 0;
        rows.forEach(function (entry) {
          var keep = (!only.checked || entry.row.dataset.printed) && words.every(function (w) { return entry.text.indexOf(w) >= 0; });
          entry.row.hidden = !keep;
          if (keep) { shown += 1; }
        });
        status.textContent = "Liczby na stronie: " + shown + " z " + rows.length;
      };
      input.addEventListener("input", apply);
      only.addEventListener("change", apply);
    });
  }

  // Search over all numbers.
  function findNumber() {
    var form = document.querySelector(".find-number"), data = window.KLASTRY_FACTS;
    if (!form || !data) { return; }
    form.hidden = false;
    var input = form.querySelector("input"), status = form.querySelector("[role=status]"), list = form.querySelector("ul");
    var texts = data.facts.map(function (f) { return fold(f[0] + " " + f[1] + " " + f[2]); });
    input.addEventListener("input", function () {
      var words = fold(input.value).split(/\s+/).filter(Boolean);
      list.textContent = "";
      if (!words.length) { status.textContent = ""; return; }
      var found = [];
      data.facts.forEach(function (f, i) {
        if (words.every(function (w) { return texts[i].indexOf(w) >= 0; })) { found.push(f); }
      });
      found.sort(function (a, b) { return b[4] - a[4]; });
      status.textContent = found.length ? "Znalezione liczby: " + found.length + (found.length > 50 ? ", pokazano pierwsze 50" : "") : "Nic nie znaleziono. Spróbuj innego słowa.";
      found.slice(0, 50).forEach(function (f) {
        var item = document.createElement("li"), link = document.createElement("a"), more = document.createElement("span");
        link.href = data.pages[f[3]] + "#" + f[0];
        link.textContent = f[2] + ": " + f[1];
        more.className = "where";
        more.textContent = f[0] + (f[4] ? " · wydrukowana w raporcie" : "");
        item.append(link, more);
        list.append(item);
      });
    });
  }

  // The finder of the start page: element and group give six measures, each with its way on.
  function finder() {
    var box = document.querySelector(".finder"), data = window.KLASTRY_SCORES;
    if (!box || !data) { return; }
    var form = box.querySelector(".finder-fields"), out = box.querySelector(".found");
    var code = box.querySelector("#co"), group = box.querySelector("#grupa");
    form.hidden = false;
    var show = function () {
      out.textContent = "";
      var values = data.values[code.value][Number(group.value)], list = document.createElement("dl");
      data.measures.forEach(function (name, i) {
        if (!values[i].length) { return; }
        var pair = document.createElement("div"), dt = document.createElement("dt"), dd = document.createElement("dd");
        var link = document.createElement("a");
        dt.textContent = name;
        link.href = data.pages[code.value] + "#" + values[i][0];
        link.textContent = values[i][1];
        dd.append(link);
        pair.append(dt, dd);
        list.append(pair);
      });
      out.append(list);
      var target = data.tables[Number(group.value)];
      var way = document.createElement("p"), more = document.createElement("a");
      if (target) {
        var table = document.createElement("a");
        table.href = target + "-" + code.value;
        table.textContent = "W aneksie: tabela " + target.split("#tbl-")[1];
        way.append(table, " · ");
      }
      more.href = data.pages[code.value];
      more.textContent = "Wszystkie grupy";
      way.append(more);
      out.append(way);
    };
    code.value = "ALL";
    code.addEventListener("change", show);
    group.addEventListener("change", show);
    show();
  }
})();
