import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const script = fileURLToPath(new URL('../../scripts/check-requirements.sh', import.meta.url));
const servers = [
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'vault',
  'promtool',
  'prometheus',
  'amtool',
  'kubeconform',
  'kstatus',
];

describe('the check of requirements', () => {
  let bin: string;
  beforeEach(() => {
    bin = mkdtempSync(join(tmpdir(), 'requirements-'));
    for (const tool of ['sed', 'head', 'find', 'awk', 'df']) {
      const real = ['/usr/bin', '/bin'].map((folder) => join(folder, tool)).find(existsSync);
      symlinkSync(real ?? tool, join(bin, tool));
    }
  });
  afterEach(() => rmSync(bin, { recursive: true }));

  /** Puts commands on the PATH that print what is given. */
  function install(commands: Record<string, string>): void {
    for (const [name, prints] of Object.entries(commands)) {
      writeFileSync(join(bin, name), `#!/bin/sh\necho '${prints}'\n`);
      chmodSync(join(bin, name), 0o755);
    }
  }

  function check(environment: Record<string, string> = {}): { code: number | null; said: string } {
    const env = { PATH: bin, HOME: bin, ...environment };
    const { status, stdout, stderr } = spawnSync('/bin/sh', [script], { env, encoding: 'utf8' });
    return { code: status, said: stdout + stderr };
  }

  const good = { git: 'git', make: 'make', node: 'v20.1.0', npm: '10.0.0', go: 'go version go1.26.0 linux/amd64' };

  it('lists everything that is missing at once', () => {
    const { code, said } = check();
    expect(code).toBe(1);
    for (const tool of ['git: not found', 'make: not found', 'node 20.0 or', 'npm 10.0 or', 'go 1.26 or']) {
      expect(said).toContain(tool);
    }
  });

  it.each([
    ['node', 'v18.19.0', 'node 20.0 or newer: found v18.19.0'],
    ['npm', '9.9.9', 'npm 10.0 or newer: found 9.9.9'],
    ['go', 'go version go1.25.7 linux/amd64', 'go 1.26 or newer: found go1.25.7'],
    ['go', 'no version at all', 'go 1.26 or newer: found no version'],
  ])('refuses %s that prints "%s"', (tool, prints, sentence) => {
    install({ ...good, [tool]: prints });
    const { code, said } = check();
    expect(code).toBe(1);
    expect(said).toContain(sentence);
  });

  it('says what the first run costs, and the faster way', () => {
    install(good);
    const { code, said } = check();
    expect(code).toBe(0);
    expect(said).toContain(`built once from pinned Go modules: ${servers.join(' ')}.`);
    expect(said).toMatch(/15 minutes.*6 GB/s);
    expect(said).toContain('KUBEBUILDER_ASSETS');
  });

  it.each([
    [
      'PATH, with bao for vault',
      {
        etcd: '',
        'kube-apiserver': '',
        'kube-controller-manager': '',
        bao: '',
        promtool: '',
        prometheus: '',
        amtool: '',
        kubeconform: '',
        kstatus: '',
      },
    ],
    ['PATH', Object.fromEntries(servers.map((name) => [name, '']))],
  ])('needs no Go when all servers are on %s', (_, commands) => {
    const { go: _go, ...withoutGo } = good;
    install({ ...withoutGo, ...commands, chromium: '' });
    expect(check()).toEqual({ code: 0, said: '' });
  });

  it('takes KUBEBUILDER_ASSETS and variables, and names what Go would still build', () => {
    const { go: _go, ...withoutGo } = good;
    install({ ...withoutGo, etcd: '', 'kube-apiserver': '', 'my-vault': '' });
    rmSync(join(bin, 'git'));
    const assets = { KUBEBUILDER_ASSETS: bin, VAULT_BIN: join(bin, 'my-vault') };
    const { code, said } = check(assets);
    expect(code).toBe(1);
    expect(said).toContain('It builds: kube-controller-manager promtool prometheus amtool kubeconform kstatus.');
    expect(said).toContain('git: not found');
  });

  it('says that the browser tests will fail without Chromium, and lets everything else go on', () => {
    install(good);
    const without = check();
    expect(without.said).toContain('No Chromium: the browser tests of make test will fail');
    install({ chromium: 'Chromium 150' });
    const [found, named] = [check(), check({ CHROMIUM_BIN: '/nowhere/chromium' })];
    expect(found.said).not.toContain('No Chromium');
    expect(named.said).not.toContain('No Chromium');
    expect([without.code, found.code]).toEqual([0, 0]);
  });
});
