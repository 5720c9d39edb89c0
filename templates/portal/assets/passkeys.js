// Passkeys: options from the portal, the browser's own dialogue, its answer back to the portal. No library.
"use strict";

const toBytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const toText = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

function readable(options) {
  const made = { ...options, challenge: toBytes(options.challenge) };
  if (made.user) made.user = { ...made.user, id: toBytes(made.user.id) };
  for (const list of ["excludeCredentials", "allowCredentials"]) {
    if (made[list]) made[list] = made[list].map((one) => ({ ...one, id: toBytes(one.id) }));
  }
  return made;
}

function sendable(credential) {
  const answer = credential.response;
  const response = { clientDataJSON: toText(answer.clientDataJSON) };
  for (const part of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (answer[part]) response[part] = toText(answer[part]);
  }
  return { id: credential.id, rawId: toText(credential.rawId), type: credential.type, response, clientExtensionResults: {} };
}

async function post(address, button, body) {
  const answer = await fetch(address, {
    method: "POST",
    headers: { "content-type": "application/json", "x-csrf-token": button.dataset.token },
    body: JSON.stringify(body),
  });
  const token = answer.headers.get("x-csrf-token"); // the session got another identifier
  if (token) button.dataset.token = token;
  const said = await answer.json();
  if (answer.redirected || !answer.ok) {
    const problem = new Error(said.error || "That did not work.");
    problem.reason = said.reason;
    throw problem;
  }
  return said;
}

async function ceremony(button) {
  const { passkey, options, answer, next, nameFrom } = button.dataset;
  const publicKey = readable(await post(options, button, {}));
  const credential = await navigator.credentials[passkey]({ publicKey });
  const name = nameFrom ? document.getElementById(nameFrom).value : undefined;
  const said = await post(answer, button, { credential: sendable(credential), next, name });
  location.assign(said.next);
}

for (const button of document.querySelectorAll("[data-passkey]")) {
  const problem = document.getElementById("passkey-problem");
  button.addEventListener("click", async () => {
    problem.hidden = true;
    button.disabled = true;
    try {
      if (location.origin !== button.dataset.home) {
        throw new Error(`Passkeys work under one address only: open ${button.dataset.home}`);
      }
      await ceremony(button);
    } catch (error) {
      if (error.reason === "step_up_required") {
        location.assign(`/step-up?next=${encodeURIComponent(location.pathname)}`);
        return;
      }
      problem.textContent =
        error.name === "NotAllowedError" ? "Nothing was done: the passkey was not used, or not in time." : error.message;
      problem.hidden = false;
    } finally {
      button.disabled = false;
    }
  });
}
