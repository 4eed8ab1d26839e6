/**
 * Scripts by which a shell completes calls. They ask the program for words and know none themselves; where it has none, the
 * shell completes names of files.
 *
 * @module
 */
import { basename } from 'node:path';
import { COMPLETE } from './commands.js';

const BASH = `# Completion of anchorctl in bash, also in 3.2, as macOS has it.
_anchorctl() {
    local IFS=$'\\n'
    COMPREPLY=($(anchorctl ${COMPLETE} "\${COMP_WORDS[@]:0:COMP_CWORD+1}" 2>/dev/null))
}
complete -o bashdefault -o default -F _anchorctl anchorctl
`;

const ZSH = `#compdef anchorctl
# Completion of anchorctl in zsh.
_anchorctl() {
  local -a found
  found=("\${(@f)$(ANCHORCTL_COMPLETE=described anchorctl ${COMPLETE} "\${(@)words[1,CURRENT]}" 2>/dev/null)}")
  if [[ -z "\${found[1]}" ]]; then
    _default
    return
  fi
  found=("\${(@)found//:/\\\\:}")
  found=("\${(@)found/$'\\t'/:}")
  _describe anchorctl found
}
if [[ "\${zsh_eval_context[-1]}" == loadautofunc ]]; then
  _anchorctl "$@"
else
  compdef _anchorctl anchorctl
fi
`;

const FISH = `# Completion of anchorctl in fish.
function __anchorctl_complete
    set -lx ANCHORCTL_COMPLETE described
    set -l last (commandline -ct)
    anchorctl ${COMPLETE} (commandline -opc) "$last" 2>/dev/null
end
complete -c anchorctl -a '(__anchorctl_complete)'
`;

/** The script for a shell, by its path or name; for one that is not known, that for bash. */
export function completionScript(shell: string): string {
  const name = basename(shell);
  if (name.startsWith('zsh')) return ZSH;
  return name.startsWith('fish') ? FISH : BASH;
}
