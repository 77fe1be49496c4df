// The summary of faults takes the focus when a page comes back, and its links lead into the control itself.
export function focusErrors(root) {
  const summary = root.querySelector('[data-error-summary]');
  if (!summary) return;
  summary.addEventListener('click', (event) => {
    const link = event.target.closest('a[href^="#"]');
    const control = link && root.getElementById(link.getAttribute('href').slice(1));
    if (!control) return;
    event.preventDefault();
    const holder = control.closest('.field') || control;
    holder.scrollIntoView({ block: 'start' });
    control.focus({ preventScroll: true });
  });
  summary.focus();
}
