import { defineConfig, type Plugin } from 'vite';

export default defineConfig({
  // The plugin is linked from the folder above, which has a copy of Capacitor of its own. There must be one only.
  resolve: { dedupe: ['@capacitor/core'] },
  plugins: [contentSecurityPolicy()],
});

/** The app runs what it was shipped with and nothing else. Not while developing: hot reload needs inline styles and a socket. */
function contentSecurityPolicy(): Plugin {
  const content = "default-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; object-src 'none'";
  return {
    name: 'content-security-policy',
    apply: 'build',
    transformIndexHtml: () => [
      { tag: 'meta', attrs: { 'http-equiv': 'Content-Security-Policy', content }, injectTo: 'head-prepend' },
    ],
  };
}
