// Starts the theme's script: at once on a wide screen, whose columns follow the reader; on a narrow one when its
// search, its colours or a copy button come near to use, so that a telephone shows the page first. Asks nobody.
(function () {
  "use strict";
  var root = document.documentElement;
  var held = document.getElementById("__theme");
  var wide = matchMedia("(min-width: 76.25em)");

  // What is below the first screen (trust.css, "11 Narrow") a browser draws as it comes near. At the reader's first
  // sign the rest is drawn as well, in small steps, so that paper, pictures of the page and the scroll bar have it all.
  var later = Array.prototype.slice.call(document.querySelectorAll(".later, .claim"));
  var begun = false;
  function step() {
    if (!later.length) return;
    later.shift().classList.add("is-drawn");
    requestIdleCallback(step);
  }
  function whole() {
    later.splice(0).forEach(function (part) { part.classList.add("is-drawn"); });
  }
  function begin() {
    if (begun) return;
    begun = true;
    if (window.requestIdleCallback) requestIdleCallback(step);
    else whole();
  }
  var visit = performance.getEntriesByType("navigation")[0];
  if (location.hash || (visit && visit.type !== "navigate")) whole(); // the browser goes to a place further down
  ["scroll", "pointermove", "pointerdown", "keydown", "resize"].forEach(function (sign) {
    addEventListener(sign, begin, { passive: true, once: true });
  });
  addEventListener("beforeprint", whole);
  addEventListener("load", function () { setTimeout(begin, 10000); });

  var started = !held;
  var arrived = false;
  var complete = false;
  document.addEventListener("DOMContentLoaded", function () { complete = true; });
  function start() {
    if (started) return;
    started = true;
    whole(); // it measures what it finds
    var script = document.createElement("script");
    script.src = held.getAttribute("src");
    script.addEventListener("load", function () {
      arrived = true;
      // It waits for the end of the document, which it may have missed; nothing else listens for it.
      if (complete) document.dispatchEvent(new Event("DOMContentLoaded"));
    });
    document.body.appendChild(script);
  }

  if (!held) return;
  root.classList.replace("no-js", "js");
  function codeInSight() {
    return Array.prototype.some.call(document.querySelectorAll(".md-content pre"), function (code) {
      return !code.closest("details:not([open])");
    });
  }
  if (wide.matches || /[?&][qh]=/.test(location.search) || codeInSight()) return start();
  wide.addEventListener("change", start);

  // The theme's own choice of colours, as it stores it, until its script has come.
  var colours = Array.prototype.slice.call(document.querySelectorAll("input[name=__palette]"));
  function show(index) {
    colours.forEach(function (input, i) {
      input.checked = i === index;
      var label = input.nextElementSibling;
      if (label) label.hidden = i !== index;
    });
  }
  function choose(index) {
    var input = colours[index];
    var color = {};
    ["media", "scheme", "primary", "accent"].forEach(function (name) {
      color[name] = input.getAttribute("data-md-color-" + name);
    });
    __md_set("__palette", { index: index, color: color });
    show(index);
  }
  if (colours.length) {
    var stored;
    try {
      stored = __md_get("__palette");
    } catch (refused) {
      stored = null; // storage is switched off
    }
    show(stored && colours[stored.index] ? stored.index : 0);
  }

  function search() {
    document.getElementById("__search").checked = true;
    document.querySelector(".md-search__input").focus();
  }
  function near(event) {
    if (event.target.closest && event.target.closest(".md-header, .md-search")) start();
  }
  ["pointerdown", "pointerover", "focusin"].forEach(function (name) {
    addEventListener(name, near, { passive: true });
  });
  addEventListener("change", function (event) {
    var index = colours.indexOf(event.target);
    if (index >= 0 && !arrived) choose(index);
    if (event.target.id === "__search" && event.target.checked && !arrived) search();
    start();
  });
  addEventListener("toggle", function (event) {
    if (event.target.open && event.target.querySelector("pre")) start();
  }, true);
  addEventListener("keydown", function (event) {
    if (started) return;
    start();
    var typing = /^(input|textarea|select)$/i.test(event.target.tagName) || event.target.isContentEditable;
    if (typing || event.metaKey || event.ctrlKey || event.altKey || !/^[fs/]$/.test(event.key)) return;
    event.preventDefault();
    search();
  });
})();
