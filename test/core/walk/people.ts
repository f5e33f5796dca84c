import { formatInstant } from '../../../src/core/instant.ts';
import type { SharedSecret } from '../../../src/core/ports.ts';
import { channel } from '../builders.ts';
import { dayMs, minuteMs } from '../times.ts';
import type { Chance } from './chance.ts';
import { grantOf } from './grants.ts';
import type { Stage } from './stage.ts';
import type { Edit, PersonDoes } from './troubles.ts';

/** Whoever edits, consents, withdraws, deletes and puts things right again. */
export class People {
  readonly #stage: Stage;
  readonly #chance: Chance;
  readonly #later: (ms: number, what: () => unknown) => void;
  #isHelpComing = false;

  constructor(stage: Stage, chance: Chance, later: (ms: number, what: () => unknown) => void) {
    this.#stage = stage;
    this.#chance = chance;
    this.#later = later;
  }

  /** Everything is again as it should be, but for what was lost. */
  putRight(): void {
    this.#create();
    this.#stage.cluster.edit(() => this.#freshSpec());
    this.#adopt();
  }

  does(does: PersonDoes, seed: SharedSecret | undefined): void {
    const stage = this.#stage;
    const { cluster, platform } = stage;
    switch (does) {
      case 'Consent':
        cluster.change({ bootstrap: stage.newConsent() });
        return;
      case 'WrongAccount':
        this.#mistake(stage.newConsent('43'));
        return;
      case 'OldSeed':
        cluster.change({ bootstrap: seed ?? cluster.bootstrap });
        return;
      case 'Withdraw':
        platform.withdraw();
        return;
      case 'Refresh':
        this.#askForRefresh();
        return;
      case 'DropSecret':
        cluster.change({ secret: { state: 'Absent' } });
        return;
    }
  }

  /** Somebody puts the wrong tokens there, and notices within the day. */
  #mistake(bootstrap: SharedSecret): void {
    const { cluster } = this.#stage;
    const before = cluster.bootstrap;
    cluster.change({ bootstrap });
    this.#later(this.#chance.spread(minuteMs, dayMs), () => {
      if (cluster.bootstrap === bootstrap) cluster.change({ bootstrap: before });
    });
  }

  /** Whoever is asked to reconnect does so sooner or later. */
  callForHelp(withinMs: number): void {
    if (this.#isHelpComing) return;
    this.#isHelpComing = true;
    this.#later(this.#chance.spread(minuteMs, withinMs), () => this.#reconnect());
  }
  #reconnect(): void {
    const { cluster } = this.#stage;
    this.#isHelpComing = false;
    if (cluster.channel?.status?.state === 'NeedsReauth') cluster.change({ bootstrap: this.#stage.newConsent() });
  }

  #askForRefresh(): void {
    const { cluster, kernel } = this.#stage;
    if (cluster.channel === undefined) return;
    const { metadata } = cluster.channel;
    const annotations = { 'socialops.dev/refresh': formatInstant(kernel.now) };
    cluster.change({ channel: { ...cluster.channel, metadata: { ...metadata, annotations } } });
  }

  edit(edit: Edit, ms: number): void {
    const { cluster, kernel, judge } = this.#stage;
    switch (edit) {
      case 'Scopes':
        cluster.edit((spec) => ({ ...spec, scopes: ['stream', 'chat'] }));
        this.#later(ms, () => cluster.edit(({ scopes: _, ...spec }) => spec));
        return;
      case 'Suspend':
        cluster.edit((spec) => ({ ...spec, refresh: { policy: 'Suspended' } }));
        this.#later(ms, () => cluster.edit((spec) => ({ ...spec, refresh: { policy: 'Automatic' } })));
        return;
      case 'Delete':
      case 'Forget':
        if (edit === 'Forget') cluster.edit((spec) => ({ ...spec, deletionPolicy: 'Forget' }));
        this.#later(minuteMs, () => cluster.delete(formatInstant(kernel.now)));
        this.#later(minuteMs + ms, () => this.#create());
        return;
      case 'NewNamespace':
        judge.namespaceAt = kernel.now;
        cluster.change({ channel: undefined, secret: { state: 'Absent' }, namespaceUid: `${cluster.namespaceUid}+` });
        this.#create();
        this.#later(ms, () => this.#adopt());
        return;
    }
  }

  /** A cluster administrator says that the earlier namespace's grant belongs here. */
  #adopt(): void {
    const { cluster, vault } = this.#stage;
    const adoptFrom = grantOf(vault)?.identity.namespaceUid;
    if (adoptFrom !== undefined && adoptFrom !== cluster.namespaceUid) cluster.change({ adoptFrom });
  }

  #create(): void {
    const { cluster, kernel } = this.#stage;
    if (cluster.channel !== undefined) return;
    const uid = `channel-${kernel.now}`;
    const { channel: fresh } = channel({
      metadata: { uid, resourceVersion: uid },
      spec: this.#freshSpec(),
      status: undefined,
    });
    cluster.change({ channel: fresh });
  }

  #freshSpec() {
    const { channel: fresh } = channel({
      spec: { bootstrap: { secretRef: { name: 'tokens' }, afterImport: 'Keep' }, account: { id: '42' } },
    });
    return fresh.spec;
  }
}
