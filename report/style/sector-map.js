// The map of sectors: choice of a sector, its neighbours and profile. Works from a file, fetches nothing.
(function () {
  "use strict";
  var svg = document.getElementById("mapa"), source = document.getElementById("dane-mapy");
  if (!svg || !source) return;
  var data = JSON.parse(source.textContent);
  var marks = Array.prototype.slice.call(svg.querySelectorAll("g.sector"));
  var units = Array.prototype.slice.call(svg.querySelectorAll("g.unit"));
  var ways = Array.prototype.slice.call(svg.querySelectorAll("line.way"));
  var rows = Array.prototype.slice.call(document.querySelectorAll("#odleglosci tbody tr, #typy-w-branzach tbody tr"));
  var form = document.getElementById("wybor-branzy"), select = document.getElementById("branza");
  var status = document.getElementById("stan-mapy"), card = document.getElementById("karta-branzy");
  var sectors = {}, place = {}, chosen = "";
  data.sectors.forEach(function (s) { sectors[s.code] = s; });
  marks.forEach(function (mark) {
    var at = /translate\(([-\d.]+) ([-\d.]+)\)/.exec(mark.getAttribute("transform"));
    place[mark.dataset.sector] = [parseFloat(at[1]), parseFloat(at[2])];
  });
  form.hidden = false;

  function text(value, decimals) {
    return Math.abs(value).toFixed(decimals).replace(".", ",").replace(/^/, value < -0.5 * Math.pow(10, -decimals) ? "−" : "");
  }

  function make(name, words, parent, css) {
    var out = document.createElement(name);
    if (words) { out.textContent = words; }
    if (css) { out.className = css; }
    if (parent) { parent.append(out); }
    return out;
  }

  function neighbours(code) {
    return data.pairs.filter(function (p) { return p.a === code || p.b === code; }).map(function (p) {
      return { code: p.a === code ? p.b : p.a, distance: p.distance, chance: p.by_chance };
    }).sort(function (a, b) { return a.distance - b.distance || (a.code < b.code ? -1 : 1); });
  }

  // Profile as bars: the middle is the mean of all clusters, the edge is the largest deviation of any sector.
  function bars(sector, most) {
    var list = make("ul", "", null, "bars");
    data.subareas.map(function (area, i) { return { name: area.name, value: sector.profile[i] }; })
      .sort(function (a, b) { return b.value - a.value; })
      .forEach(function (line) {
        var item = make("li", "", list);
        make("span", line.name, item, "bar-name");
        var track = make("span", "", item, "bar-track");
        track.setAttribute("aria-hidden", "true");
        var bar = make("span", "", track, line.value < 0 ? "bar below" : "bar above");
        bar.style.width = 50 * Math.abs(line.value) / most + "%";
        make("span", text(line.value, 2), item, "bar-value");
      });
    return list;
  }

  function show(code) {
    card.textContent = "";
    card.hidden = !code;
    if (!code) { return; }
    var sector = sectors[code], near = neighbours(code), most = 0;
    data.sectors.forEach(function (s) { s.profile.forEach(function (v) { most = Math.max(most, Math.abs(v)); }); });
    make("h2", sector.name, card).id = "karta-branzy-nazwa";
    card.setAttribute("aria-labelledby", "karta-branzy-nazwa");
    var kinds = data.types.map(function (t, i) { return t.name + ": " + sector.types[i]; }).join("; ");
    make("p", "Liczba klastrów: " + sector.size + ". " + kinds + ".", card);
    var joined = data.merges.filter(function (m) { return m.indexOf(code) >= 0; })[0];
    if (joined && joined.length < data.sectors.length) {
      var others = joined.filter(function (c) { return c !== code; }).map(function (c) { return "„" + sectors[c].name + "”"; });
      make("p", "Na drzewie podobieństwa łączy się najpierw z: " + others.join(", ") + ".", card);
    }
    make("h3", "Sąsiedzi od najbliższego", card);
    var list = make("ol", "", card, "near");
    near.forEach(function (n) {
      make("li", sectors[n.code].name + ": " + text(n.distance, 2) + " (przy losowym przydziale przeciętnie " + text(n.chance, 2) + ")", list);
    });
    make("h3", "Profil wobec średniej wszystkich klastrów (odchylenia standardowe)", card);
    card.append(bars(sector, most));
  }

  // What the drawing shows of a sector: its clusters and the ways to the others, the nearest one strongest.
  function draw(code) {
    var near = code ? neighbours(code) : [];
    units.forEach(function (unit) { unit.classList.toggle("dim", !!code && unit.dataset.sector !== code); });
    ways.forEach(function (way) {
      var own = code && (way.dataset.a === code || way.dataset.b === code);
      var other = own ? (way.dataset.a === code ? way.dataset.b : way.dataset.a) : "";
      way.classList.toggle("on", !!own);
      way.classList.toggle("nearest", !!own && near[0].code === other);
    });
    marks.forEach(function (mark) { mark.classList.toggle("shown", mark.dataset.sector === code); });
  }

  function choose(code) {
    chosen = code;
    select.value = chosen;
    draw(chosen);
    show(chosen);
    rows.forEach(function (row) { row.hidden = !!chosen && row.dataset.sector !== chosen; });
    document.querySelectorAll("#profile-branz td").forEach(function (cell) {
      cell.classList.toggle("picked", cell.dataset.sector === chosen);
    });
    marks.forEach(function (mark) {
      var own = mark.dataset.sector === chosen;
      mark.classList.toggle("chosen", own);
      mark.setAttribute("aria-pressed", String(own));
    });
    var near = chosen ? neighbours(chosen)[0] : null;
    status.textContent = chosen
      ? sectors[chosen].name + ". Najbliższy sąsiad: " + sectors[near.code].name + ", odległość " + text(near.distance, 2) + "."
      : "Pokazane są wszystkie branże.";
  }

  function toggle(code) {
    choose(code === chosen ? "" : code);
  }

  function focus(mark) {
    marks.forEach(function (other) { other.setAttribute("tabindex", other === mark ? "0" : "-1"); });
    mark.focus();
  }

  // The nearest sector in the direction of the arrow; what lies aside counts double.
  function next(code, dx, dy) {
    var best = null, least = Infinity, from = place[code];
    marks.forEach(function (mark) {
      var to = place[mark.dataset.sector], x = to[0] - from[0], y = to[1] - from[1];
      var along = x * dx + y * dy, aside = Math.abs(x * dy) + Math.abs(y * dx);
      if (along > 1 && along + 2 * aside < least) { least = along + 2 * aside; best = mark; }
    });
    return best;
  }

  marks.forEach(function (mark) {
    var code = mark.dataset.sector;
    mark.addEventListener("click", function () { toggle(code); focus(mark); });
    mark.addEventListener("pointerenter", function (event) { if (event.pointerType !== "touch") { draw(code); } });
    mark.addEventListener("pointerleave", function () { draw(chosen); });
    mark.addEventListener("keydown", function (event) {
      var step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
      if (step) {
        var to = next(code, step[0], step[1]);
        if (to) { focus(to); }
      } else if (event.key === "Enter" || event.key === " ") {
        toggle(code);
      } else if (event.key === "Escape" && chosen) {
        choose("");
      } else {
        return;
      }
      event.preventDefault();
    });
  });
  select.addEventListener("change", function () { choose(select.value); });
  choose("");
})();
