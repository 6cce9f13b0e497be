import type { CapacitorConfig } from '@capacitor/cli';

const config: CapacitorConfig = {
  appId: 'dev.strongroom.example',
  appName: 'Strongroom',
  webDir: 'dist',
  // Capacitor's own log shows the options of every call, and with them the secrets. The default prints it in debug builds.
  loggingBehavior: 'none',
  plugins: {
    SecureStorage: {
      onKeyLoss: 'quarantine',
    },
  },
};

export default config;
