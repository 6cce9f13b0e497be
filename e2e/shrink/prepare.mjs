import { prepareInputs } from './shrinker.mjs';

export default function setup() {
  prepareInputs();
}
