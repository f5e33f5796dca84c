/** One short script for each shell; all of them ask the command itself, which knows flags, reasons and channels. */
const scripts = {
  bash: `# Put into ~/.bashrc:  source <(kubectl-socialchannel completion bash)
_kubectl_socialchannel() {
  local value
  COMPREPLY=()
  while IFS=$'\\t' read -r value _; do
    case "$value" in
      :0) compopt -o default ;;
      :*) ;;
      *) COMPREPLY+=("$value") ;;
    esac
  done < <(kubectl-socialchannel __complete "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -F _kubectl_socialchannel kubectl-socialchannel
`,
  zsh: `#compdef kubectl-socialchannel
# Put into ~/.zshrc, after compinit:  source <(kubectl-socialchannel completion zsh)
_kubectl_socialchannel() {
  local line
  local -a found
  for line in "\${(@f)$(kubectl-socialchannel __complete "\${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
    case $line in
      :0) _files ;;
      :*) ;;
      *) found+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}") ;;
    esac
  done
  _describe 'kubectl-socialchannel' found
}
compdef _kubectl_socialchannel kubectl-socialchannel
`,
  fish: `# Put into ~/.config/fish/config.fish:  kubectl-socialchannel completion fish | source
function __kubectl_socialchannel
  set -l words (commandline -opc) (commandline -ct)
  kubectl-socialchannel __complete $words[2..-1] 2>/dev/null | string match --invert --regex '^:'
end
complete -c kubectl-socialchannel -f -a '(__kubectl_socialchannel)'
`,
  kubectl: `#!/bin/sh
# Save as kubectl_complete-socialchannel on PATH and make it executable: kubectl's own completion then knows the plugin.
exec kubectl-socialchannel __complete "$@"
`,
} as const;

export type Shell = keyof typeof scripts;
export const shells = Object.keys(scripts) as Shell[];

export function completionScript(shell: Shell): string {
  return scripts[shell];
}
