import { BlockList, isIP } from 'node:net';

/** @type {import('../report.mjs').Check} */
export const server = {
  name: 'server',
  platforms: ['android', 'ios'],
  look(app) {
    const url = app.setting('server', 'url');
    if (typeof url !== 'string') return [];
    const { protocol, hostname } = new URL(url);
    if (protocol !== 'http:' || isNear(hostname.replace(/^\[|\]$/g, ''))) return [];
    return [
      {
        what: 'server.url loads the page from the internet without encryption.',
        why: 'Anyone on the network path can insert a script into the page, and that script can read every secret. Use https for development, and no server.url in a release.',
      },
    ];
  },
};

/** True if a host is the developer's own machine or in a private network. @param {string} host */
function isNear(host) {
  const version = isIP(host);
  if (version !== 0) return NEAR.check(host, version === 6 ? 'ipv6' : 'ipv4');
  return !host.includes('.') || /\.(localhost|local|lan|internal|test|home\.arpa)$/.test(host);
}

const NEAR = new BlockList();
NEAR.addSubnet('10.0.0.0', 8);
NEAR.addSubnet('100.64.0.0', 10);
NEAR.addSubnet('127.0.0.0', 8);
NEAR.addSubnet('169.254.0.0', 16);
NEAR.addSubnet('172.16.0.0', 12);
NEAR.addSubnet('192.168.0.0', 16);
NEAR.addAddress('::1', 'ipv6');
NEAR.addSubnet('fc00::', 7, 'ipv6');
NEAR.addSubnet('fe80::', 10, 'ipv6');
