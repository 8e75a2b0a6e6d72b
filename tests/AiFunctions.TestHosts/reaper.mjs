// Ends what a test run leaves behind when it is killed itself: its standard input closes then, however it died.
//   "process <pid>" / "ended <pid>": a child that runs / has ended;  "directory <path>": to be deleted at the end
import { rmSync } from 'node:fs';
import { createInterface } from 'node:readline';

const processes = new Set();
const directories = new Set();

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {});
}

createInterface({ input: process.stdin })
  .on('line', line => {
    const [verb, ...rest] = line.split(' ');
    const value = rest.join(' ');
    if (verb === 'process') {
      processes.add(Number(value));
    } else if (verb === 'ended') {
      processes.delete(Number(value));
    } else if (verb === 'directory') {
      directories.add(value);
    }
  })
  .on('close', () => {
    for (const id of processes) {
      try {
        process.kill(id, 'SIGKILL');
      } catch {
        // Gone already.
      }
    }

    // A killed process may still hold a file for a moment.
    for (const path of directories) {
      rmSync(path, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
    }
  });
