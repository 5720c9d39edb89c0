// Gives names to what the theme leaves without: its search dialog, and landmarks that repeat. Asks nobody.
(function () {
  "use strict";
  function label(nav) {
    var by = nav.getAttribute("aria-labelledby");
    var named = by && document.getElementById(by);
    return (nav.getAttribute("aria-label") || (named ? named.textContent : "")).trim().toLowerCase();
  }
  function name() {
    var search = document.querySelector('.md-search[role="dialog"]');
    if (search && !search.hasAttribute("aria-label")) search.setAttribute("aria-label", "Search");
    // The copy buttons of a code block are no place to navigate to.
    document.querySelectorAll("nav.md-code__nav:not([role])").forEach(function (nav) {
      nav.setAttribute("role", "none");
    });
    var seen = {};
    document.querySelectorAll("nav:not([role])").forEach(function (nav) {
      var said = label(nav);
      seen[said] = (seen[said] || 0) + 1;
      if (seen[said] > 1) {
        nav.setAttribute("aria-label", (said || "pages") + ", " + seen[said]);
        nav.removeAttribute("aria-labelledby");
      }
    });
  }
  name();
  var content = document.querySelector(".md-content");
  if (content) new MutationObserver(name).observe(content, { childList: true, subtree: true });
})();
