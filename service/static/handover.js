// Hands what stands behind the # of a link to the keeper's site; it reaches no server.
const onward = document.getElementById("onward");
const kind = location.pathname.slice(1);
// An issuer's page sends the browser back with a query; it goes on as a fragment like the others.
const told = kind === "callback" ? location.search : location.hash;
if (told.length > 1) {
  onward.href = `${onward.href}#${kind === "callback" ? "c" : kind}=${told.slice(1)}`;
  location.replace(onward.href);
}
