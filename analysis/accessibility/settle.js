// axe-core leaves the contrast of a text open where another element covers it: the part of a table or list that has been
// scrolled out of its box. Here each such text is scrolled into view, as a reader would, and asked again.
window.klastrySettle = async (result, limit) => {
  const HIDDEN = new Set(["bgOverlap", "elmPartiallyObscured", "elmPartiallyObscuring", "outsideViewport", "shortTextContent"]);
  const open = result.incomplete.find((rule) => rule.id === "color-contrast");
  if (!open) return result;
  const covered = (node) => node.target.length === 1 && typeof node.target[0] === "string"
    && node.any.some((check) => check.data && HIDDEN.has(check.data.messageKey));
  const kept = open.nodes.filter((node) => !covered(node));
  let left = open.nodes.filter(covered).map((node) => ({ node, el: document.querySelector(node.target[0]) }));
  const failed = [];
  for (let tries = 0; left.length && tries < limit; tries += 1) {
    const [first] = left;
    if (!first.el) { kept.push(first.node); left.shift(); continue; }
    first.el.scrollIntoView({ block: "center", inline: "center", behavior: "instant" });
    const again = await window.axe.run({ include: left.filter((l) => l.el).map((l) => l.el) }, {
      runOnly: { type: "rule", values: ["color-contrast"] }, resultTypes: ["violations", "incomplete"], elementRef: true,
      iframes: false, preload: false,
    });
    for (const rule of again.violations) failed.push(...rule.nodes.filter((n) => left.some((l) => l.el === n.element)));
    const still = again.incomplete.flatMap((rule) => rule.nodes);
    left = left.filter((l) => still.some((n) => n.element === l.el));
    if (left[0] === first) { kept.push(still.find((n) => n.element === first.el)); left.shift(); }
  }
  kept.push(...left.map((l) => l.node));
  for (const node of [...failed, ...kept]) delete node.element;
  open.nodes = kept;
  result.incomplete = result.incomplete.filter((rule) => rule.nodes.length);
  if (failed.length) {
    const known = result.violations.find((rule) => rule.id === "color-contrast");
    if (known) known.nodes.push(...failed); else result.violations.push({ ...open, nodes: failed });
  }
  window.scrollTo(0, 0);
  return result;
};
void 0; // the script is evaluated, and a function would be called
