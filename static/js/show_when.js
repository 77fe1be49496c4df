// data-show-when="kind=project,reform;procedure=ordinary": shown while every named question has one of the values.
// "a=1|b=2" asks for one of the alternatives.
// A hidden question is not sent. A condition whose question is not in the form counts as met, so nothing is lost.
function conditions(text) {
  return text.split('|').map((alternative) => alternative.split(';').filter(Boolean).map((part) => {
    const [name, values = ''] = part.split('=');
    return { name: name.trim(), values: values.split(',').map((value) => value.trim()) };
  }));
}

function currentValues(form, name) {
  const controls = [...form.elements].filter((control) => control.name === name);
  if (!controls.length) return null;
  const chosen = [];
  for (const control of controls) {
    const choice = control.type === 'radio' || control.type === 'checkbox';
    if (choice && !control.checked) continue;
    chosen.push(control.value);
  }
  return chosen;
}

function met(form, condition) {
  const values = currentValues(form, condition.name);
  return values === null || values.some((value) => condition.values.includes(value));
}

function apply(form, questions) {
  for (const { element, needs } of questions) {
    const show = needs.some((all) => all.every((condition) => met(form, condition)));
    element.hidden = !show;
    const controls = element.matches('input, select, textarea') ? [element] : element.querySelectorAll('input, select, textarea');
    for (const control of controls) {
      if (control.type !== 'hidden') control.disabled = !show && !element.dataset.showKeep;
    }
  }
}

export function showWhen(root) {
  for (const form of root.querySelectorAll('form')) {
    const questions = [...form.querySelectorAll('[data-show-when]')]
      .map((element) => ({ element, needs: conditions(element.dataset.showWhen) }));
    if (!questions.length) continue;
    form.addEventListener('change', () => apply(form, questions));
    apply(form, questions);
  }
}
