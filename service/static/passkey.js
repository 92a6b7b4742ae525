// Asks the browser to make or show a passkey, and posts its answer with the form around the button.
"use strict";
for (const form of document.querySelectorAll("form[data-passkey]")) {
  const refused = form.querySelector("[data-passkey-refused]");
  const options = JSON.parse(form.dataset.options);
  const makes = form.dataset.passkey === "make";
  form.addEventListener("submit", async (event) => {
    if (form.elements.answer.value) return;
    event.preventDefault();
    try {
      const made = makes
        ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
        : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
      form.elements.answer.value = JSON.stringify(made.toJSON());
      form.submit();
    } catch {
      refused.hidden = false;
    }
  });
}
