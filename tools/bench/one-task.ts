export { defineOne as define } from './scheduled-tasks';
