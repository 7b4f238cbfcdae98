// Stops with a clear message on a Node that is too old. Imported before anything that such a Node could not even load.

export function requireNode(majorWanted) {
  const major = Number(process.versions.node.split('.')[0]);
  if (major >= majorWanted) return;
  console.error(`Node.js ${majorWanted} or newer is needed; this is ${process.version}. Install a newer one and run the command again.`);
  process.exit(1);
}
