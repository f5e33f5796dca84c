import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { startSimulator } from './simulator.ts';

const { values } = parseArgs({
  options: {
    cert: { type: 'string' },
    key: { type: 'string' },
    host: { type: 'string', default: '127.0.0.1' },
    port: { type: 'string', default: '0' },
    'control-port': { type: 'string', default: '0' },
  },
});

if (values.cert === undefined || values.key === undefined) {
  console.error('usage: node test/simulator/main.ts --cert FILE --key FILE [--host A] [--port N] [--control-port N]');
  process.exit(2);
}

const simulator = await startSimulator({
  cert: readFileSync(values.cert, 'utf8'),
  key: readFileSync(values.key, 'utf8'),
  host: values.host,
  port: Number(values.port),
  controlPort: Number(values['control-port']),
});

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => void simulator.close().then(() => process.exit(0)));
}
console.log(JSON.stringify({ url: simulator.url, controlUrl: simulator.controlUrl }));
