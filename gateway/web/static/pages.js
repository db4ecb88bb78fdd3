"use strict";
// Comfort only: every page works without it.
document.addEventListener("DOMContentLoaded", () => {
  const errors = document.querySelector("[data-focus]");
  if (errors) errors.focus();
});
// A second tap on a slow line sends nothing.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "yes";
  setTimeout(() => { delete form.dataset.sent; }, 4000);
});
// Back after leaving must not show what was on the screen.
window.addEventListener("pageshow", (event) => {
  if (event.persisted) window.location.reload();
});
// A passkey fills its form; where it cannot, the page has a field for a code.
document.addEventListener("submit", async (event) => {
  const form = event.target, kind = form.dataset.passkey, kinds = window.PublicKeyCredential;
  if (!kind) return;
  event.preventDefault();
  try {
    const asked = JSON.parse(form.dataset.options);
    const made = kind === "create"
      ? await navigator.credentials.create({ publicKey: kinds.parseCreationOptionsFromJSON(asked) })
      : await navigator.credentials.get({ publicKey: kinds.parseRequestOptionsFromJSON(asked) });
    form.elements.credential.value = JSON.stringify(made.toJSON());
    form.submit();
  } catch {
    form.querySelector("[role=alert]").hidden = false;
  }
});
