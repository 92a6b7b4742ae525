// Keeps a preview up to date while somebody types: asks the server for the page it would show.
"use strict";
{
  const form = document.querySelector("form[data-preview]");
  const place = form && document.getElementById(form.dataset.preview);
  let waiting;
  const show = async () => {
    const fields = new URLSearchParams(new FormData(form));
    fields.set("do", "preview");
    const answer = await fetch(form.action, { method: "POST", body: fields });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById(place.id);
    if (answer.ok && fresh) place.replaceChildren(...fresh.childNodes);
  };
  if (place) {
    form.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(show, 400);
    });
  }
}
