import { afterEach, describe, expect, test } from 'vitest';
import { newId } from '#shared/id.ts';
import { ProblemError } from '#shared/problem.ts';
import { Tokens } from './tokens.ts';

const me = newId();
const lifetime = 600;

/** The server's half: one cookie jar for all tabs of a device, and a token at each refresh. */
class Server {
	refreshes = 0;
	atOnce = 0;
	most = 0;
	owner = me;
	problem: ProblemError | null = null;

	refresh = async () => {
		this.refreshes += 1;
		this.most = Math.max(this.most, ++this.atOnce);
		await new Promise((done) => setTimeout(done, 5));
		this.atOnce -= 1;
		if (this.problem) throw this.problem;
		return { accessToken: tokenOf(this.owner, this.refreshes), expiresAt: '' };
	};
}

function tokenOf(sub: string, n: number, life = lifetime) {
	const body = JSON.stringify({ sub, n, iat: 0, exp: life });
	return `head.${Buffer.from(body).toString('base64url')}.signature`;
}

const channels: BroadcastChannel[] = [];

function openTab(server: Server, { locks = true, user = me as string | null } = {}) {
	const channel = new BroadcastChannel('tokens-test');
	channels.push(channel);
	const endings: boolean[] = [];
	const tokens = new Tokens({
		refresh: server.refresh,
		locks: locks ? navigator.locks : undefined,
		channel,
		onended: (ended) => endings.push(ended)
	});
	tokens.speakFor(user);
	return { tokens, endings };
}

afterEach(() => {
	for (const channel of channels.splice(0)) channel.close();
});

describe('the access token', () => {
	test('many requests of one tab cause one refresh', async () => {
		const server = new Server();
		const { tokens } = openTab(server);
		const got = await Promise.all(Array.from({ length: 20 }, () => tokens.token()));
		expect(new Set(got).size).toBe(1);
		expect(server.refreshes).toBe(1);
	});

	test('tabs that refresh at once ask the server once and use the same token', async () => {
		const server = new Server();
		const tabs = Array.from({ length: 4 }, () => openTab(server).tokens);
		const got = await Promise.all(tabs.map((tab) => tab.token()));
		expect(new Set(got).size).toBe(1);
		expect(server.refreshes).toBe(1);
	});

	test('a hundred rounds of refused tokens in two tabs never overlap and end no session', async () => {
		const server = new Server();
		const [one, two] = [openTab(server), openTab(server)];
		for (let round = 0; round < 100; round++) {
			await Promise.all([one, two].map(async ({ tokens }) => tokens.renew(await tokens.token())));
		}
		expect(server.most).toBe(1);
		expect([...one.endings, ...two.endings]).toEqual([]);
	});

	test('without locks each tab may refresh, and both go on', async () => {
		const server = new Server();
		const tabs = [openTab(server, { locks: false }), openTab(server, { locks: false })];
		await Promise.all(tabs.map(({ tokens }) => tokens.token()));
		expect(server.refreshes).toBe(2);
		expect(tabs.flatMap(({ endings }) => endings)).toEqual([]);
	});

	test('a token that has run out is renewed before it is used', async () => {
		const server = new Server();
		const { tokens } = openTab(server);
		tokens.accept(tokenOf(me, 0, 10));
		expect(await tokens.token()).toBe(tokenOf(me, 1));
	});

	test('no network ends no session', async () => {
		const server = new Server();
		const { tokens, endings } = openTab(server);
		server.problem = new ProblemError('unavailable');
		await expect(tokens.token()).rejects.toThrow(expect.objectContaining({ code: 'unavailable' }));
		expect(endings).toEqual([]);
		server.problem = null;
		expect(await tokens.token()).toBe(tokenOf(me, 2));
	});

	test('an ended session is told once, and the server is not asked again', async () => {
		const server = new Server();
		const { tokens, endings } = openTab(server);
		server.problem = new ProblemError('session-reused');
		await expect(tokens.token()).rejects.toThrow(ProblemError);
		await expect(tokens.token()).rejects.toThrow(ProblemError);
		expect(server.refreshes).toBe(1);
		expect(endings).toEqual([true]);
	});

	test('signing in again in one tab lets the others go on', async () => {
		const server = new Server();
		const [one, two] = [openTab(server), openTab(server)];
		server.problem = new ProblemError('session-ended');
		await Promise.allSettled([one, two].map(({ tokens }) => tokens.token()));
		one.tokens.accept(tokenOf(me, 7));
		await expect.poll(() => two.endings).toEqual([true, false]);
		expect(await two.tokens.token()).toBe(tokenOf(me, 7));
	});

	test("another account's token is never used, from the cookie or from another tab", async () => {
		const server = new Server();
		server.owner = newId();
		const { tokens, endings } = openTab(server);
		await expect(tokens.token()).rejects.toThrow(
			expect.objectContaining({ code: 'session-ended' })
		);
		expect(endings).toEqual([true]);
		openTab(server, { user: server.owner }).tokens.accept(tokenOf(server.owner, 9));
		await new Promise((done) => setTimeout(done, 20));
		await expect(tokens.token()).rejects.toThrow(ProblemError);
	});

	test('nobody signed in: no token, and no question to the server', async () => {
		const server = new Server();
		const { tokens } = openTab(server, { user: null });
		expect(await tokens.token()).toBe(null);
		expect(server.refreshes).toBe(0);
	});
});
