/* The page is whole without this: it adds sorting of tables, and looking closer at the map. */
(function () {
  "use strict";
  document.documentElement.classList.add("js");
  var words = JSON.parse(document.getElementById("page-words").textContent);
  var $ = function (id) { return document.getElementById(id); };

  document.querySelectorAll("table.sortable").forEach(function (table) {
    var body = table.tBodies[0];
    table.querySelectorAll("thead th").forEach(function (head, column) {
      var button = document.createElement("button");
      button.type = "button";
      button.textContent = head.textContent;
      head.textContent = "";
      head.appendChild(button);
      head.setAttribute("aria-sort", "none");
      button.addEventListener("click", function () {
        var up = head.getAttribute("aria-sort") === "descending" ? 1 : -1;
        if (head.getAttribute("aria-sort") === "none" && !head.classList.contains("n")) { up = 1; }
        table.querySelectorAll("th").forEach(function (one) { one.setAttribute("aria-sort", "none"); });
        head.setAttribute("aria-sort", up > 0 ? "ascending" : "descending");
        Array.from(body.rows).map(function (row) {
          var cell = row.cells[column], told = cell.getAttribute("data-v");
          return [told === null ? cell.textContent.trim() : told === "" ? -Infinity : Number(told), row];
        }).sort(function (a, b) {
          if (typeof a[0] === "string") { return up * a[0].localeCompare(b[0], document.documentElement.lang); }
          return up * (a[0] - b[0]);
        }).forEach(function (pair) { body.appendChild(pair[1]); });
      });
    });
  });

  var map = document.querySelector("svg.map");
  if (!map) { return; }
  var data = JSON.parse($("map-data").textContent);
  var tip = $("map-tip"), all = $("map-all");
  var accounts = Array.from(map.querySelectorAll(".account"));
  var ties = Array.from(map.querySelectorAll(".tie"));
  var names = Array.from(map.querySelectorAll("text[data-i]"));
  var number = new Intl.NumberFormat(document.documentElement.lang);

  function fill(text, values) {
    return text.replace(/\{(\w+)\}/g, function (_, name) { return values[name]; });
  }
  function told(i) {
    var one = data.accounts[i];
    var text = fill(words.account, {
      name: one[0], times: number.format(one[2]), by: number.format(one[3]), did: number.format(one[4])
    });
    if (one[1]) { text += " " + fill(words.community, { letter: one[1] }); }
    return one[5] ? text + " " + words.bridge : text;
  }
  function clear() {
    map.classList.remove("some");
    map.querySelectorAll(".on").forEach(function (one) { one.classList.remove("on"); });
    tip.textContent = "";
  }
  function light(chosen, withTies) {
    clear();
    if (!chosen.size) { return; }
    map.classList.add("some");
    var near = new Set(chosen);
    ties.forEach(function (tie) {
      var s = Number(tie.dataset.s), t = Number(tie.dataset.t);
      var touches = withTies ? chosen.has(s) || chosen.has(t) : chosen.has(s) && chosen.has(t);
      if (touches) { tie.classList.add("on"); if (withTies) { near.add(s); near.add(t); } }
    });
    accounts.concat(names).forEach(function (one) {
      if (near.has(Number(one.dataset.i))) { one.classList.add("on"); }
    });
  }
  var held = false;
  function show(i) { light(new Set([i]), true); tip.textContent = told(i); }
  accounts.forEach(function (one) {
    var i = Number(one.dataset.i);
    one.addEventListener("pointerenter", function () { if (!held) { show(i); } });
    one.addEventListener("pointerleave", function () { if (!held) { clear(); } });
    one.addEventListener("click", function (event) { held = true; show(i); event.stopPropagation(); });
  });
  map.addEventListener("click", function () { held = false; clear(); });

  document.querySelectorAll("[data-community]").forEach(function (one) {
    var button = document.createElement("button");
    button.type = "button";
    button.className = "toggle";
    button.textContent = one.textContent;
    button.setAttribute("aria-pressed", "false");
    one.replaceWith(button);
    button.addEventListener("click", function () {
      var on = button.getAttribute("aria-pressed") === "true";
      document.querySelectorAll("button.toggle").forEach(function (other) { other.setAttribute("aria-pressed", "false"); });
      held = !on;
      button.setAttribute("aria-pressed", String(!on));
      var members = new Set();
      data.accounts.forEach(function (account, i) { if (account[1] === one.dataset.community) { members.add(i); } });
      if (on) { clear(); } else { light(members, false); tip.textContent = fill(words.community, { letter: one.dataset.community }); }
    });
  });

  $("map-search").addEventListener("input", function (event) {
    var asked = event.target.value.trim().toLowerCase().replace(/^@/, "");
    if (!asked) { held = false; clear(); return; }
    var found = [];
    data.accounts.forEach(function (one, i) { if (one[0].toLowerCase().indexOf(asked) >= 0) { found.push(i); } });
    held = found.length > 0;
    light(new Set(found), true);
    tip.textContent = found.length === 0 ? words.nobody : found.length === 1 ? told(found[0]) :
      fill(words.found, { count: number.format(found.length) });
  });

  var slider = $("map-time");
  if (slider) {
    slider.max = String(data.times.length - 1);
    slider.value = slider.max;
    var shift = function () {
      var until = Number(slider.value);
      accounts.concat(ties, names).forEach(function (one) {
        one.classList.toggle("later", Number(one.dataset.n) > until);
      });
      $("map-until").textContent = fill(words.until, { time: data.times[until] });
      slider.setAttribute("aria-valuetext", data.times[until]);
    };
    slider.addEventListener("input", shift);
    shift();
  }

  if (typeof Panzoom === "function") {
    var pan = Panzoom(all, { maxScale: 8, minScale: 1, contain: undefined, step: 0.4, cursor: "grab" });
    $("map-in").addEventListener("click", pan.zoomIn);
    $("map-out").addEventListener("click", pan.zoomOut);
    $("map-reset").addEventListener("click", function () { pan.reset(); held = false; clear(); });
    map.addEventListener("wheel", function (event) {
      if (event.ctrlKey || event.metaKey) { pan.zoomWithWheel(event); }
    }, { passive: false });
  }
})();
