/* Puts an editor in place of each <textarea class="rich-text">; the textarea still holds what the form sends. */
'use strict';

document.addEventListener('DOMContentLoaded', () => {
  const commands = { Bold: 'bold', Italic: 'italic', List: 'insertUnorderedList' };

  for (const textarea of document.querySelectorAll('textarea.rich-text')) {
    const editor = document.createElement('div');
    editor.className = 'rich-text-editor';
    editor.contentEditable = 'true';
    editor.innerHTML = textarea.value;
    editor.addEventListener('input', () => { textarea.value = editor.innerHTML; });

    const toolbar = document.createElement('div');
    for (const [label, command] of Object.entries(commands)) {
      const button = document.createElement('button');
      button.type = 'button';
      button.textContent = label;
      // A click would move the focus, and with it the selection, out of the editor.
      button.addEventListener('mousedown', (event) => {
        event.preventDefault();
        document.execCommand(command);
      });
      toolbar.append(button);
    }

    textarea.hidden = true;
    textarea.before(toolbar, editor);
  }
});
