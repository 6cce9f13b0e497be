// Capacitor's CLI runs this after it has synced a platform (`capacitor:sync:after` in package.json). Nothing that goes wrong in here may
// stop or alarm a build; so everything else is loaded where even a failure to load it is caught.
import('./report.mjs').then(({ report }) => report(process.env, console.warn)).catch(() => undefined);
