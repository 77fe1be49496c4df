// Comfort on top of pages that work without script. Each module finds its own marks in the page and does nothing without them.
import { focusErrors } from './errors.js';
import { copyButtons } from './copy.js';
import { printButtons } from './print.js';
import { showWhen } from './show_when.js';
import { guardForms } from './forms.js';

document.documentElement.classList.add('js');
showWhen(document);
guardForms(document);
copyButtons(document);
printButtons(document);
focusErrors(document);
