/**
 * `npm test`: `npm run check` and `npm run journeys`, after bringing what they need.
 * It goes on after a failure, so that one run tells all, and ends with `N passed, M failed`.
 * Plain JavaScript without packages, since it runs before anything is installed.
 */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from './build.js';
import { bringChromium } from './chromium.js';
import { install } from './install.js';
import { npm, Plain, root, tell } from './run.js';

/** @typedef {{ passed: number, failed: number, skipped: number }} Count */
/** @typedef {{ status: string, assertionResults: { status: string }[] }} TestFile */
/** @typedef {{ testResults: TestFile[], numPassedTests: number, numFailedTests: number, numPendingTests: number, numTodoTests: number }} UnitReport */
/** @typedef {{ stats: { expected: number, unexpected: number, flaky: number, skipped: number }, errors: unknown[] }} JourneyReport */

const artifacts = join(root, 'tests', '.artifacts');
const reports = { unit: join(artifacts, 'unit.json'), journeys: join(artifacts, 'journeys.json') };

await tell(async () => {
	/** @type {Count} */
	const total = { passed: 0, failed: 0, skipped: 0 };
	try {
		for await (const count of everyStep()) add(total, count);
	} catch (error) {
		if (!(error instanceof Plain)) console.error(error);
		else console.error(`\n${error.message}`);
		total.failed++;
	}
	if (total.skipped > 0) console.log(`\n${total.skipped} skipped: the lists above name them.`);
	console.log(`\n${total.passed} passed, ${total.failed} failed`);
	return total.failed === 0 && total.passed > 0 ? 0 : 1;
});

async function* everyStep() {
	if ((await install()) !== 'everything') {
		throw new Plain('The tests need the development packages: run `npm ci --include=dev`.');
	}
	const browser = await bringChromium();
	console.log(`Browser of the journeys: ${browser}`);
	await build();
	for (const step of stepsOfCheck()) yield step === 'unit' ? unit() : check(step);
	yield journeys({ TALAS_CHROMIUM: browser });
}

/** `npm run check` is one word for these steps; here each is run and counted by itself. */
function stepsOfCheck() {
	const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
	return [...scripts.check.matchAll(/npm run (\S+)/g)].map(([, step]) => step);
}

/** @param {string} step */
async function check(step) {
	const code = await script(step);
	return code === 0 ? { passed: 1, failed: 0, skipped: 0 } : { passed: 0, failed: 1, skipped: 0 };
}

async function unit() {
	rmSync(reports.unit, { force: true });
	const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${reports.unit}`];
	const code = await script('unit', ['--', ...reporters]);
	return countOf(code, reports.unit, countUnits);
}

/** @param {Record<string, string>} browser */
async function journeys(browser) {
	rmSync(reports.journeys, { force: true });
	const code = await script('journeys', [], browser);
	return countOf(code, reports.journeys, countJourneys);
}

/**
 * @param {string} name
 * @param {string[]} [args]
 * @param {Record<string, string>} [env]
 */
function script(name, args = [], env = {}) {
	console.log(`\n— npm run ${name}`);
	return npm(['run', '--silent', name, ...args], env);
}

/**
 * A run that went wrong without a failed test (nothing found, a crash, no report) is one failure.
 * @template Report
 * @param {number} code
 * @param {string} report
 * @param {(report: Report) => Count} countIn
 * @returns {Count}
 */
function countOf(code, report, countIn) {
	/** @type {Count} */
	let count = { passed: 0, failed: 0, skipped: 0 };
	try {
		count = countIn(JSON.parse(readFileSync(report, 'utf8')));
	} catch (error) {
		console.error(`There is no report of this run: ${error}`);
	}
	const silent = count.failed === 0 && (code !== 0 || count.passed === 0);
	return silent ? { ...count, failed: 1 } : count;
}

/**
 * A file that could not be loaded has no tests to fail, and counts as one itself.
 * @param {UnitReport} report of Vitest
 * @returns {Count}
 */
function countUnits(report) {
	const broken = report.testResults.filter(
		(file) =>
			file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed')
	);
	return {
		passed: report.numPassedTests,
		failed: report.numFailedTests + broken.length,
		skipped: report.numPendingTests + report.numTodoTests
	};
}

/**
 * One that passed only at a second try did not pass.
 * @param {JourneyReport} report of Playwright
 * @returns {Count}
 */
function countJourneys({ stats, errors }) {
	const failed = stats.unexpected + stats.flaky;
	return {
		passed: stats.expected,
		failed: failed || (errors.length > 0 ? 1 : 0),
		skipped: stats.skipped
	};
}

/**
 * @param {Count} total
 * @param {Count} count
 */
function add(total, count) {
	total.passed += count.passed;
	total.failed += count.failed;
	total.skipped += count.skipped;
}
