// Runs inside the page that a test drives, not in Node: it is sent there as source and may use nothing from outside itself.
/* global document, MutationObserver */

/** The joined text of the matching elements, once it is not empty and no change came for quietMs; '' after limitMs. */
export function settledText({ selector, quietMs, limitMs }) {
  return new Promise((resolve) => {
    const read = () => [...document.querySelectorAll(selector)].map((element) => element.textContent).join('');
    let last = read();
    const finish = (text) => {
      observer.disconnect();
      clearTimeout(limit);
      resolve(text);
    };
    const limit = setTimeout(() => finish(''), limitMs);
    const settled = () => last !== '' && finish(last);
    let quiet = setTimeout(settled, quietMs);
    const observer = new MutationObserver(() => {
      if (read() === last) return;
      last = read();
      clearTimeout(quiet);
      quiet = setTimeout(settled, quietMs);
    });
    observer.observe(document.body, { subtree: true, childList: true, characterData: true });
  });
}
