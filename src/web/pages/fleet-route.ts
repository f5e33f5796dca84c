import { maySee } from './access.ts';
import { askToSignIn, notAllowed, show } from './answers.ts';
import { type FilterName, filterNames } from './fleet.ts';
import { fleetPage } from './fleet-page.ts';
import type { PagesContext } from './guard.ts';
import type { PagesParts } from './ports.ts';
import type { BrowserMemory } from './session.ts';
import { strings } from './strings.ts';

/** All channels that somebody may see, by urgency. */
export function fleetRoute(parts: PagesParts, memory: BrowserMemory) {
  return async (context: PagesContext): Promise<Response> => {
    const session = await memory.session(context);
    if (session === undefined) return await askToSignIn(context, '/', parts.signIn?.host);
    if (session.kind === 'Invited') return await notAllowed(context, session, strings.notAllowed.invited);
    const { person } = session;
    const admitted = new Map<string, boolean>();
    const isSeen = (namespace: string) => {
      const known = admitted.get(namespace) ?? maySee(parts.access, person, namespace);
      admitted.set(namespace, known);
      return known;
    };
    const channels = [...parts.cards.list()].filter(({ ref }) => isSeen(ref.namespace));
    const seesNothing = channels.length === 0 && !parts.access.some((rule) => mayUse(rule, person.groups));
    if (seesNothing) return await notAllowed(context, session, strings.notAllowed.fleet(person.name));
    const filter = Object.fromEntries(filterNames.map((name) => [name, context.req.query(name) ?? '']));
    const page = Number.parseInt(context.req.query('page') ?? '1', 10) || 1;
    const body = fleetPage({ channels, filter: filter as Record<FilterName, string>, page, now: parts.now() });
    return await show(context, session, { title: strings.fleet.title, body, isWide: true });
  };
}

function mayUse(rule: PagesParts['access'][number], groups: readonly string[]): boolean {
  return [...rule.connect, ...rule.see].some((group) => groups.includes(group));
}
