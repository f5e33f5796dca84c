import { describe, expect, it } from 'vitest';
import { builtInPlatforms } from '../../src/platforms/registry.ts';
import {
  adaptersConstructed,
  emptyName,
  foreignPlatforms,
  impure,
  leaningOnSource,
  tooLong,
  wrongImports,
} from './rules.ts';
import { foldersUnder, type SourceFile, sourcesUnder } from './sources.ts';

const platformNames = builtInPlatforms.map(({ name }) => name);
const files = sourcesUnder('src', 'test', 'scripts', 'demo', 'bench', 'crash');

describe('the house', () => {
  it('is found by this test', () => {
    expect(files.map(({ path }) => path)).toEqual(expect.arrayContaining(['src/core/grant.ts', 'src/config.ts']));
  });

  it.each<[string, (file: SourceFile) => string[]]>([
    ['imports run one way: api, core, adapters, channel and web, main', wrongImports],
    ['only main constructs adapters', adaptersConstructed],
    ['core and api have no clock, chance, timer, network, process or logger', impure],
    ['simulator and harness know nothing of the product', leaningOnSource],
    ['no file has more than 300 lines', tooLong],
    ['no platform is named but in its own file', (file) => foreignPlatforms(platformNames, file)],
    ['no file has an empty name', ({ path }) => emptyName(path)],
  ])('%s', (_, rule) => {
    expect(files.flatMap(rule)).toEqual([]);
  });

  it('has no folder with an empty name', () => {
    expect(foldersUnder('src', 'test', 'scripts', 'demo', 'bench', 'crash').flatMap(emptyName)).toEqual([]);
  });

  it('does not name the channel in the runtime', () => {
    const naming = files.filter(({ path, text }) => path.startsWith('src/runtime/') && /SocialChannel/.test(text));
    expect(naming.map(({ path }) => path)).toEqual([]);
  });
});

describe('the import rule', () => {
  it.each([
    ['src/core/a.ts', "import { x } from '../vault/b.ts';", 1],
    ['src/core/a.ts', "import type { X } from '../vault/b.ts';", 1],
    ['src/core/a.ts', "import {\n  x,\n  y,\n} from '../vault/b.ts';", 1],
    ['src/core/a.ts', "export * from '../vault/b.ts';", 1],
    ['src/core/a.ts', "import '../vault/b.ts';", 1],
    ['src/core/a.ts', "const x = await import('../vault/b.ts');", 1],
    ['src/core/a.ts', "import { x } from '../api/b.ts';", 0],
    ['src/core/a.ts', "// import { x } from '../vault/b.ts';", 0],
    ['src/vault/a.ts', "import { x } from '../kube/b.ts';", 1],
    ['src/vault/a.ts', "import { log } from '../log.ts';", 1],
    ['src/vault/a.ts', "import { x } from './b.ts';", 0],
    ['src/vault/a.ts', "import { x } from '../core/b.ts';", 0],
    ['src/channel/a.ts', "import { x } from '../web/b.ts';", 1],
    ['src/web/a.ts', "import { x } from '../runtime/b.ts';", 0],
    ['src/config.ts', "import { x } from './core/b.ts';", 0],
    ['src/config.ts', "import { x } from './main.ts';", 1],
    ['src/main.ts', "import { x } from './web/b.ts';", 0],
    ['src/attic/a.ts', '', 1],
    ['src/core/a.ts', "import { x } from '../../test/harness/wait.ts';", 1],
    ['src/vault/a.ts', "import { request } from 'undici';", 0],
  ])('judges %s with %j: %i wrong', (path, text, expected) => {
    expect(wrongImports({ path, text })).toHaveLength(expected);
  });

  it.each([
    ['src/channel/a.ts', "import { createVault } from '../vault/b.ts';", 1],
    ['src/channel/a.ts', "import type { Vault } from '../vault/b.ts';", 0],
    ['src/main.ts', "import { createVault } from './vault/b.ts';", 0],
    ['src/cli/a.ts', "import { PooledKubeConfig } from '../kube/b.ts';", 1],
    ['src/cli-main.ts', "import { PooledKubeConfig } from './kube/b.ts';", 0],
    ['src/channel-meter.ts', "import { createVault } from './vault/b.ts';", 0],
    ['src/vault/a.ts', "import { x } from './b.ts';", 0],
  ])('lets adapters be constructed in main alone: %s with %j', (path, text, expected) => {
    expect(adaptersConstructed({ path, text })).toHaveLength(expected);
  });
});

describe('purity', () => {
  it.each([
    ['Date.now()', 1],
    ['new Date()', 1],
    ['new Date(at)', 0],
    ['Date.parse(text)', 0],
    ['Math.random()', 1],
    ['Math.max(1, 2)', 0],
    ['setTimeout(f, 1)', 1],
    ['process.env.X', 1],
    ["'the process. It stops'", 0],
    ['// Date.now() would be wrong here', 0],
    ["fetch('x')", 1],
    ["console.log('x')", 1],
    ["import { hash } from 'node:crypto';", 1],
    ["import { z } from 'zod';", 1],
  ])('judges %s in core: %i', (text, expected) => {
    expect(impure({ path: 'src/core/a.ts', text })).toHaveLength(expected);
  });
});

describe('the other rules', () => {
  it.each([
    ['test/simulator/a.ts', "import { x } from '../../src/core/a.ts';", 1],
    ['test/simulator/a.ts', "import { x } from '../harness/wait.ts';", 0],
    ['test/core/a.ts', "import { x } from '../../src/core/a.ts';", 0],
  ])('the tests’ worlds stand alone: %s with %j', (path, text, expected) => {
    expect(leaningOnSource({ path, text })).toHaveLength(expected);
  });

  it.each([
    ['src/core/a.ts', 300, '', 0],
    ['src/core/a.ts', 301, '', 1],
    ['src/core/a.ts', 400, '// A flat table: rows.\n', 0],
    ['src/api/a.gen.ts', 400, '', 0],
    ['test/core/a.test.ts', 400, '', 0],
    ['test/harness/a.ts', 301, '', 1],
  ])('%s with %i lines and head %j: %i', (path, lines, head, expected) => {
    expect(tooLong({ path, text: head + 'x\n'.repeat(lines) })).toHaveLength(expected);
  });

  it.each([
    ['src/utils', 1],
    ['src/core/helpers.ts', 1],
    ['src/core/grant.ts', 0],
    ['test/common', 1],
  ])('%s: %i', (path, expected) => {
    expect(emptyName(path)).toHaveLength(expected);
  });
});

describe('the rule of names', () => {
  it.each([
    ['src/core/a.ts', 'if (name === "twitch") return;', 1],
    ['src/core/a.ts', '/** As Twitch has it. */', 1],
    ['src/core/a.ts', "if (name === 'x') return x;", 1],
    ['src/core/a.ts', 'const x = 1;', 0],
    ['src/core/a.ts', "get('https://id.twitch.tv/oauth2/token');", 0],
    ['src/platforms/twitch.ts', '/** As Twitch has it. */', 0],
    ['src/platforms/twitch-chat.ts', '/** As Twitch has it. */', 0],
    ['src/platforms/x.ts', "name: 'twitch'", 1],
    ['src/platforms/registry.ts', "import { twitch } from './twitch.ts';", 0],
    ['test/core/a.ts', 'twitch', 0],
  ])('judges %s with %j: %i wrong', (path, text, expected) => {
    expect(foreignPlatforms(['twitch', 'x'], { path, text })).toHaveLength(expected);
  });
});
