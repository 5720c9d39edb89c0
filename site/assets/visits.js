// Marks what changed since this reader's last visit. The date stays in this browser; nobody is asked or told.
(function () {
  "use strict";
  var KEY = "trustcenter.last-visit";
  var today = new Date().toISOString().slice(0, 10);
  var before;
  try {
    before = sessionStorage.getItem(KEY) || localStorage.getItem(KEY);
    sessionStorage.setItem(KEY, before || today);
    localStorage.setItem(KEY, today);
  } catch (refused) {
    return; // storage is switched off: the dated list of changes is all there is
  }
  if (!before || !/^\d{4}-\d{2}-\d{2}$/.test(before)) return;
  function newer(date) {
    return date > before;
  }
  function flag(words) {
    var note = document.createElement("span");
    note.className = "since-visit";
    note.textContent = words;
    return note;
  }
  document.querySelectorAll("article.claim[data-changed]").forEach(function (claim) {
    var heading = claim.querySelector("h2, h3");
    if (heading && newer(claim.getAttribute("data-changed"))) {
      heading.after(flag("Changed since your last visit, " + claim.getAttribute("data-changed")));
    }
  });
  var list = document.querySelector(".changes");
  if (!list) return;
  var found = 0;
  list.querySelectorAll("li > time, li > p > time").forEach(function (time) {
    if (!newer(time.getAttribute("datetime") || "")) return;
    found += 1;
    time.closest("li").classList.add("is-new");
  });
  var said = document.createElement("p");
  said.className = "since-visit";
  said.setAttribute("role", "status");
  said.textContent = found === 0
    ? "Nothing changed since your last visit on " + before + "."
    : found + (found === 1 ? " change" : " changes") + " since your last visit on " + before + ".";
  list.querySelector("h1, h2, ul").insertAdjacentElement(list.querySelector("h2") ? "afterend" : "beforebegin", said);
})();
