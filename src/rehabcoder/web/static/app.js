// The keyboard of the review page. Every key presses a button or fills a form that stands on the page: what is decided,
// and whether it can be, is the server's business.
"use strict";
(() => {
  const $ = (selector, root = document) => root.querySelector(selector);
  const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
  const say = (text) => { $("#live").textContent = text; const hint = $("#hint"); if (hint) hint.textContent = text; };
  let chosen = 1; // the service that keys act on
  let span = null; // {start, end, purpose} while words are being marked with the arrows
  let note = null;

  function choose(number, { quiet = false } = {}) {
    const items = $$(".services > li");
    if (!items.length) return;
    chosen = Math.min(Math.max(number, 1), items.length);
    for (const item of items) {
      const here = Number(item.dataset.number) === chosen;
      item.classList.toggle("here", here);
      $(".pick", item).setAttribute("aria-pressed", String(here));
      $(".more", item).hidden = !here;
    }
    for (const mark of $$("mark.service")) mark.classList.toggle("here", Number(mark.dataset.service) === chosen);
    const words = $("mark.here");
    if (words && !quiet) words.scrollIntoView({ block: "nearest" });
    if (!quiet) {
      const item = items[chosen - 1];
      item.scrollIntoView({ block: "nearest" });
      say(`Service ${chosen}: ${item.dataset.code}`);
    }
  }

  const service = () => $(`.services > li[data-number="${chosen}"]`);

  function open(id) {
    const dialog = document.getElementById(id);
    if (!dialog || dialog.open) return null;
    dialog.showModal();
    const first = $("input:not([type=hidden]), select, textarea:not([hidden]), button", dialog);
    if (first) { first.focus(); if (first.select) first.select(); }
    return dialog;
  }

  function openFor(id) {
    const item = service();
    if (!item) return say("There is no service to change.");
    const dialog = open(id);
    if (!dialog) return;
    $("[name=service]", dialog).value = chosen - 1;
    $("[data-number]", dialog).textContent = chosen;
    const list = $(".suggestions", dialog);
    if (!list) { const min = $(".min", item); const none = $(".none", min); const field = $("[name=minutes]", dialog); field.value = none ? "" : parseInt(min.textContent, 10); field.select(); return; }
    list.replaceChildren(...$$("[data-suggestions] li", item).map((each, at) => {
      const row = document.createElement("li"), button = document.createElement("button"), key = document.createElement("kbd");
      button.type = "submit";
      key.textContent = at + 1;
      button.append(key, ` ${each.textContent}`);
      button.addEventListener("click", () => { $("[name=code]", dialog).value = each.dataset.code; });
      row.append(button);
      return row;
    }));
    $("[name=code]", dialog).value = "";
  }

  function place(form, { start, end }) {
    $("[name=start]", form).value = start;
    $("[name=end]", form).value = end;
    $("[name=quote]", form).value = marking.quote(start, end);
  }

  function move(where) {
    const form = $("#form-move");
    $("[name=service]", form).value = chosen - 1;
    place(form, where);
    form.requestSubmit();
  }

  function add(where) {
    const dialog = open("dialog-add");
    if (!dialog) return;
    place($("form", dialog), where);
    $("[data-quote]", dialog).textContent = marking.quote(where.start, where.end);
    $("[name=code]", dialog).value = "";
    $("[name=minutes]", dialog).value = "";
  }

  function mark(purpose, where) {
    if (!where) return say("No words are free to mark.");
    span = { ...where, purpose };
    document.body.classList.add("marking");
    marking.select(span);
    $("#text").focus({ preventScroll: true });
    marking.select(span);
    say("Arrows by word, Shift moves the beginning, Enter keeps, Escape leaves.");
  }

  function unmark() {
    span = null;
    document.body.classList.remove("marking");
    getSelection().removeAllRanges();
  }

  const actions = {
    code: () => openFor("dialog-code"),
    minutes: () => openFor("dialog-minutes"),
    remove: () => { if (!service()) return say("There is no service to remove."); $("#form-remove [name=service]").value = chosen - 1; $("#form-remove").requestSubmit(); },
    words: () => {
      const item = service();
      if (!item) return say("There is no service.");
      const mine = marking.selected();
      if (mine) return move(mine);
      const { start, end } = item.dataset;
      mark("move", start === undefined ? marking.free(0) : { start: Number(start), end: Number(end) });
    },
    new: () => {
      const mine = marking.selected();
      if (mine) return add(mine);
      const item = service();
      mark("add", marking.free(item ? Number(item.dataset.end || 0) : 0));
    },
  };

  function whileMarking(event) {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (step) {
      span = { ...marking.stretched(span, step, event.shiftKey), purpose: span.purpose };
      marking.select(span);
      say(marking.quote(span.start, span.end).slice(-60));
    } else if (event.key === "Enter") {
      const done = span;
      unmark();
      if (done.purpose === "move") move(done); else add(done);
    } else if (event.key === "Escape") unmark();
    else return;
    event.preventDefault();
  }

  function digit(event, dialog) {
    const list = $$(".suggestions button", dialog), field = $("[name=code]", dialog);
    const at = Number(event.key) - 1;
    if (field && field.value === "" && at >= 0 && at < list.length) { event.preventDefault(); list[at].click(); }
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const dialog = $("dialog[open]");
    if (dialog) return digit(event, dialog);
    if (span) return whileMarking(event);
    const typing = event.target.closest("input, textarea, select");
    if (typing) { if (event.key === "Escape") typing.blur(); return; }
    if (event.key === "?") { open("help"); return event.preventDefault(); }
    if (event.key === "Enter" && event.target.closest("a, button, summary")) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const pressed = $$("[data-key]").find((each) => each.dataset.key === key);
    if (pressed) { event.preventDefault(); if (pressed.matches("input")) pressed.focus(); else pressed.click(); return; }
    if (!$("main.work")) return;
    const moves = { j: 1, k: -1 };
    if (key in moves) choose(chosen + moves[key]);
    else if (/^[1-9]$/.test(key)) choose(Number(key));
    else if (key === "c") actions.code();
    else if (key === "m") actions.minutes();
    else if (key === "w") actions.words();
    else if (key === "n") actions.new();
    else if (key === "x") actions.remove();
    else if (key === "d") { if ($("[data-dismiss]")) open("dialog-dismiss"); else say("No finding stands."); }
    else if (key === "q") open("dialog-query");
    else if (key === "o") open("dialog-comment");
    else if (key === "l") { const ledger = $("#ledger"); if (ledger) ledger.open = !ledger.open; }
    else return;
    event.preventDefault();
  });

  document.addEventListener("click", (event) => {
    const on = (selector) => event.target.closest(selector);
    let found;
    if ((found = on("[data-pick]"))) choose(Number(found.dataset.pick));
    else if ((found = on("[data-do]"))) actions[found.dataset.do]();
    else if ((found = on("[data-open]"))) open(found.dataset.open);
    else if ((found = on("[data-close]"))) found.closest("dialog").close();
    else if ((found = on("[data-dismiss]"))) { const dialog = open("dialog-dismiss"); if (dialog) { $("[name=finding]", dialog).value = found.dataset.dismiss; $("textarea", dialog).focus(); } }
    else if (on("[data-theme-switch]")) {
      const root = document.documentElement;
      const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
      root.dataset.theme = dark ? "light" : "dark";
      try { localStorage.setItem("theme", root.dataset.theme); } catch { /* a browser that keeps nothing */ }
    } else if ((found = on("mark.service")) && getSelection().isCollapsed) choose(Number(found.dataset.service));
  });

  // One press, one request: a key held down, or pressed again before the answer, does nothing.
  document.addEventListener("submit", (event) => {
    const main = $("main.work");
    if (!main || !event.target.closest("main.work")) return;
    if (main.getAttribute("aria-busy") === "true") { event.preventDefault(); event.stopImmediatePropagation(); return; }
    main.setAttribute("aria-busy", "true");
  }, true);

  function arrived() {
    const main = $("#work");
    if (!main) return;
    if (main.dataset.title) document.title = `${main.dataset.title} · rehabcoder`;
    const same = note === main.dataset.note;
    note = main.dataset.note;
    span = null;
    document.body.classList.remove("marking");
    choose(same ? chosen : 1, { quiet: true });
    if (!same) { main.focus({ preventScroll: true }); scrollTo(0, 0); }
    const told = $(".problem, .said", main);
    const services = $$(".services > li").length;
    const reached = same || !note ? "" : `Note ${main.dataset.title}, ${services} ${services === 1 ? "service" : "services"}`;
    $("#live").textContent = told ? told.textContent : reached;
  }

  // A tab that comes back to the front finds out whether its note has moved on.
  async function behind() {
    const main = $("main.work[data-watch]");
    if (!main || document.hidden || $(".problem", main)) return;
    const answer = await fetch(main.dataset.watch).catch(() => null);
    if (!answer || !answer.ok || (await answer.text()) === main.dataset.version) return;
    const told = document.createElement("p");
    told.className = "problem";
    told.setAttribute("role", "alert");
    told.textContent = "This note was changed in another tab or by someone else. Reload it before you decide.";
    main.prepend(told);
  }

  document.addEventListener("visibilitychange", behind);
  addEventListener("focus", behind);
  document.addEventListener("htmx:after:swap", arrived);
  document.addEventListener("htmx:error", () => {
    const main = $("main.work");
    if (main) main.removeAttribute("aria-busy");
    say("The server does not answer. What you had decided is kept; start it again and reload.");
  });
  arrived();
})();
