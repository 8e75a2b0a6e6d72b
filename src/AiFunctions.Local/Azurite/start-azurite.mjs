// Runs Azurite's table service for as long as standard input stays open.
//
//   node start-azurite.mjs <npm directory> <host> <port> <data directory>
//
// Standard input:  "save" writes everything to disk and answers "saved"; the end of the input stops the service.
// Standard output: "ready" once table requests are answered.
// Exit code:       0 stopped, 98 the port is taken, 1 anything else (the last line of standard error says what).
//
// Azurite's own entry (azurite/dist/src/table/main.js) is not used as it is, for three reasons: it opens its data before it has the port,
// so a second one would write over the data of the first; on a stop it saves while requests are still being served; and it stops on
// SIGINT, which Ctrl-C sends to the whole process group while the front door still has things to store.
import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';

const PORT_TAKEN = 98;
const DRAIN_MILLISECONDS = 400;
const KEEP_ALIVE_SECONDS = 60;

const [npmDirectory, host, port, dataDirectory] = process.argv.slice(2);

// The parent ends this process by closing its input. A signal meant for the whole group must not end it before the parent is done.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {});
}

process.on('uncaughtException', fail);
process.on('unhandledRejection', fail);

const require = createRequire(join(resolve(npmDirectory), 'package.json'));
const { AzuriteTelemetryClient } = require('azurite/dist/src/common/Telemetry.js');
const { configLogger } = require('azurite/dist/src/common/Logger.js');
const { default: TableConfiguration } = require('azurite/dist/src/table/TableConfiguration.js');
const { default: TableServer } = require('azurite/dist/src/table/TableServer.js');
const { DEFAULT_TABLE_LOKI_DB_PATH } = require('azurite/dist/src/table/utils/constants.js');

mkdirSync(dataDirectory, { recursive: true });
configLogger(false);
AzuriteTelemetryClient.init(dataDirectory, false);

const server = new TableServer(new TableConfiguration(
  host,
  Number(port),
  KEEP_ALIVE_SECONDS,
  join(dataDirectory, DEFAULT_TABLE_LOKI_DB_PATH),
  false, // debug log
  false, // access log: it would print request URLs
  undefined,
  undefined,
  false, // loose
  true)); // skip the API version check: SDKs newer than this Azurite ask for newer versions

// The port is the lock on the data: take it first, load the data then, and let requests that come in between wait.
const loadData = server.beforeStart.bind(server);
let dataLoaded;
const loaded = new Promise(done => { dataLoaded = done; });
server.beforeStart = async () => {};
server.afterStart = async () => {
  await loadData();
  dataLoaded();
};

const http = server.httpServer;
const [handle] = http.listeners('request').slice(-1);
const active = new Set();
let stopping = false;
http.removeAllListeners('request');
http.on('request', (request, response) => {
  if (stopping) {
    response.writeHead(503, { connection: 'close' }).end();
    return;
  }
  active.add(response);
  response.once('close', () => active.delete(response));
  loaded.then(() => handle(request, response));
});

let started;
let input = '';
process.stdin.setEncoding('utf8');
process.stdin.on('data', text => {
  input += text;
  const lines = input.split('\n');
  input = lines.pop();
  for (const line of lines) {
    if (line.trim() === 'save') {
      save().then(() => process.stdout.write('saved\n'));
    }
  }
});
process.stdin.once('error', stop);
process.stdin.once('close', stop);
process.stdin.once('end', stop);
process.stdout.on('error', () => {}); // Nobody reads any more; the end of the input follows.

try {
  started = server.start();
  await started;
  process.stdout.write('ready\n');
} catch (error) {
  fail(error);
}

async function stop() {
  if (stopping) {
    return;
  }
  stopping = true;
  await started;

  const deadline = Date.now() + DRAIN_MILLISECONDS;
  while (active.size > 0 && Date.now() < deadline) {
    await new Promise(done => setTimeout(done, 5));
  }

  // The port is given up last, by the exit: whoever can take it finds all the data on disk.
  await save();
  process.exit(0);
}

// Loki saves one at a time; a save asked for while one is being written follows it, with what has changed since.
async function save() {
  await started;
  await new Promise((done, failed) => server.metadataStore.db.saveDatabase(error => error ? failed(error) : done()));
}

function fail(error) {
  if (error?.code === 'EADDRINUSE') {
    process.exit(PORT_TAKEN);
  }
  process.stderr.write(`${String(error?.message ?? error).split('\n')[0]}\n`, () => process.exit(1));
}
