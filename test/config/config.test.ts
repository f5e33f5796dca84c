import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConfigError, loadConfig, requestOf, settingsOf } from '../../src/config.ts';
import { helpText } from '../../src/config-help.ts';
import { environmentName, settings } from '../../src/config-settings.ts';
import { operatorNamespaceOf } from '../../src/main-leases.ts';

const VAULT = ['--vault-address', 'https://vault.example.com:8200'];
const SHORT = [
  ...['--propagation-floor', '4s', '--claim-life', '6s', '--http-timeout', '2s', '--min-refresh-interval', '1s'],
  ...['--min-token-lifetime', '2s', '--confirm-pause', '1s', '--lease-duration', '4s', '--lease-renew-interval', '1s'],
];

function problemsOf(argv: readonly string[], environment: Record<string, string> = {}): readonly string[] {
  try {
    loadConfig(argv, environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

const signIn = ['--pages-sign-in-issuer=https://login.example.com'];

describe('a configuration', () => {
  it('needs nothing but the address of Vault', () => {
    const config = loadConfig(VAULT, {});
    expect(config).toMatchObject({
      vaultAddress: 'https://vault.example.com:8200',
      operatorNamespace: undefined,
      leaseBuckets: 16,
      leaseDurationMs: 15_000,
      leaseRenewMs: 5_000,
      watchNamespaces: [],
      vaultMount: 'social',
      vaultPrefix: 'socialchannel',
      vaultAuthMount: 'kubernetes',
      propagationFloorMs: 150_000,
      maxTokenLifetimeMs: 400 * 86_400_000,
      opsAddress: { host: '0.0.0.0', port: 8080 },
      workers: 16,
      vaultTokenPath: true,
      warnings: [],
    });
    expect(Object.isFrozen(config)).toBe(true);
  });

  it.each([
    ['a flag and its value', ['--workers', '3'], {}, { workers: 3 }],
    ['a flag with =', ['--workers=3'], {}, { workers: 3 }],
    ['the last of two', ['--workers=2', '--workers=3'], {}, { workers: 3 }],
    ['the environment', [], { SOCIALCHANNEL_WORKERS: '3' }, { workers: 3 }],
    ['the flag over the environment', ['--workers', '3'], { SOCIALCHANNEL_WORKERS: '4' }, { workers: 3 }],
    ['an empty environment name as unset', [], { SOCIALCHANNEL_WORKERS: '' }, { workers: 16 }],
    ['plain KUBECONFIG', [], { KUBECONFIG: '/a' }, { kubeconfig: '/a' }],
    ['our own name before KUBECONFIG', [], { KUBECONFIG: '/a', SOCIALCHANNEL_KUBECONFIG: '/b' }, { kubeconfig: '/b' }],
    ['a switch alone', ['--vault-allow-http'], {}, { vaultAllowHttp: true }],
    ['a switch turned off', ['--vault-token-path=false'], {}, { vaultTokenPath: false }],
    ['a list with commas', ['--watch-namespaces', 'a, b'], {}, { watchNamespaces: ['a', 'b'] }],
    ['a list by repetition', ['--watch-namespaces=a', '--watch-namespaces=b'], {}, { watchNamespaces: ['a', 'b'] }],
    [
      'a platform endpoint without its last slash',
      ['--platform-endpoint', 'twitch=https://127.0.0.1:9443/'],
      {},
      { platformEndpoints: [{ platform: 'twitch', base: 'https://127.0.0.1:9443' }] },
    ],
    [
      'an issuer as its server writes it',
      [...signIn, '--pages-sign-in-issuer=https://a/', '--pages-sign-in-client-id=a', '--pages-access-file=/a'],
      {},
      { pagesSignInIssuer: 'https://a/' },
    ],
    ['a private host', ['--allow-private-host', '[::1]:99'], {}, { allowPrivateHosts: [{ host: '::1', port: 99 }] }],
    ['pages on loopback', ['--pages-url', 'http://127.0.0.1:8443/'], {}, { pagesURL: 'http://127.0.0.1:8443' }],
    ['a long duration', ['--re-read-interval', '1h30m'], {}, { reReadIntervalMs: 5_400_000 }],
    ['a duration in milliseconds', ['--confirm-pause=1500ms'], {}, { confirmPauseMs: 1_500 }],
    ['the method as mount', ['--vault-auth-method', 'jwt'], {}, { vaultAuthMount: 'jwt' }],
    ['a mount of its own', ['--vault-auth-mount', 'kubernetes/stage'], {}, { vaultAuthMount: 'kubernetes/stage' }],
  ])('takes %s', (_, argv, environment, expected) => {
    expect(loadConfig([...VAULT, ...argv], environment)).toMatchObject(expected);
  });

  it('takes the same settings when it is only checked', () => {
    expect(loadConfig(['--check', ...VAULT, '--workers=3'], {})).toMatchObject({ workers: 3 });
    expect(problemsOf([...VAULT, '--chek'])).toEqual(['--chek: no such flag. Did you mean --check?']);
  });

  it('gives core its settings', () => {
    expect(settingsOf(loadConfig([...VAULT, ...SHORT, '--vault-token-path=false'], {}))).toEqual({
      propagationFloorMs: 4_000,
      claimLifeMs: 6_000,
      httpTimeoutMs: 2_000,
      minRefreshIntervalMs: 1_000,
      minTokenLifetimeMs: 2_000,
      maxTokenLifetimeMs: 34_560_000_000,
      confirmPauseMs: 1_000,
      brakeWindowMs: 3_600_000,
      brakeHoldMs: 14_400_000,
      brakeAppChannels: 3,
      brakeAppPercent: 20,
      brakePlatformChannels: 5,
      brakePlatformPercent: 10,
      reReadIntervalMs: 300_000,
      writeVaultToken: false,
      noticeSinks: [],
      noticeWindowMs: 60_000,
    });
  });
});

describe('a wrong configuration', () => {
  it.each([
    [
      'nothing at all',
      [],
      '--vault-address (SOCIALCHANNEL_VAULT_ADDRESS): required, but not set.\nAllowed: an address',
    ],
    ['a slip in a flag', [...VAULT, '--vault-mout', 'x'], '--vault-mout: no such flag. Did you mean --vault-mount?'],
    ['a flag like no other', [...VAULT, '--zzzzzzzz'], '--zzzzzzzz: no such flag.'],
    ['a flag without value', [...VAULT, '--workers'], '--workers (SOCIALCHANNEL_WORKERS): has no value.'],
    ['a number out of range', [...VAULT, '--workers=0'], '"0" is not allowed.\nAllowed: a whole number from 1 to 256'],
    ['a unit left out', [...VAULT, '--claim-life=60'], '"60" is not allowed.\nAllowed: a duration'],
    ['a duration of zero', [...VAULT, '--confirm-pause=0s'], '"0s" is not allowed.'],
    ['an unknown choice', [...VAULT, '--log-level=loud'], 'Allowed: one of debug, info, warn, error.'],
    [
      'a switch with another word',
      [...VAULT, '--vault-allow-http=yes'],
      '"yes" is not allowed.\nAllowed: true or false',
    ],
    ['a namespace that is none', [...VAULT, '--watch-namespaces=Main'], '"Main" is not allowed.\nAllowed: a DNS label'],
    ['a path that climbs', [...VAULT, '--vault-prefix=a/../b'], '"a/../b" is not allowed.'],
    ['a path with a slash at its end', [...VAULT, '--vault-mount=social/'], '"social/" is not allowed.'],
    ['an endpoint without TLS', [...VAULT, '--platform-endpoint=twitch=http://127.0.0.1:1'], 'Allowed: name=https://'],
    ['an endpoint without name', [...VAULT, '--platform-endpoint=https://127.0.0.1:1'], 'Allowed: name=https://'],
    ['a private host without port', [...VAULT, '--allow-private-host=127.0.0.1'], 'Allowed: host:port'],
    ['a port that is none', [...VAULT, '--ops-address=127.0.0.1:70000'], 'Allowed: host:port'],
    [
      'pages over plain http',
      [...VAULT, '--pages-url=http://connect.example.com'],
      '"http://connect.example.com" is not allowed.',
    ],
    ['a network that is none', [...VAULT, '--pages-trusted-proxies=10.0.0.0/33'], 'Allowed: a network'],
    ['a network without size', [...VAULT, '--pages-trusted-proxies=10.0.0.1'], 'Allowed: a network'],
    ['a sign-in without TLS', [...VAULT, '--pages-sign-in-issuer=http://a'], '"http://a" is not allowed.'],
    ['a proxy of another kind', [...VAULT, '--platform-proxy=socks5://h:1'], '"socks5://h:1" is not allowed.'],
    ['a stray argument', [...VAULT, 'stray'], 'argument 3 belongs to no flag'],
  ])('is refused with a sentence that helps: %s', (_, argv, sentence) => {
    const problems = problemsOf(argv);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(sentence);
  });

  it('lists everything that is wrong at once', () => {
    const error = (() => {
      try {
        return loadConfig(['--wrokers', '3', '--claim-life', 'long', '--vault-mount='], {
          SOCIALCHANNEL_LOG_LEVEL: 'x',
        });
      } catch (thrown) {
        return thrown;
      }
    })();
    expect(error).toBeInstanceOf(ConfigError);
    const { message } = error as ConfigError;
    expect(message).toContain('The configuration has 5 problems; the operator does not start.');
    for (const name of [
      '--wrokers',
      '--claim-life',
      '--vault-mount',
      'SOCIALCHANNEL_LOG_LEVEL (--log-level)',
      '--vault-address',
    ]) {
      expect(message).toContain(name);
    }
  });

  it.each([
    ['a token in place of its file', ['--vault-token-file', 'hvs.canary']],
    ['a secret id in place of its file', ['--vault-approle-secret-id-file=canary']],
    ['an unknown flag with a value', ['--vault-token=canary']],
    ['an unknown flag and a value', ['--vault-token', 'canary']],
    ['a stray argument', ['canary']],
    ['a password in an address', ['--vault-address', 'https://me:canary@vault.example.com']],
    ['a token in an address', ['--vault-address', 'https://vault.example.com?token=canary']],
    ['a password of the pages', ['--pages-url', 'https://me:canary@connect.example.com']],
    ['a password of the proxy', ['--platform-proxy', 'http://me:canary@proxy.example.com:1']],
    ['a password of an endpoint', ['--platform-endpoint', 'twitch=https://me:canary@127.0.0.1:1']],
  ])('is told without what may be a secret: %s', (_, argv) => {
    const problems = problemsOf(argv);
    expect(problems).not.toEqual([]);
    expect(problems.join('\n')).not.toContain('canary');
  });

  it('never breaks in another way than by a ConfigError', () => {
    const word = fc.oneof(fc.string(), fc.constantFrom(...Object.values(settings).map(({ flag }) => `--${flag}`)));
    fc.assert(
      fc.property(fc.array(word, { maxLength: 6 }), (argv) => {
        expect(Array.isArray(problemsOf([...VAULT, ...argv]))).toBe(true);
      }),
    );
  });
});

describe('settings that belong together', () => {
  it.each([
    [
      'a request that outlives half of the claim',
      ['--http-timeout=30s'],
      '--http-timeout (SOCIALCHANNEL_HTTP_TIMEOUT) is 30s, --claim-life (SOCIALCHANNEL_CLAIM_LIFE) is 60s:\nhttp-timeout must be less than half',
    ],
    [
      'no room for a second request',
      ['--propagation-floor=29s'],
      'propagation-floor must be at least twice http-timeout',
    ],
    ['lifetimes all below the floor', ['--max-token-lifetime=300s'], 'more than twice propagation-floor'],
    ['a range of lifetimes that is empty', ['--min-token-lifetime=400d'], 'min-token-lifetime must be less than'],
    ['refreshes rarer than the shortest life', ['--min-refresh-interval=61s'], 'must not exceed min-token-lifetime'],
    ['a pause longer than the re-read', ['--confirm-pause=6m'], 'confirm-pause must not exceed re-read-interval'],
    [
      'a grace too short for a spend',
      ['--shutdown-grace=17s'],
      'shutdown-grace must be more than http-timeout plus 2s',
    ],
    [
      'approle without role id',
      ['--vault-auth-method=approle', '--vault-approle-secret-id-file=/s'],
      'approle needs vault-approle-role-id-file',
    ],
    [
      'approle without secret id',
      ['--vault-auth-method=approle', '--vault-approle-role-id-file=/r'],
      'approle needs vault-approle-secret-id-file',
    ],
    ['a token file that is not named', ['--vault-auth-method=token-file'], 'token-file needs vault-token-file'],
    [
      'a webhook that nobody can verify',
      ['--notice-webhook-url=https://hooks.example.com'],
      'notice-webhook-url and notice-webhook-secret-file go together',
    ],
    [
      'a webhook in the clear',
      ['--notice-webhook-url=http://hooks.example.com', '--notice-webhook-secret-file=/s', '--notice-allow-plain'],
      'notice-webhook-url must be https',
    ],
    [
      'a webhook in the clear on loopback without leave',
      ['--notice-webhook-url=http://127.0.0.1:1', '--notice-webhook-secret-file=/s'],
      'notice-webhook-url must be https',
    ],
    ['mails of nobody', ['--notice-smtp-address=smtp.example.com:587'], 'notice-smtp-address and notice-mail-from go'],
    [
      'mails in the clear',
      [
        '--notice-smtp-address=smtp.example.com:25',
        '--notice-mail-from=a@b',
        '--notice-smtp-tls=none',
        '--notice-allow-plain',
      ],
      'notice-smtp-tls none is for loopback only',
    ],
    [
      'mails in the clear on loopback without leave',
      ['--notice-smtp-address=[::1]:25', '--notice-mail-from=a@b', '--notice-smtp-tls=none'],
      'notice-smtp-tls none is for loopback only',
    ],
    ['half a login', ['--notice-smtp-user-file=/u'], 'notice-smtp-user-file and notice-smtp-password-file go together'],
    ['the own cluster adopted', ['--cluster-id=a', '--adopt-cluster=a'], 'names this cluster itself'],
    [
      'a Lease that one failed renewal ends',
      ['--lease-renew-interval=6001ms'],
      'at least twice lease-renew-interval: one renewal that fails',
    ],
    [
      'a Lease that ends before a claim is written',
      ['--lease-duration=4s', '--lease-renew-interval=1200ms'],
      'lease-renew-interval plus 2s: right before its renewal',
    ],
    ['pages below a path', ['--pages-url=https://a.example/b', '--pages-invitations'], 'pages-url must have no path'],
    ['a sign-in without client', [...signIn, '--pages-access-file=/a'], 'both pages-sign-in-issuer and'],
    ['a client without sign-in', ['--pages-sign-in-client-id=a'], 'both pages-sign-in-issuer and'],
    [
      'a sign-in by which nobody may do anything',
      [...signIn, '--pages-sign-in-client-id=a'],
      'needs pages-access-file',
    ],
    ['a sign-in that says not who it is', ['--pages-sign-in-scopes=email'], 'must hold openid'],
    ['one platform sent to two places', ['--platform-endpoint=x=https://a,x=https://b'], 'names a platform twice'],
  ])('are refused: %s', (_, argv, sentence) => {
    const problems = problemsOf([...VAULT, ...argv]);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(sentence);
  });

  it.each([
    ['http', 'http://vault.example.com:8200', ['--vault-allow-http'], 1],
    ['http on loopback without leave', 'http://127.0.0.1:8200', [], 1],
    ['http on loopback with leave', 'http://127.0.0.1:8200', ['--vault-allow-http'], 0],
    ['http on localhost with leave', 'http://localhost:8200', ['--vault-allow-http'], 0],
    ['http on IPv6 loopback with leave', 'http://[::1]:8200', ['--vault-allow-http'], 0],
    ['a name that only begins like loopback', 'http://127.0.0.1.example.com:8200', ['--vault-allow-http'], 1],
  ])('decide about Vault over %s', (_, address, argv, expected) => {
    expect(problemsOf(['--vault-address', address, ...argv])).toHaveLength(expected);
  });

  it('admit a Lease longer than a claim, with a warning that its end is waited for', () => {
    const { warnings } = loadConfig([...VAULT, '--lease-duration=90s'], {});
    expect(warnings).toEqual([expect.stringContaining('lease-duration should not exceed claim-life')]);
  });

  it('admit pages on which nobody can do anything, with a warning', () => {
    const { warnings } = loadConfig([...VAULT, '--pages-url=https://connect.example.com'], {});
    expect(warnings).toEqual([expect.stringContaining('nobody can do anything on the pages')]);
  });

  it('admit the short durations of tests, with a warning that a crash can leave a gap', () => {
    const { warnings } = loadConfig([...VAULT, ...SHORT], {});
    expect(warnings).toEqual([
      expect.stringContaining('claim-life plus http-timeout should not exceed propagation-floor'),
    ]);
  });
});

describe("the operator's own namespace", () => {
  it.each([
    ['what is set', ['--operator-namespace=mine'], 'of-the-pod', 'mine'],
    ['else that of the pod or of the context', [], 'of-the-pod', 'of-the-pod'],
  ])('is %s', (_, argv, ofContext, expected) => {
    expect(operatorNamespaceOf(loadConfig([...VAULT, ...argv], {}), ofContext)).toBe(expected);
  });

  it('is asked for where nothing tells it', () => {
    expect(() => operatorNamespaceOf(loadConfig(VAULT, {}), undefined)).toThrow('--operator-namespace');
  });
});

describe('the environment', () => {
  it('is searched for slips, and addresses of Services are let pass', () => {
    const { warnings } = loadConfig(VAULT, {
      SOCIALCHANNEL_WORKRES: '3',
      SOCIALCHANNEL_PORT_8080_TCP: 'tcp://10.0.0.1:8080',
    });
    expect(warnings).toEqual(['SOCIALCHANNEL_WORKRES is set, but is no setting. Did you mean SOCIALCHANNEL_WORKERS?']);
  });
});

describe('the table of settings', () => {
  const rows = Object.entries(settings);

  it('gives each setting a flag of its own', () => {
    expect(new Set(rows.map(([, { flag }]) => flag)).size).toBe(rows.length);
  });

  it.each(rows)('has a default and an example that are allowed: %s', (_, setting) => {
    expect(setting.kind.parse(setting.example)).toBeDefined();
    if (setting.default !== undefined) expect(setting.kind.parse(setting.default)).toBeDefined();
    expect(setting.help).toMatch(/^[A-Z].*\.$/);
  });
});

describe('the help', () => {
  it('names every flag and environment name in 100 columns', () => {
    const help = helpText();
    for (const setting of Object.values(settings)) {
      expect(help).toContain(`--${setting.flag}`);
      expect(help).toContain(environmentName(setting));
    }
    expect(Math.max(...help.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
  });

  it.each([
    [['--help'], 'help'],
    [['--wrong', '-h'], 'help'],
    [['--version'], 'version'],
    [['--check', '--workers=3'], 'check'],
    [['--check', '--help'], 'help'],
    [['--workers=3'], 'run'],
  ] as const)('is asked for by %j: %s', (argv, expected) => {
    expect(requestOf(argv)).toBe(expected);
  });
});
