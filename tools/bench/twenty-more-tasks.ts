export { defineTwentyMore as define } from './scheduled-tasks';
