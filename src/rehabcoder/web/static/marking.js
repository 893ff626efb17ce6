// Places in the note, in code points. The text on the page is cut into elements with data-s, the place where each begins;
// characters outside the basic plane count once, as they do on the server, which checks every place against its words.
"use strict";
const marking = (() => {
  const parts = () => [...document.querySelectorAll("#text [data-s]")];
  const points = (text) => [...text];
  const all = () => parts().flatMap((part) => points(part.textContent));

  // The place of a boundary of a selection, or null when it lies outside the note.
  function place(node, offset) {
    const part = node.nodeType === Node.TEXT_NODE ? node.parentElement.closest("#text [data-s]") : null;
    if (part) return Number(part.dataset.s) + points(node.data.slice(0, offset)).length;
    const text = document.getElementById("text");
    if (!text || !(text === node || text.contains(node))) return null;
    const edge = document.createRange();
    edge.setStart(node, offset);
    for (const each of parts()) {
      const whole = document.createRange();
      whole.selectNodeContents(each);
      if (edge.compareBoundaryPoints(Range.START_TO_START, whole) <= 0) return Number(each.dataset.s);
    }
    return all().length;
  }

  function selected() {
    const selection = getSelection();
    if (!selection.rangeCount || selection.isCollapsed) return null;
    const range = selection.getRangeAt(0);
    const start = place(range.startContainer, range.startOffset);
    const end = place(range.endContainer, range.endOffset);
    return start === null || end === null || start >= end ? null : { start, end };
  }

  const quote = (start, end) => all().slice(start, end).join("");

  function boundary(at) {
    let last = null;
    for (const part of parts()) {
      const text = points(part.textContent);
      const begin = Number(part.dataset.s);
      if (at <= begin + text.length && part.firstChild) return [part.firstChild, text.slice(0, at - begin).join("").length];
      last = part;
    }
    return last && last.firstChild ? [last.firstChild, last.firstChild.data.length] : null;
  }

  function select({ start, end }) {
    const from = boundary(start), to = boundary(end);
    if (!from || !to) return;
    getSelection().setBaseAndExtent(...from, ...to);
    to[0].parentElement.scrollIntoView({ block: "nearest" });
  }

  // The words of the note as [start, end) places.
  function words() {
    const found = [];
    let begin = -1;
    const text = all();
    text.forEach((char, at) => {
      const blank = /\s/u.test(char);
      if (!blank && begin < 0) begin = at;
      if (blank && begin >= 0) { found.push([begin, at]); begin = -1; }
    });
    if (begin >= 0) found.push([begin, text.length]);
    return found;
  }

  // One word further or back, at the end of the span or, with `atStart`, at its beginning.
  function stretched({ start, end }, step, atStart) {
    const list = words();
    if (atStart) {
      const near = step < 0 ? list.findLast(([from]) => from < start) : list.find(([from]) => from > start && from < end);
      return near ? { start: near[0], end } : { start, end };
    }
    const near = step > 0 ? list.find(([, to]) => to > end) : list.findLast(([, to]) => to < end && to > start);
    return near ? { start, end: near[1] } : { start, end };
  }

  // The first word after a place that no service has.
  function free(after) {
    const taken = parts().filter((part) => part.dataset.service).map((part) => Number(part.dataset.s));
    const spans = parts().map((part) => [Number(part.dataset.s), Number(part.dataset.s) + points(part.textContent).length, part.dataset.service]);
    const open = words().find(([from]) => from >= after && !spans.some(([a, b, service]) => service && a <= from && from < b));
    return open ? { start: open[0], end: open[1] } : taken.length ? null : { start: 0, end: 1 };
  }

  return { selected, quote, select, stretched, free };
})();
