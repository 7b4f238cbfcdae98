// A process that measures the read bandwidth of main memory, a plain sum over 1 GiB, and ends; started by engineProcess.mjs.
import { createRequire } from 'node:module';

const { addon, threads } = JSON.parse(process.argv[2]);
const bytesPerSecond = createRequire(import.meta.url)(addon).measureReadBandwidth(threads);
process.send({ bytesPerSecond }, () => process.exit(0));
