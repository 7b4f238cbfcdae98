// Starts the worker (argv 2, addon argv 3), asks it to load a model (argv 4), says its pid and then lives on until someone kills it.
'use strict';
const { fork } = require('node:child_process');
const [workerPath, addonPath, modelPath] = process.argv.slice(2);
// The worker shares this process's standard output: the pipe at the other end closes when both are gone.
const worker = fork(workerPath, [addonPath], { execArgv: [], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
const send = (id, method, params) => worker.send({ jsonrpc: '2.0', id, method, params });
worker.on('message', (message) => {
  if (message.id === 1) {
    send(2, 'loadModel', { modelPath, threads: 1, contextLength: 0 });
  } else if (message.id === 2) {
    process.stdout.write(`loaded ${worker.pid}\n`);
  }
});
send(1, 'hello', { protocolVersion: 3 });
