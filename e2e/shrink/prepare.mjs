import { prepareInputs } from '../lib/shrinker.mjs';

/** Runs once, before the tests. */
export default function setup() {
  prepareInputs();
}
