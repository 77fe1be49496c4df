// A page of work under way asks for itself anew and shows what it says; when the work is over the page is opened again.
const EVERY = 2000;
let silent = 0;

async function look() {
  const shown = document.getElementById('progress');
  if (!shown || shown.dataset.progress !== 'going') return;
  try {
    const answer = await fetch(window.location.href, { credentials: 'same-origin' });
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    const found = page.getElementById('progress');
    if (!answer.ok || !found || found.dataset.progress !== 'going') {
      window.location.reload();
      return;
    }
    silent = 0;
    if (shown.innerHTML !== found.innerHTML) shown.replaceChildren(...found.childNodes);
  } catch (unreachable) {
    silent += 1;
    if (silent > 30) return;
  }
  window.setTimeout(look, EVERY);
}

for (const link of document.querySelectorAll('[data-progress-hide]')) link.hidden = true;
window.setTimeout(look, EVERY);
