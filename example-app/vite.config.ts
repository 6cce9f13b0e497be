import { defineConfig, type Plugin } from 'vite';

export default defineConfig({
  // The plugin is linked from the folder above, which has its own copy of Capacitor. The bundle must contain only one.
  resolve: { dedupe: ['@capacitor/core'] },
  plugins: [contentSecurityPolicy()],
});

/**
 * Adds a policy to builds: the page runs only the scripts that it was shipped with, and shows no frame. Not in development: hot reload needs
 * inline styles and a socket.
 */
function contentSecurityPolicy(): Plugin {
  const content = [
    "default-src 'self'",
    // The app's scripts on Android and on iOS. 'self' would allow too much: some versions and settings of Capacitor serve content of any
    // server under the app's own origin.
    'script-src https://localhost/assets/ capacitor://localhost/assets/',
    "frame-src 'none'",
    "img-src 'self' data:",
    "base-uri 'none'",
    "form-action 'none'",
    "object-src 'none'",
  ].join('; ');
  return {
    name: 'content-security-policy',
    apply: 'build',
    transformIndexHtml: () => [
      { tag: 'meta', attrs: { 'http-equiv': 'Content-Security-Policy', content }, injectTo: 'head-prepend' },
    ],
  };
}
