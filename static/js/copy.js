// data-copy="#id" copies the text of that element. Plain http pages have no clipboard API, hence the second way.
function copyBySelection(element) {
  const range = document.createRange();
  range.selectNodeContents(element);
  const selection = window.getSelection();
  selection.removeAllRanges();
  selection.addRange(range);
  const done = document.execCommand('copy');
  if (done) selection.removeAllRanges();
  return done;
}

async function copyText(element) {
  const text = element.textContent.trim().replace(/\s+/g, ' ');
  if (navigator.clipboard && window.isSecureContext) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch (refused) {
      return copyBySelection(element);
    }
  }
  return copyBySelection(element);
}

export function copyButtons(root) {
  for (const button of root.querySelectorAll('[data-copy]')) {
    const source = root.querySelector(button.dataset.copy);
    if (!source) continue;
    button.hidden = false;
    const state = button.parentElement.querySelector('.copy-state');
    button.addEventListener('click', async () => {
      const done = await copyText(source);
      if (state && done) state.textContent = button.dataset.copied || '';
    });
  }
}
