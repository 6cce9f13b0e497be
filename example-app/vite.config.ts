import { defineConfig, type Plugin } from 'vite';

export default defineConfig({
  // The plugin is linked from the folder above, which has a copy of Capacitor of its own. There must be one only.
  resolve: { dedupe: ['@capacitor/core'] },
  plugins: [contentSecurityPolicy()],
});

/**
 * The page runs the scripts it was shipped with and no other, and shows no frame. Not while developing: hot reload needs inline styles and
 * a socket.
 */
function contentSecurityPolicy(): Plugin {
  const content = [
    "default-src 'self'",
    // Android's address of the app, and that of iOS. 'self' would be too much: some versions and settings of Capacitor serve what any
    // server sends from a path of the app's own origin.
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
