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
