/* Search and the origin of numbers; works from a folder on disk, without a server. */
(function () {
  "use strict";
  var base = document.body.dataset.base || "";
  var fold = function (term) {
    return term.toLowerCase().normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/ł/g, "l");
  };

  // Contents fold away on a narrow screen.
  var side = document.querySelector(".side-fold");
  if (side && window.matchMedia("(max-width: 56rem)").matches) { side.open = false; }

  // Search page: results for ?q=…, counted aloud.
  var target = document.getElementById("wyniki");
  if (target) {
    var query = new URLSearchParams(window.location.search).get("q") || "";
    var box = document.getElementById("szukane");
    var status = document.getElementById("liczba-wynikow");
    box.value = query;
    var index = new MiniSearch({
      fields: ["title", "text"], storeFields: ["title", "where", "url", "text"],
      processTerm: fold,
      searchOptions: { prefix: true, fuzzy: function (t) { return t.length > 5 ? 0.2 : false; }, boost: { title: 3 }, combineWith: "AND" }
    });
    index.addAll(window.KLASTRY_SEARCH || []);
    var show = function (text) {
      target.textContent = "";
      var found = text.trim() ? index.search(text).slice(0, 60) : [];
      status.textContent = text.trim() ? (found.length ? "Znalezione miejsca: " + found.length : "Nic nie znaleziono. Spróbuj innego słowa.") : "Wpisz szukane słowo.";
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

  // The list of sources, once open, also marks the numbers in the text.
  var sources = document.querySelector("details.sources");
  if (sources) {
    sources.addEventListener("toggle", function () { document.body.classList.toggle("show-facts", sources.open); });
    sources.querySelectorAll("tr[data-f]").forEach(function (row) {
      document.querySelectorAll('.fact[data-f="' + row.dataset.f + '"]').forEach(function (number) {
        number.title = row.dataset.origin;
      });
    });
  }
})();
