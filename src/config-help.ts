import { environmentName, groups, type Setting, settings } from './config-settings.ts';

const WIDTH = 100;
const INDENT = '      ';
const all: readonly Setting<unknown>[] = Object.values(settings);

/** What `--help` prints. */
export function helpText(): string {
  const sections = groups.map((group) => {
    const inGroup = all.filter((setting) => setting.group === group);
    return `${group}\n${inGroup.map(flagHelp).join('\n')}`;
  });
  return `${[usage, ...sections, closing].join('\n\n')}\n`;
}

/** The page docs/configuration.md; a test keeps it equal to this. */
export function configurationPage(): string {
  const sections = groups.map((group) => {
    const rows = all.filter((setting) => setting.group === group).map(tableRow);
    return `## ${group}\n\n| Flag | Environment | Default | Meaning |\n| --- | --- | --- | --- |\n${rows.join('\n')}\n`;
  });
  return `${[pageHead, ...sections].join('\n')}`;
}

const usage = `social-channel-operator keeps OAuth grants of social accounts alive in Kubernetes.

Usage:
  social-channel-operator --vault-address ADDRESS [--FLAG VALUE | --FLAG=VALUE]...
  social-channel-operator --check --vault-address ADDRESS [--FLAG VALUE]...
  social-channel-operator --help | --version

--check logs in to Vault, reads what the operator would work on, says of each channel what would
come next, and ends: with 0 where all of it works, with 1 where not. It changes nothing.

Every flag has an environment name; the flag wins over the environment, both over the default.`;

const closing = `Examples
  In a cluster, Vault with Kubernetes auth:
      social-channel-operator --vault-address https://vault.example.com:8200

  Two namespaces only, Vault by AppRole:
      social-channel-operator --vault-address https://vault.example.com:8200 \\
        --watch-namespaces main-stage,second-stage --vault-auth-method approle \\
        --vault-approle-role-id-file /etc/approle/role-id \\
        --vault-approle-secret-id-file /etc/approle/secret-id`;

const pageHead = `# Configuration

Generated from \`src/config-settings.ts\` by \`scripts/generate-docs.ts\`; do not edit.

Each setting is a flag (\`--name value\` or \`--name=value\`) and an environment variable; the flag wins, both win over the
default. An empty environment variable counts as unset. Lists take commas, or the flag repeated. Durations are written
\`500ms\`, \`150s\`, \`1h30m\` or \`400d\`. A wrong configuration is refused at start with every problem at once, and nothing
is contacted before it is right. No setting holds a secret: secrets are named by the path of their file.
`;

function flagHelp(setting: Setting<unknown>): string {
  const value = setting.kind.isSwitch ? '[=true|false]' : ` ${setting.example}`;
  const head = `  --${setting.flag}${value}`;
  const about = wrap(`${setting.help} ${defaultSentence(setting)}`);
  return `${head}\n${about}\n${INDENT}${environmentName(setting)}`;
}

function defaultSentence(setting: Setting<unknown>): string {
  if (setting.isRequired) return 'Required.';
  return `Default: ${setting.default || setting.absent || 'none'}.`;
}

function wrap(text: string): string {
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? '';
    if (line !== '' && INDENT.length + line.length + 1 + word.length > WIDTH) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return lines.map((line) => INDENT + line).join('\n');
}

function tableRow(setting: Setting<unknown>): string {
  const also = setting.alsoEnvironment === undefined ? '' : `, then \`${setting.alsoEnvironment}\``;
  const fallback = setting.isRequired ? '**required**' : setting.default ? `\`${setting.default}\`` : setting.absent;
  const meaning = `${setting.help} Allowed: ${setting.kind.allowed.replaceAll('|', '\\|')}. Example: \`${setting.example}\`.`;
  return `| \`--${setting.flag}\` | \`${environmentName(setting)}\`${also} | ${fallback} | ${meaning} |`;
}
