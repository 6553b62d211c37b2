// The cooperation graph: filters, choice of an organisation, walking with the keyboard. Works from a file, fetches nothing.
(function () {
  "use strict";
  var svg = document.getElementById("siec");
  if (!svg) return;
  var nodes = Array.prototype.slice.call(svg.querySelectorAll("g.node"));
  var lines = Array.prototype.slice.call(svg.querySelectorAll("line.tie"));
  var rows = Array.prototype.slice.call(document.querySelectorAll("#tabela-powiazan tbody tr"));
  var tools = document.querySelector(".network-tools");
  var select = document.getElementById("podmiot");
  var status = document.getElementById("wybor");
  var view = document.querySelector(".network-view");
  var boxes = Array.prototype.slice.call(tools.querySelectorAll("input[type=checkbox]"));
  var byId = {}, place = {}, chosen = "", zoom = 1;
  tools.hidden = false;
  nodes.forEach(function (node) {
    byId[node.dataset.node] = node;
    var at = /translate\(([-\d.]+) ([-\d.]+)\)/.exec(node.getAttribute("transform"));
    place[node.dataset.node] = [parseFloat(at[1]), parseFloat(at[2])];
  });

  function name(id) {
    return byId[id].getAttribute("aria-label").split(",")[0];
  }

  function update() {
    var kinds = {}, near = {}, count = 0;
    boxes.forEach(function (box) { kinds[box.value] = box.checked; });
    rows.forEach(function (row, i) {
      var own = !chosen || row.dataset.a === chosen || row.dataset.b === chosen;
      var shown = kinds[row.dataset.kind];
      row.hidden = !(shown && own);
      lines[i].classList.toggle("off", !shown);
      lines[i].classList.toggle("dim", shown && !own);
      if (shown && own) {
        count += 1;
        near[row.dataset.a] = near[row.dataset.b] = true;
      }
    });
    nodes.forEach(function (node) {
      var id = node.dataset.node;
      node.classList.toggle("dim", chosen ? id !== chosen && !near[id] : !near[id]);
      node.classList.toggle("chosen", id === chosen);
      node.setAttribute("aria-pressed", String(id === chosen));
    });
    status.textContent = (chosen ? name(chosen) + ". " : "") + "Liczba pokazanych powiązań: " + count + ".";
  }

  function choose(id) {
    chosen = id === chosen ? "" : id;
    select.value = chosen;
    update();
  }

  function focus(node) {
    nodes.forEach(function (other) { other.setAttribute("tabindex", other === node ? "0" : "-1"); });
    node.focus();
  }

  // The nearest organisation in the direction of the arrow; what lies aside counts double.
  function next(id, dx, dy) {
    var best = null, least = Infinity, from = place[id];
    nodes.forEach(function (node) {
      var to = place[node.dataset.node], x = to[0] - from[0], y = to[1] - from[1];
      var along = x * dx + y * dy, aside = Math.abs(x * dy) + Math.abs(y * dx);
      if (along > 1 && along + 2 * aside < least) {
        least = along + 2 * aside;
        best = node;
      }
    });
    return best;
  }

  nodes.forEach(function (node) {
    node.addEventListener("click", function () { choose(node.dataset.node); focus(node); });
    node.addEventListener("keydown", function (event) {
      var step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
      if (step) {
        var to = next(node.dataset.node, step[0], step[1]);
        if (to) focus(to);
      } else if (event.key === "Enter" || event.key === " ") {
        choose(node.dataset.node);
      } else if (event.key === "Escape" && chosen) {
        choose(chosen);
      } else {
        return;
      }
      event.preventDefault();
    });
  });
  boxes.forEach(function (box) { box.addEventListener("change", update); });
  select.addEventListener("change", function () { chosen = ""; if (select.value) choose(select.value); else update(); });
  [["powieksz", 1.25], ["pomniejsz", 0.8]].forEach(function (entry) {
    document.getElementById(entry[0]).addEventListener("click", function () {
      zoom = Math.min(4, Math.max(1, zoom * entry[1]));
      svg.style.width = 100 * zoom + "%";
      view.classList.toggle("zoomed", zoom > 1);
    });
  });
  update();
})();
