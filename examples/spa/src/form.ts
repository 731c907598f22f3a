import { ApiError } from './api';
import { element } from './dom';

export interface Field {
  readonly name: string;
  readonly label: string;
  /** Attributes of the input, such as its type. */
  readonly input: Readonly<Record<string, string | boolean>>;
}

/** A form that is sent by `submit`. What the server finds wrong is shown at its field and read out by screen readers. */
export function createForm(fields: readonly Field[], button: string, submit: (data: FormData) => Promise<void>): HTMLFormElement {
  const problem = element('p', { class: 'problem', role: 'alert' });
  const send = element('button', { type: 'submit' }, button);
  const form = element('form', {}, problem, ...fields.map(createField), send);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    // Not disabled: a button that is would lose the focus.
    if (form.getAttribute('aria-busy') === 'true') {
      return;
    }
    showProblems(form, new ApiError(0, ''));
    form.setAttribute('aria-busy', 'true');
    submit(new FormData(form))
      .catch((error: unknown) => showProblems(form, error))
      .finally(() => form.removeAttribute('aria-busy'));
  });
  return form;
}

function createField({ name, label, input }: Field): HTMLElement {
  return element('p', { class: 'field' },
    element('label', { for: `field-${name}` }, label),
    element('input', { id: `field-${name}`, name, required: true, 'aria-describedby': `problem-${name}`, ...input }),
    element('span', { id: `problem-${name}`, class: 'problem' }),
  );
}

function showProblems(form: HTMLFormElement, error: unknown): void {
  const { message, fields } = error instanceof ApiError ? error : new ApiError(0, String(error));
  form.querySelector('[role=alert]')!.textContent = fields['__all__']?.join(' ') ?? message;
  for (const input of form.querySelectorAll('input')) {
    const problems = fields[input.name] ?? [];
    input.setAttribute('aria-invalid', String(problems.length > 0));
    form.querySelector(`#problem-${input.name}`)!.textContent = problems.join(' ');
  }
  form.querySelector<HTMLElement>('[aria-invalid=true]')?.focus();
}
