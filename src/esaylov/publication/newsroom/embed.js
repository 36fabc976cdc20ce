/* One file for both sides of an embed. It sets no cookie, loads nothing else, and asks nothing of the reader.
 *
 * On a foreign page:  <script async src="https://HOST/embed.js" data-embed="/en/elections/ID/embed/seats/"></script>
 * puts a frame with that page of HOST in its own place and gives it the height that the page says it has.
 * Inside the frame (data-inside) it says that height.
 */
(function () {
  "use strict";
  var KIND = "esaylov:height";
  var LEAST = 80, MOST = 6000;

  function inside() {
    if (window.parent === window) return;
    var last = 0;
    function tell() {
      var body = document.body;
      var height = Math.ceil(body.getBoundingClientRect().height);
      if (height === last) return;
      last = height;
      window.parent.postMessage({ type: KIND, height: height }, "*"); // a height is no secret
    }
    function start() {
      tell();
      if ("ResizeObserver" in window) new ResizeObserver(tell).observe(document.body);
      else window.addEventListener("resize", tell);
      window.addEventListener("load", tell);
    }
    if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
    else start();
  }

  function place(script) {
    var home = new URL(script.src);
    var address = new URL(script.getAttribute("data-embed"), home);
    if (address.origin !== home.origin || script.hasAttribute("data-placed")) return;
    script.setAttribute("data-placed", "");
    var frame = document.createElement("iframe");
    frame.src = address.href;
    frame.title = script.getAttribute("data-title") || "esaylov";
    frame.loading = "lazy";
    frame.height = script.getAttribute("data-height") || "480";
    frame.style.cssText = "width:100%;border:0;display:block";
    // On our own pages it would keep nobody from anything.
    if (home.origin !== location.origin) frame.setAttribute("sandbox", "allow-scripts allow-same-origin allow-popups allow-popups-to-escape-sandbox");
    frame.referrerPolicy = "no-referrer";
    window.addEventListener("message", function (event) {
      var said = event.data;
      if (event.origin !== home.origin || event.source !== frame.contentWindow) return;
      if (!said || said.type !== KIND || !(said.height > 0)) return;
      frame.height = String(Math.min(MOST, Math.max(LEAST, Math.ceil(said.height))));
    });
    script.parentNode.insertBefore(frame, script);
  }

  var own = document.currentScript;
  if (own && own.hasAttribute("data-inside")) inside();
  else if (own && own.hasAttribute("data-embed")) place(own);
  else document.querySelectorAll("script[data-embed]").forEach(place);
})();
