// Capacitor's CLI runs this after it has synced a platform (`capacitor:sync:after` in package.json). A failure in here must not stop a build,
// so everything else is imported where even a failed import is caught.
import('./report.mjs').then(({ report }) => report(process.env, console.warn)).catch(() => undefined);
