// Runs before any script of the page: remembers which elements listen to which events, because the tree does not show it.
(() => {
  const heard = (window.klastryListeners = new Map());
  const add = EventTarget.prototype.addEventListener;
  EventTarget.prototype.addEventListener = function (kind, ...rest) {
    if (this instanceof Element || this === document) {
      if (!heard.has(this)) heard.set(this, new Set());
      heard.get(this).add(kind);
    }
    return add.call(this, kind, ...rest);
  };
})();
