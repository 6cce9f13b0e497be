import { existsSync, readFileSync } from 'node:fs';

import { parseDocument, visit, isScalar } from 'yaml';

import { tracked } from '../../scripts/package/tracked.mjs';
import { fromRoot } from '../../scripts/paths.mjs';

/**
 * @typedef {Record<string, unknown> & { uses?: string, run?: string, with?: Record<string, unknown> }} Step
 * @typedef {object} Job
 * @property {string} [uses] another workflow
 * @property {string} [runs-on]
 * @property {string | string[]} [needs]
 * @property {string} [environment]
 * @property {number} [timeout-minutes]
 * @property {Record<string, string>} [permissions]
 * @property {{ matrix: Record<string, unknown[]> }} [strategy]
 * @property {Step[]} [steps]
 *
 * @typedef {object} Workflow
 * @property {string} file
 * @property {string} text
 * @property {Record<string, unknown>} on
 * @property {unknown} permissions
 * @property {unknown} concurrency
 * @property {Record<string, Job>} jobs
 * @property {{ uses: string, comment: string }[]} actions what `uses:` names, with the comment behind it
 */

const FOLDER = '.github/workflows';

/** Every workflow of the repository. */
export function workflows() {
  return tracked(FOLDER).map((file) => readWorkflow(file));
}

/**
 * @param {string} file
 * @param {string} [text]
 * @returns {Workflow}
 */
export function readWorkflow(file, text = readFileSync(fromRoot(file), 'utf8')) {
  const document = parseDocument(text);
  if (document.errors.length > 0) throw new Error(`${file}: ${document.errors[0]?.message}`);
  /** @type {Workflow['actions']} */
  const actions = [];
  visit(document, {
    Pair(_, { key, value }) {
      if (isScalar(key) && key.value === 'uses' && isScalar(value))
        actions.push({ uses: String(value.value), comment: value.comment?.trim() ?? '' });
    },
  });
  return { file, text, actions, ...document.toJS() };
}

/** The defects of one workflow. @param {Workflow} workflow @returns {string[]} */
export function workflowProblems(workflow) {
  return [
    ...actionProblems(workflow),
    ...rightProblems(workflow),
    ...boundProblems(workflow),
    ...machineProblems(workflow),
    ...commandProblems(workflow),
    ...artifactProblems(workflow),
  ].map((problem) => `${workflow.file}: ${problem}`);
}

/** The defects of the workflow that publishes. @param {Workflow} workflow @returns {string[]} */
export function publishingProblems(workflow) {
  const publishing = Object.entries(workflow.jobs).filter(([, job]) => scripts(job).includes('npm publish'));
  const [name, job] = publishing[0] ?? [];
  if (publishing.length !== 1 || !name || !job) return [`${publishing.length} jobs publish`];
  const before = upstream(workflow, name).flatMap((name) => scripts(workflow.jobs[name]).split('\n'));
  const publish = scripts(job)
    .split('\n')
    .find((line) => line.includes('npm publish'));
  /** @type {[boolean | undefined, string][]} */
  const wanted = [
    [publish?.includes('--provenance'), 'it publishes without provenance'],
    [publish?.includes('--access public'), 'it does not say that the package is public'],
    [/--tag "\$tag"/.test(publish ?? ''), 'a release candidate would become the latest version'],
    [job.permissions?.['id-token'] === 'write', 'the job that publishes has no identity'],
    [job.environment === 'npm', 'the job that publishes is not in the environment that npm trusts'],
    [
      before.some((line) => /^node scripts\/package\/publishable\.mjs \S*jniLibs/.test(line)),
      'the libraries are not checked before',
    ],
    [before.includes('./dev pack --release --test'), 'the package is not made for a release and tested'],
    [
      before.some((line) => line.startsWith('node scripts/package/release.mjs check ')),
      'the tag is not checked before',
    ],
    ...['test', 'android', 'ios'].map(
      (called) =>
        /** @type {[boolean, string]} */ ([
          upstream(workflow, name).some((name) => workflow.jobs[name]?.uses === `./${FOLDER}/${called}.yml`),
          `it does not wait for ${called}.yml`,
        ]),
    ),
  ];
  return wanted.filter(([holds]) => !holds).map(([, problem]) => problem);
}

/** The commands of a job. @param {Job} [job] */
export function scripts(job) {
  return (job?.steps ?? []).map((step) => `${step.run ?? ''}\n${String(step.with?.script ?? '')}`).join('\n');
}

/** @param {Workflow} workflow */
function actionProblems({ actions }) {
  return actions.flatMap(({ uses, comment }) => {
    if (uses.startsWith('./')) return existsSync(fromRoot(uses)) ? [] : [`there is no ${uses}`];
    if (!/^[\w-]+\/[\w./-]+@[0-9a-f]{40}$/.test(uses)) return [`${uses} is not pinned to a commit`];
    return /^v\d+\.\d+\.\d+$/.test(comment) ? [] : [`${uses} does not say its version`];
  });
}

/** @param {Workflow} workflow */
function rightProblems({ text, on, permissions, jobs }) {
  const problems = [];
  if (JSON.stringify(permissions) !== '{"contents":"read"}') problems.push('it may do more than read');
  for (const trigger of ['pull_request_target', 'workflow_run', 'issue_comment'])
    if (trigger in on) problems.push(`${trigger} would run code of strangers with the rights of the repository`);
  if (/\bsecrets\b|NODE_AUTH_TOKEN|NPM_TOKEN/.test(text)) problems.push('it uses a secret');
  for (const [name, job] of Object.entries(jobs)) {
    const rights = Object.entries(job.permissions ?? {}).filter(([, right]) => right !== 'read');
    if (rights.some(([right]) => right === 'id-token') && !scripts(job).includes('npm publish'))
      problems.push(`${name} does not publish, but has the identity of the repository`);
    const code = scripts(job).match(/\.\/dev|\.ci\/run|node |npm (run|ci|test)/);
    if (rights.length > 0 && (code || steps(job, 'actions/checkout').length > 0))
      problems.push(`${name} may write, and runs code of the repository`);
    for (const step of job.steps ?? [])
      if (step.run?.includes('${{')) problems.push(`${name} puts an expression into a script`);
    for (const step of steps(job, 'actions/checkout'))
      if (step.with?.['persist-credentials'] !== false) problems.push(`${name} keeps the credentials of the checkout`);
    for (const step of steps(job, 'actions/setup-node'))
      if (step.with?.['package-manager-cache'] !== false) problems.push(`${name} trusts the cache of another run`);
  }
  return problems;
}

/** @param {Workflow} workflow */
function boundProblems({ concurrency, jobs }) {
  const problems = concurrency ? [] : ['it may run twice at once'];
  for (const [name, job] of Object.entries(jobs))
    if (!job.uses && !job['timeout-minutes']) problems.push(`${name} may run for hours`);
  return problems;
}

/**
 * A name without a version stands for another machine some day, with another Java for Maven.
 *
 * @param {Workflow} workflow
 */
function machineProblems({ jobs }) {
  return Object.entries(jobs)
    .filter(([, job]) => !job.uses && !/^(ubuntu-\d+\.\d+|macos-\d+)$/.test(String(job['runs-on'])))
    .map(([name, job]) => `${name} runs on ${job['runs-on']}, which has no version`);
}

/** @param {Workflow} workflow */
function commandProblems({ jobs }) {
  const commands = [...readFileSync(fromRoot('dev'), 'utf8').matchAll(/^ {2}([a-z]+)\) /gm)].map(([, name]) => name);
  const text = Object.values(jobs).map(scripts).join('\n');
  /** @param {RegExp} pattern @param {(name: string, folder: string) => boolean} exists */
  const missing = (pattern, exists) =>
    [...text.matchAll(pattern)]
      .filter(([, name = '', folder = '.']) => !exists(name, folder))
      .map(([command]) => `there is no ${command}`);
  return [
    ...missing(/\.\/dev ([a-z]+)/g, (name) => commands.includes(name)),
    ...missing(/npm run ([\w:-]+)(?: --prefix (\S+))?/g, (name, folder) => name in npmScripts(folder)),
    ...missing(/vitest run --project \w+ (\S+)/g, (path) => existsSync(fromRoot(path))),
    ...missing(/node (\S+\.mjs)/g, (path) => existsSync(fromRoot(path))),
  ];
}

/** @param {string} folder @returns {Record<string, string>} */
function npmScripts(folder) {
  return JSON.parse(readFileSync(fromRoot(`${folder}/package.json`), 'utf8')).scripts;
}

/**
 * An artifact that is downloaded must come from a job that ran before, and must not change the checkout.
 *
 * @param {Workflow} workflow
 */
function artifactProblems(workflow) {
  return Object.entries(workflow.jobs).flatMap(([name, job]) => {
    const uploaded = upstream(workflow, name).flatMap((name) => uploads(workflow.jobs[name]));
    const checkedOut = steps(job, 'actions/checkout').length > 0;
    return steps(job, 'actions/download-artifact').flatMap(({ with: options }) => {
      const problems = [];
      const [artifact, path] = [String(options?.name), String(options?.path)];
      if (!uploaded.includes(artifact)) problems.push(`${name} needs ${artifact}, which no job before it has uploaded`);
      if (checkedOut && tracked(path).length > 0)
        problems.push(`${name} puts ${artifact} over files of the repository, in ${path}`);
      return problems;
    });
  });
}

/** @param {Job} [job] @returns {string[]} */
function uploads(job) {
  if (job?.uses) {
    const called = job.uses.replace('./', '');
    return existsSync(fromRoot(called)) ? Object.values(readWorkflow(called).jobs).flatMap(uploads) : [];
  }
  return steps(job, 'actions/upload-artifact').map((step) => String(step.with?.name));
}

/** The jobs that ran before this one. @param {Workflow} workflow @param {string} name @returns {string[]} */
function upstream(workflow, name) {
  const direct = [workflow.jobs[name]?.needs ?? []].flat();
  return [...new Set(direct.flatMap((name) => [name, ...upstream(workflow, name)]))];
}

/** @param {Job | undefined} job @param {string} action */
function steps(job, action) {
  return (job?.steps ?? []).filter((step) => step.uses?.startsWith(`${action}@`));
}
