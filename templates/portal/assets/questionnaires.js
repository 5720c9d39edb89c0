// Questionnaires without a pointer, and progress without a reload. Every form works without this script.
"use strict";

const progress = document.querySelector("[data-progress]");
if (progress) {
  const look = async () => {
    try {
      const answer = await fetch(progress.dataset.progress, { headers: { accept: "application/json" } });
      if (!answer.ok) return location.reload();
      const now = await answer.json();
      if (now.state !== "queued" && now.state !== "running") return location.reload();
      for (const step of progress.querySelectorAll("[data-step]")) {
        if (step.dataset.step === now.step) step.setAttribute("aria-current", "step");
        else step.removeAttribute("aria-current");
      }
    } catch { /* the service or the network is away: asked again */ }
    setTimeout(look, 1500);
  };
  setTimeout(look, 1000);
}

for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
    button.textContent = "Copied";
  });
}

const list = document.querySelector(".answers");
if (list) {
  const items = [...list.children];
  const current = () => items.indexOf(document.activeElement.closest(".answer"));
  const go = (index) => {
    const item = items[Math.max(0, Math.min(items.length - 1, index))];
    item.focus({ preventScroll: true });
    item.scrollIntoView({ block: "nearest" });
  };
  const opened = (item) => {
    const details = item.querySelector("details");
    if (details) details.open = true;
    return item.querySelector("form.review");
  };
  const verdicts = { y: "yes", n: "no", p: "partial", t: "text", a: "not_applicable" };

  // Keys work only while the focus is inside the list (WCAG 2.1.4), and never while somebody writes.
  list.addEventListener("keydown", (event) => {
    const writing = event.target.matches("textarea, select");
    if (writing && event.key === "Escape") { event.preventDefault(); return go(current()); }
    if (event.altKey || event.metaKey || (event.ctrlKey && event.key !== "Enter")) return;
    const item = items[current()];
    if (!item) return;
    if (event.key === "Enter" && (event.target === item || event.target.matches("input[type=radio]") || (writing && event.ctrlKey))) {
      event.preventDefault();
      const form = opened(item);
      if (form) form.requestSubmit();
      return;
    }
    if (writing) return;
    const radio = event.target.matches("input[type=radio]");
    if (event.key === "j" || (event.key === "ArrowDown" && !radio)) { event.preventDefault(); go(current() + 1); }
    else if (event.key === "k" || (event.key === "ArrowUp" && !radio)) { event.preventDefault(); go(current() - 1); }
    else if (/^[1-9]$/.test(event.key)) {
      const choice = opened(item)?.querySelectorAll("input[name=claim]")[Number(event.key) - 1];
      if (choice) { event.preventDefault(); choice.checked = true; }
    } else if (Object.hasOwn(verdicts, event.key)) {
      const choice = opened(item)?.querySelector(`input[name=verdict][value=${verdicts[event.key]}]`);
      if (choice) { event.preventDefault(); choice.checked = true; }
    } else if (event.key === "c") {
      const ahead = [...items.slice(current() + 1), ...items.slice(0, current())];
      const next = ahead.find((one) => "differs" in one.dataset);
      if (next) { event.preventDefault(); go(items.indexOf(next)); }
    } else if (event.key === "e") {
      const field = opened(item)?.querySelector("textarea");
      if (field) { event.preventDefault(); field.focus(); }
    }
  });

  const arrive = () => document.getElementById(location.hash.slice(1))?.closest(".answer")?.focus();
  addEventListener("hashchange", arrive);
  arrive();
}
