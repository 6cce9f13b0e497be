import type { CapacitorConfig } from '@capacitor/cli';

const config: CapacitorConfig = {
  appId: 'dev.strongroom.example',
  appName: 'Strongroom',
  webDir: 'dist',
  // Capacitor's own log shows the options of every call, and with them the secrets. The default prints it in debug builds.
  loggingBehavior: 'none',
  // Without it a script in the page could make Capacitor load the app from files it has written, at every later start.
  cordova: { preferences: { DisableDeploy: 'true' } },
  plugins: {
    SecureStorage: {
      onKeyLoss: 'quarantine',
    },
  },
};

export default config;
