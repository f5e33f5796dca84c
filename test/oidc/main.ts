import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { startOidc } from './start.ts';

const { values } = parseArgs({
  options: {
    cert: { type: 'string' },
    key: { type: 'string' },
    port: { type: 'string', default: '0' },
    'control-port': { type: 'string', default: '0' },
  },
});

if (values.cert === undefined || values.key === undefined) {
  console.error('usage: node test/oidc/main.ts --cert FILE --key FILE [--port N] [--control-port N]');
  process.exit(2);
}

const server = await startOidc({
  cert: readFileSync(values.cert, 'utf8'),
  key: readFileSync(values.key, 'utf8'),
  port: Number(values.port),
  controlPort: Number(values['control-port']),
});

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => void server.close().then(() => process.exit(0)));
}
console.log(JSON.stringify({ url: server.url, controlUrl: server.controlUrl }));
