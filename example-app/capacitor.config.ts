import type { CapacitorConfig } from '@capacitor/cli';

const config: CapacitorConfig = {
  appId: 'dev.strongroom.example',
  appName: 'Strongroom',
  webDir: 'dist',
  // Capacitor's own log shows calls, secrets included. By default, debug builds print it.
  loggingBehavior: 'none',
  // Without it, a script in the page could write files and make Capacitor load the app from them at every later start.
  cordova: { preferences: { DisableDeploy: 'true' } },
  plugins: {
    SecureStorage: {
      onKeyLoss: 'quarantine',
    },
  },
};

export default config;
