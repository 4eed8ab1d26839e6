/** What `npm test` does first, so that it passes on a fresh clone: install and build where needed. */
import { prepareWorkspace } from './workspace.mjs';

prepareWorkspace();
