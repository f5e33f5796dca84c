/** docs/reasons.md: every word that may stand as a reason, what it means, and who can end it. */
import { type Actor, explain, familyOf, isBlocked, type Reason, reasons, stateOf } from '../src/api/reasons.ts';

const actors: Readonly<Record<Actor, string>> = {
  Nobody: 'nobody: it ends by itself',
  Owner: 'the owner of the account, at the platform',
  ChannelAuthor: 'whoever writes the SocialChannel',
  AppAdministrator: 'whoever registered the app and writes the SocialApp',
  ClusterAdministrator: 'a cluster administrator',
  VaultAdministrator: 'a Vault administrator',
  OperatorDeveloper: 'the people who make this operator',
};

const intro = `# Reasons

Generated from \`src/api/reasons*.ts\` by \`scripts/generate-docs.ts\`; do not edit.

Every word that may stand as a reason in a status, a condition, an Event or a metric. The list is closed. Only the words
under NeedsReauth ask a person to reconnect, and each of them needs the platform's own word about this very login.
`;

const groups: readonly (readonly [title: string, isIn: (reason: Reason) => boolean])[] = [
  ['NeedsReauth: a person is needed', (reason) => stateOf(reason) === 'NeedsReauth'],
  ['Expiring', (reason) => stateOf(reason) === 'Expiring'],
  ['Connected', (reason) => stateOf(reason) === 'Connected'],
  ['Pending', (reason) => stateOf(reason) === 'Pending'],
  ['Held up at the platform: the login stays good, and so does the state', isBlocked],
  [
    'A setting is in the way: the state stays what it is',
    (reason) => familyOf(reason) === 'Misconfigured' && !isBlocked(reason),
  ],
  ['A passing failure: the state stays what it is', (reason) => familyOf(reason) === 'Transient'],
  ['Not understood: the state stays what it is', (reason) => familyOf(reason) === 'Unexpected'],
  ['Of conditions and Events alone', () => true],
];

export function reasonsPage(): string {
  const left = new Set(Object.keys(reasons) as Reason[]);
  const sections = groups.map(([title, isIn]) => {
    const found = [...left].filter(isIn);
    for (const reason of found) left.delete(reason);
    return `\n## ${title}\n${found.map(entry).join('')}`;
  });
  return intro + sections.join('');
}

function entry(reason: Reason): string {
  const { who } = reasons[reason];
  return `\n### ${reason}\n\n${explain(reason)}\n\nWho can end it: ${actors[who]}.\n`;
}
