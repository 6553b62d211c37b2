// The explorer of weights: the engine's weighted means, repeated in the browser. Works from a file, fetches nothing.
// The functions at the top are pure; tests run them against the engine.
(function (root) {
  "use strict";

  // Weighted mean over what is there, parts added in their order, as the engine does; null where nothing has weight.
  function mean(parts, weights) {
    var total = 0, sum = 0;
    for (var i = 0; i < parts.length; i += 1) {
      if (parts[i] !== null) {
        total += weights[i];
        sum += parts[i] * weights[i];
      }
    }
    return total > 0 ? sum / total : null;
  }

  function weightOf(weights, code) {
    return Object.prototype.hasOwnProperty.call(weights, code) ? weights[code] : 1;
  }

  // Scores of one unit: areas by code, and ALL. `weights` names areas and sub-areas; what it does not name weighs 1.
  function scoresOf(data, row, weights) {
    var out = {};
    data.areas.forEach(function (area) {
      var parts = [], own = [];
      area.subareas.forEach(function (sub) {
        var values = sub.indicators.map(function (i) { return row[i]; });
        var each = values.map(function () { return weightOf(weights, sub.code); });
        if (data.areaFrom === "indicators") {
          parts = parts.concat(values);
          own = own.concat(each);
        } else {
          parts.push(mean(values, each));
          own.push(weightOf(weights, sub.code));
        }
      });
      out[area.code] = mean(parts, own);
    });
    out.ALL = mean(
      data.areas.map(function (a) { return out[a.code]; }),
      data.areas.map(function (a) { return weightOf(weights, a.code); })
    );
    return out;
  }

  // Ranks, 1 = highest; equal scores share the smaller rank; no score, no rank.
  function ranksOf(scores) {
    return scores.map(function (own) {
      if (own === null) { return null; }
      return 1 + scores.filter(function (other) { return other !== null && other > own; }).length;
    });
  }

  function median(scores) {
    var there = scores.filter(function (x) { return x !== null; }).sort(function (a, b) { return a - b; });
    var half = there.length >> 1;
    if (!there.length) { return null; }
    return there.length % 2 ? there[half] : (there[half - 1] + there[half]) / 2;
  }

  // Everything the page shows about one score (an area, or ALL).
  function compute(data, weights, code) {
    var scores = data.values.map(function (row) { return scoresOf(data, row, weights)[code]; });
    return {
      scores: scores,
      ranks: ranksOf(scores),
      medians: data.groups.map(function (g) { return median(g.units.map(function (i) { return scores[i]; })); })
    };
  }

  // Half up in decimal, on 15 significant digits, with a comma: as all numbers of the report.
  function format(value, decimals) {
    if (value === null) { return "–"; }
    var text = Math.abs(value).toPrecision(15);
    if (text.indexOf("e") >= 0) { text = Number(text).toFixed(20); }
    var parts = text.split("."), tail = (parts[1] || "") + "0".repeat(decimals + 1);
    var digits = BigInt(parts[0] + tail.slice(0, decimals)) + (tail.charAt(decimals) >= "5" ? 1n : 0n);
    var shown = digits.toString().padStart(decimals + 1, "0");
    var sign = value < 0 && digits > 0n ? "−" : "";
    return sign + shown.slice(0, shown.length - decimals) + (decimals ? "," + shown.slice(-decimals) : "");
  }

  // Weights in the address: only what differs from 1, every digit kept.
  function toFragment(weights) {
    return Object.keys(weights).filter(function (c) { return weights[c] !== 1; })
      .map(function (c) { return c + "=" + weights[c]; }).join("&");
  }

  function fromFragment(text, codes) {
    var out = {};
    text.replace(/^#/, "").split("&").forEach(function (pair) {
      var at = pair.indexOf("="), value = Number(pair.slice(at + 1));
      var code = at > 0 ? pair.slice(0, at) : "";
      if (codes.indexOf(code) >= 0 && pair.slice(at + 1) !== "" && value >= 0 && value <= 100) { out[code] = value; }
    });
    return out;
  }

  var api = { compute: compute, scoresOf: scoresOf, format: format, toFragment: toFragment, fromFragment: fromFragment };
  if (typeof module !== "undefined" && module.exports) { module.exports = api; return; }
  root.KLASTRY_WEIGHTS = api;

  var store = document.getElementById("dane-wag");
  if (!store) { return; }
  var data = JSON.parse(store.textContent);
  var form = document.getElementById("wagi"), results = document.getElementById("wyniki-wag");
  var status = document.getElementById("wagi-stan"), preset = document.getElementById("uklad");
  var what = document.getElementById("co-pokazac");
  var codes = [], weights = {}, timer = 0;
  data.areas.forEach(function (area) {
    codes.push(area.code);
    area.subareas.forEach(function (sub) { codes.push(sub.code); });
  });
  var published = {};
  ["ALL"].concat(data.areas.map(function (a) { return a.code; })).forEach(function (code) {
    published[code] = compute(data, {}, code);
  });

  function percent(part, whole) {
    return whole > 0 ? format(100 * part / whole, 1) + "%" : "–";
  }

  function shares() {
    var whole = 0;
    data.areas.forEach(function (a) { whole += weightOf(weights, a.code); });
    data.areas.forEach(function (area) {
      document.getElementById("u-" + area.code).textContent = percent(weightOf(weights, area.code), whole);
      var size = function (s) {
        return weightOf(weights, s.code) * (data.areaFrom === "indicators" ? s.indicators.length : 1);
      };
      var inside = 0;
      area.subareas.forEach(function (s) { inside += size(s); });
      area.subareas.forEach(function (s) {
        document.getElementById("u-" + s.code).textContent = percent(size(s), inside);
      });
    });
  }

  function line(cells) {
    var row = document.createElement("tr");
    cells.forEach(function (text, i) {
      var cell = document.createElement(i ? "td" : "th");
      if (i) { cell.className = "right"; } else { cell.scope = "row"; }
      cell.textContent = text;
      row.append(cell);
    });
    return row;
  }

  function fill(id, rows) {
    var table = document.getElementById(id), body = table.tBodies[0];
    body.textContent = "";
    rows.forEach(function (cells) { body.append(line(cells)); });
    table.dispatchEvent(new CustomEvent("klastry-rows"));
  }

  function change(from, to, decimals) {
    if (from === null || to === null) { return "–"; }
    var by = Math.abs(to - from), shown = format(by, decimals);
    if (!/[1-9]/.test(shown)) { return "bez zmian"; }
    return (to > from ? "+" : "−") + shown;
  }

  function show() {
    var code = what.value, now = compute(data, weights, code), before = published[code];
    var order = data.units.map(function (_, i) { return i; }).sort(function (a, b) {
      return (now.ranks[a] || 999) - (now.ranks[b] || 999) || a - b;
    });
    var moved = 0, most = 0, who = "";
    fill("twoje-miejsca", order.map(function (i) {
      var step = now.ranks[i] === null ? null : before.ranks[i] - now.ranks[i];
      if (step) { moved += 1; }
      if (step !== null && Math.abs(step) > most) { most = Math.abs(step); who = data.units[i]; }
      var said = step === null ? "–" : step > 0 ? "▲ " + step : step < 0 ? "▼ " + -step : "=";
      return [data.units[i], now.ranks[i] === null ? "–" : String(now.ranks[i]), String(before.ranks[i]), said,
        format(now.scores[i], 3), format(before.scores[i], 3)];
    }));
    fill("twoje-mediany", data.groups.map(function (g, j) {
      return [g.label, String(g.units.length), format(now.medians[j], 3), format(before.medians[j], 3),
        change(before.medians[j], now.medians[j], 3)];
    }));
    shares();
    var name = what.options[what.selectedIndex].textContent;
    if (now.scores.every(function (s) { return s === null; })) {
      status.textContent = "Wszystkie wagi są zerowe, więc nie ma czego policzyć (" + name + ").";
    } else if (!moved) {
      status.textContent = "Żaden respondent nie zmienia miejsca względem wydania (" + name + ").";
    } else {
      status.textContent = "Respondenci, którzy zmieniają miejsce: " + moved + " z " + data.units.length +
        ". Największe przesunięcie: " + who + ", liczba miejsc: " + most + " (" + name + ").";
    }
  }

  function write(skip) {
    codes.forEach(function (code) {
      var value = weightOf(weights, code), number = document.getElementById("w-" + code);
      if (number !== skip) { number.value = String(Math.round(value * 1000) / 1000); }
      document.getElementById("s-" + code).value = String(value);
    });
    var same = data.presets.filter(function (p) {
      return codes.every(function (c) { return weightOf(p.weights, c) === weightOf(weights, c); });
    });
    preset.value = same.length ? same[0].name : "";
  }

  function changed(skip) {
    write(skip);
    clearTimeout(timer);
    timer = setTimeout(function () {
      show();
      var fragment = toFragment(weights);
      try {
        history.replaceState(null, "", fragment ? "#" + fragment : location.pathname + location.search);
      } catch (error) { /* some browsers forbid it for files */ }
    }, 60);
  }

  function set(next, skip) {
    weights = next;
    changed(skip);
  }

  document.getElementById("wagi-od-nowa").addEventListener("click", function () { set({}); });
  form.addEventListener("input", function (event) {
    var box = event.target.closest("[data-code]");
    if (!box || event.target === preset) { return; }
    var value = Number(event.target.value.replace(",", "."));
    if (event.target.value === "" || !(value >= 0 && value <= 100)) { return; }
    weights[box.dataset.code] = value;
    changed(event.target);
  });
  preset.addEventListener("change", function () {
    var chosen = data.presets.filter(function (p) { return p.name === preset.value; })[0];
    if (chosen) { set(Object.assign({}, chosen.weights)); }
  });
  what.addEventListener("change", show);
  window.addEventListener("hashchange", function () {
    if (location.hash.indexOf("=") > 0) { set(fromFragment(location.hash, codes)); }
  });
  document.getElementById("wagi-adres").addEventListener("click", function () {
    var address = location.href.split("#")[0] + "#" + toFragment(weights);
    window.KLASTRY_COPY(address, this);
  });
  form.hidden = results.hidden = false;
  weights = fromFragment(location.hash, codes);
  write();
  show();
})(typeof window === "undefined" ? globalThis : window);
