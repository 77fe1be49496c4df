// Posting forms: a second press of the button sends nothing, and leaving with unsaved typing asks first (data-unsaved).
function oneSubmit(form) {
  form.addEventListener('submit', (event) => {
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = '1';
    // The pressed button's own name and value must still go out, so it is disabled only after the form was read.
    window.setTimeout(() => {
      for (const button of form.querySelectorAll('button[type=submit]')) button.disabled = true;
    }, 0);
  });
}

function revive(form) {
  delete form.dataset.sent;
  for (const button of form.querySelectorAll('button[type=submit]:not([data-no-enter])')) button.disabled = false;
}

function unsaved(form) {
  let changed = Boolean(form.querySelector('[aria-invalid=true]'));
  form.addEventListener('input', () => { changed = true; });
  form.addEventListener('submit', () => { changed = false; });
  window.addEventListener('beforeunload', (event) => {
    if (!changed) return;
    event.preventDefault();
    event.returnValue = '';
  });
}

export function guardForms(root) {
  for (const form of root.querySelectorAll('form')) {
    if ((form.getAttribute('method') || '').toLowerCase() !== 'post') continue;
    oneSubmit(form);
    if (form.hasAttribute('data-unsaved')) unsaved(form);
    // A page brought back by the browser's Back button must be usable again.
    window.addEventListener('pageshow', (event) => { if (event.persisted) revive(form); });
  }
}
