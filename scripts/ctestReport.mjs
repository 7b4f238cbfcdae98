// Reads the JUnit report that CTest writes; it knows nothing about which tests there are.

/** CTest gives every <testcase> a status: run, fail, notrun or disabled. */
export function readCtestReport(xml) {
  const counts = { passed: 0, failed: 0, skipped: [] };
  for (const [, attributes, body] of xml.matchAll(/<testcase ([^>]*?)(?:\/>|>([\s\S]*?)<\/testcase>)/g)) {
    const name = /name="([^"]*)"/.exec(attributes)?.[1] ?? 'unnamed';
    const status = /status="([^"]*)"/.exec(attributes)?.[1];
    if (status === 'run') counts.passed += 1;
    else if (status === 'fail') counts.failed += 1;
    else counts.skipped.push({ name, reason: skipReason(status, body ?? '') });
  }
  return counts;
}

/** GTEST_SKIP prints "file:line: Skipped" and then the reason. */
function skipReason(status, body) {
  if (status === 'disabled') return 'disabled in its file';
  return /: Skipped\n([^\n<]+)/.exec(body)?.[1].trim() ?? /<skipped message="([^"]+)"/.exec(body)?.[1] ?? 'no reason given';
}
