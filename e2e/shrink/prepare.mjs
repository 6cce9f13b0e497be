import { prepareInputs } from './shrinker.mjs';

/** Runs once, before the tests. */
export default function setup() {
  prepareInputs();
}
