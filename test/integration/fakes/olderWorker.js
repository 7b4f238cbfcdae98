// A worker from before: it answers every hello with a protocol version of its own.
'use strict';
process.on('message', (message) => {
  process.send({
    jsonrpc: '2.0',
    id: message.id,
    result: { protocolVersion: 0, workerVersion: '0.0.1', pid: process.pid, nodeVersion: process.version },
  });
});
process.on('disconnect', () => process.exit(0));
