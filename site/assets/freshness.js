// Marks what has expired since the page was built. Reads the page and the reader's clock; asks nobody.
(function () {
  "use strict";
  function mark() {
    var now = Date.now();
    document.querySelectorAll("[data-expires]").forEach(function (element) {
      var expires = element.getAttribute("data-expires");
      if (element.classList.contains("has-expired") || !(Date.parse(expires) < now)) return;
      element.classList.add("has-expired");
      var state = element.matches(".state") ? element : element.querySelector(".state");
      if (!state) return;
      state.className = "state stale";
      state.textContent = "Stale, expired " + expires.slice(0, 10);
      if (element.matches("article.claim")) {
        element.className = "claim is-stale has-expired";
        var heading = element.querySelector("h2, h3");
        if (heading && !heading.querySelector(".not")) {
          var not = document.createElement("span");
          not.className = "not";
          not.textContent = "Not known now: ";
          heading.insertBefore(not, heading.firstChild);
        }
      }
    });
  }
  mark();
  setInterval(mark, 60000);
})();
