// Hands what stands behind the # of a link to the keeper's site; it reaches no server.
const onward = document.getElementById("onward");
const kind = location.pathname.slice(1);
if (location.hash.length > 1) {
  onward.href = `${onward.href}#${kind}=${location.hash.slice(1)}`;
  location.replace(onward.href);
}
