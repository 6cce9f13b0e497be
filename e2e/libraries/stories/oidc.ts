import { asAsyncStorage } from 'capacitor-strongroom';
import { type INavigator, UserManager, WebStorageStateStore } from 'oidc-client-ts';

import { SERVER, type Story } from './story';

/** In an app, this opens the system's browser, and a link brings the address back. */
const systemBrowser = {
  leadsBack: '',
  prepare: () =>
    Promise.resolve({
      navigate: async ({ url }: { url: string }) => {
        ({ url: systemBrowser.leadsBack } = (await (await fetch(url)).json()) as { url: string });
        return { url: '' };
      },
      close: () => undefined,
    }),
  callback: () => Promise.resolve(),
} satisfies INavigator & { leadsBack: string };

let manager: UserManager;

export const oidc: Story = {
  store: 'oidc',

  open() {
    const store = asAsyncStorage({ store: 'oidc' });
    const settings = {
      authority: SERVER,
      client_id: 'app',
      redirect_uri: 'https://localhost/callback',
      // The session, and the state of the login while the user is in the browser: Android may end the app meanwhile.
      userStore: new WebStorageStateStore({ store }),
      stateStore: new WebStorageStateStore({ store }),
      metadata: {
        issuer: SERVER,
        authorization_endpoint: `${SERVER}/authorize`,
        token_endpoint: `${SERVER}/token`,
        revocation_endpoint: `${SERVER}/revoke`,
      },
    };
    manager = new UserManager(settings, systemBrowser);
    return user();
  },

  async leave() {
    await manager.signinRedirect();
    return systemBrowser.leadsBack;
  },

  async logIn(address) {
    return (await manager.signinRedirectCallback(address)).profile.sub;
  },

  async renew() {
    await manager.signinSilent();
  },

  async logOut() {
    await manager.revokeTokens(['refresh_token']);
    await manager.removeUser();
  },

  askAgain: user,
};

async function user() {
  return (await manager.getUser())?.profile.sub ?? null;
}
