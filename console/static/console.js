/* What a keyboard can do more with a script than without: nothing here is needed to work. */
(function () {
  "use strict";

  var waitingForG = false;

  function typing(element) {
    return element.closest("input, select, textarea, [contenteditable]") !== null;
  }

  function rows() {
    return Array.prototype.filter.call(
      document.querySelectorAll("[data-rows] tbody tr, ul[data-rows] > li"),
      function (row) { return row.querySelector("a[href]") !== null; }
    );
  }

  function move(step) {
    var all = rows();
    if (all.length === 0) { return false; }
    var here = all.findIndex(function (row) { return row.classList.contains("here"); });
    var next = here < 0 ? (step > 0 ? 0 : all.length - 1)
      : Math.min(Math.max(here + step, 0), all.length - 1);
    if (here >= 0) { all[here].classList.remove("here"); }
    all[next].classList.add("here");
    all[next].querySelector("a[href]").focus();
    return true;
  }

  function help() {
    var dialog = document.getElementById("keys");
    if (dialog && dialog.showModal && !dialog.open) { dialog.showModal(); }
  }

  function go(letter) {
    var link = document.querySelector('[data-go="' + letter + '"]');
    if (link) { link.click(); }
  }

  function follow(selector) {
    var link = document.querySelector(selector);
    if (link) { link.click(); }
  }

  document.addEventListener("keydown", function (event) {
    var target = event.target instanceof Element ? event.target : document.body;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      var form = target.closest("form");
      if (form) { event.preventDefault(); form.requestSubmit(); }
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) { return; }
    if (typing(target) || document.querySelector("dialog[open]")) { return; }
    if (waitingForG) {
      waitingForG = false;
      if (/^[a-z]$/.test(event.key)) { event.preventDefault(); go(event.key); }
      return;
    }
    switch (event.key) {
      case "?": event.preventDefault(); help(); break;
      case "/":
        var search = document.getElementById("search") || document.querySelector("[data-search]");
        if (search) { event.preventDefault(); search.focus(); search.select(); }
        break;
      case "g": waitingForG = true; window.setTimeout(function () { waitingForG = false; }, 1500); break;
      case "j": if (move(1)) { event.preventDefault(); } break;
      case "k": if (move(-1)) { event.preventDefault(); } break;
      case "ArrowDown": if (target.closest("[data-rows]") && move(1)) { event.preventDefault(); } break;
      case "ArrowUp": if (target.closest("[data-rows]") && move(-1)) { event.preventDefault(); } break;
      case "n": follow('a[rel="next"]'); break;
      case "p": follow('a[rel="first"]'); break;
    }
  });

  document.addEventListener("click", function (event) {
    var target = event.target instanceof Element ? event.target : null;
    if (!target) { return; }
    if (target.closest("[data-help]")) { event.preventDefault(); help(); return; }
    if (target.closest("[data-print]")) { window.print(); return; }
    var anchor = target.closest('.problem a[href^="#"]');
    if (anchor) {
      var field = document.getElementById(anchor.getAttribute("href").slice(1));
      if (field) { event.preventDefault(); field.focus(); }
    }
  });

  /* The server does nothing twice for one form; this only saves the second wait. */
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (!(form instanceof HTMLFormElement) || !form.hasAttribute("data-once")) { return; }
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    form.querySelectorAll('button[type="submit"]').forEach(function (button) {
      button.setAttribute("aria-disabled", "true");
    });
  });
  window.addEventListener("pageshow", function () {
    document.querySelectorAll("form[data-sent]").forEach(function (form) {
      delete form.dataset.sent;
      form.querySelectorAll('button[aria-disabled]').forEach(function (button) {
        button.removeAttribute("aria-disabled");
      });
    });
  });

  /* One more empty line whenever the last one is begun. */
  document.addEventListener("input", function (event) {
    var group = event.target instanceof Element ? event.target.closest("[data-lines]") : null;
    if (!group) { return; }
    var lines = group.querySelectorAll(".line");
    var last = lines[lines.length - 1];
    if (!last.contains(event.target) || lines.length >= 50) { return; }
    var fresh = last.cloneNode(true);
    fresh.querySelector("span").textContent = "第 " + (lines.length + 1) + " 项";
    fresh.querySelector("input").value = "";
    last.after(fresh);
  });

  document.addEventListener("DOMContentLoaded", function () {
    var told = document.querySelector("[data-focus]");
    if (told) { told.focus(); }
    document.querySelectorAll("[data-print]").forEach(function (button) { button.hidden = false; });
    var opened = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
    if (opened && opened.tagName === "DETAILS") { opened.open = true; }
  });
})();
