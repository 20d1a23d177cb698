/** Completion of `tidegate` for shells, made from the table of its commands. */
import type { Argument, Command } from '../command.ts';

export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

export type Commands = Readonly<Record<string, Pick<Command, 'summary' | 'options' | 'arguments'>>>;
type Options = Command['options'];

/** Asks for names that are in the configuration, each on its line; silent where it cannot be read. */
const names = 'tidegate completion names';

export function script(shell: Shell, commands: Commands, common: Options): string {
  if (shell === 'fish') return fish(commands, common);
  // zsh runs bash's by its own means.
  return shell === 'zsh' ? zsh(commands, common) : bash(commands, common);
}

const flags = (options: Options) => Object.keys(options).map((name) => `--${name}`);
const withValue = (options: Options) =>
  Object.entries(options).flatMap(([name, { type }]) => (type === 'string' ? [`--${name}`] : []));

function bash(commands: Commands, common: Options): string {
  const cases = Object.entries(commands).map(([name, command]) => {
    const words = (command.arguments ?? []).map(
      (argument, index) => `        ${index}) words=${wordsOf(argument)} ;;`,
    );
    return [
      `    ${name})`,
      `      options="${[...flags(command.options), ...flags(common)].join(' ')}"`,
      ...(words.length > 0 ? ['      case "$position" in', ...words, '      esac'] : []),
      '      ;;',
    ].join('\n');
  });
  const valued = [
    ...new Set([common, ...Object.values(commands).map(({ options }) => options)].flatMap(withValue)),
  ];
  return `# Completion of tidegate for bash: eval "$(tidegate completion bash)"
_tidegate() {
  local current="\${COMP_WORDS[COMP_CWORD]}" command="\${COMP_WORDS[1]}" options="" words="" position=0 index
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "${Object.keys(commands).join(' ')} --help" -- "$current"))
    return
  fi
  case " ${valued.join(' ')} " in
    *" \${COMP_WORDS[COMP_CWORD-1]} "*)
      COMPREPLY=($(compgen -f -- "$current"))
      return
      ;;
  esac
  local -a given=()
  for ((index = 2; index < COMP_CWORD; index++)); do
    case "\${COMP_WORDS[index]}" in
      ${valued.length > 0 ? valued.join('|') : '--none'}) index=$((index + 1)) ;;
      -*) ;;
      *) given+=("\${COMP_WORDS[index]}") ;;
    esac
  done
  position=\${#given[@]}
  case "$command" in
${cases.join('\n')}
  esac
  case "$current" in
    -*) COMPREPLY=($(compgen -W "$options" -- "$current")) ;;
    *) COMPREPLY=($(compgen -W "$words" -- "$current")) ;;
  esac
}
complete -F _tidegate tidegate
`;
}

function wordsOf(argument: Argument): string {
  switch (argument) {
    case 'service':
      return `"$(${names} 2>/dev/null)"`;
    case 'environment':
      return `"$(${names} "\${given[0]}" 2>/dev/null)"`;
    case 'shell':
      return `"${shells.join(' ')}"`;
    case 'text':
      return '""';
  }
}

const zsh = (commands: Commands, common: Options): string =>
  bash(commands, common)
    .replace('for bash: eval "$(tidegate completion bash)"', 'for zsh: eval "$(tidegate completion zsh)"')
    .replace(
      '_tidegate() {',
      'autoload -U +X compinit bashcompinit && compinit -u && bashcompinit\n_tidegate() {',
    );

function fish(commands: Commands, common: Options): string {
  const quoted = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
  const option = (name: string, { type }: Options[string], when: string) =>
    `complete -c tidegate ${when}-l ${name}${type === 'string' ? ' -r' : ''}`;
  const lines = Object.entries(commands).flatMap(([name, command]) => {
    const seen = `-n '__fish_seen_subcommand_from ${name}' `;
    const place = (index: number) =>
      `-n '__fish_seen_subcommand_from ${name}; and test (__tidegate_words) -eq ${index + 2}' `;
    return [
      `complete -c tidegate -n __fish_use_subcommand -a ${name} -d ${quoted(command.summary)}`,
      ...Object.entries(command.options).map(([flag, one]) => option(flag, one, seen)),
      ...(command.arguments ?? []).flatMap((argument, index) => {
        const words = fishWordsOf(argument);
        return words ? [`complete -c tidegate ${place(index)}-a ${quoted(words)}`] : [];
      }),
    ];
  });
  return [
    '# Completion of tidegate for fish: tidegate completion fish | source',
    'function __tidegate_words',
    '  count (string match -v -- "-*" (commandline -opc))',
    'end',
    'complete -c tidegate -f',
    ...Object.entries(common).map(([flag, one]) => option(flag, one, '')),
    ...lines,
    '',
  ].join('\n');
}

function fishWordsOf(argument: Argument): string {
  if (argument === 'shell') return shells.join(' ');
  if (argument === 'text') return '';
  return argument === 'service'
    ? `(${names} 2>/dev/null)`
    : `(${names} (string match -v -- "-*" (commandline -opc))[3] 2>/dev/null)`;
}
