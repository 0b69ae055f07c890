/** A whole Talas in this process, asked by `app.request`: real routes, real database, real log. */
import { createApp } from '#server/app.ts';
import { readEnv, type Env } from '#server/env.ts';
import { openTalas, type OpenTalas } from '#server/open.ts';
import type { SignedIn } from '#shared/accounts.ts';
import { borrow, type Kind } from './database.ts';
import { temporaryFolder } from './temporary.ts';
import type { Letter } from './server.ts';

export const password = 'correct horse battery';

export type TestTalas = {
	talas: OpenTalas;
	app: ReturnType<typeof createApp>;
	/** Letters that were printed in the log, oldest first. */
	letters: Letter[];
	/** A browser with its own cookies. */
	browser: () => Browser;
	close: () => Promise<void>;
};

export async function openTestTalas(kind: Kind, changes: Partial<Env> = {}): Promise<TestTalas> {
	const { place, giveBack } = await borrow(kind);
	const folder = await temporaryFolder();
	const letters: Letter[] = [];
	const place_ = kind === 'postgres' ? { databaseUrl: place } : { dataDir: place };
	const env = {
		...readEnv({ DATA_DIR: folder.path, RATE_LIMIT: '100000' }),
		...place_,
		...changes
	};
	const talas = await openTalas(env, {
		write: (line) => {
			const { letter } = JSON.parse(line) as { letter?: Letter };
			if (letter) letters.push(letter);
		}
	});
	const app = createApp(talas);
	return {
		talas,
		app,
		letters,
		browser: () => new Browser(app),
		close: async () => {
			await talas.close();
			await giveBack();
			await folder.close();
		}
	};
}

type Answer = { status: number; headers: Headers; body: unknown };

/** Keeps cookies and the access token as a browser and the app would. */
export class Browser {
	readonly cookies = new Map<string, string>();
	accessToken: string | undefined;
	#app: TestTalas['app'];

	constructor(app: TestTalas['app']) {
		this.#app = app;
	}

	get refreshToken(): string {
		return this.cookies.get('talas') ?? '';
	}

	async ask(method: string, path: string, json?: unknown, headers: Record<string, string> = {}) {
		const answer = await this.raw(method, path, {
			...(json !== undefined && {
				body: typeof json === 'string' ? json : JSON.stringify(json),
				headers: { 'content-type': 'application/json', ...headers }
			}),
			...(json === undefined && { headers })
		});
		const text = await answer.text();
		const body: unknown = text === '' ? undefined : JSON.parse(text);
		return { status: answer.status, headers: answer.headers, body } satisfies Answer;
	}

	/** Like `ask`, but answers the `Response` itself. */
	async raw(method: string, path: string, init: RequestInit = {}): Promise<Response> {
		const headers = new Headers(init.headers);
		if (this.accessToken && !headers.has('authorization')) {
			headers.set('authorization', `Bearer ${this.accessToken}`);
		}
		const cookies = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
		if (cookies) headers.set('cookie', cookies);
		const answer = await this.#app.request(path, { method, ...init, headers });
		for (const cookie of answer.headers.getSetCookie()) this.#keep(cookie);
		return answer;
	}

	/** Opens an account and stays signed in. */
	async register(handle: string, more: Record<string, unknown> = {}): Promise<SignedIn> {
		const account = { email: `${handle}@example.org`, handle, displayName: handle, password };
		return this.#signedIn(await this.ask('POST', '/api/auth/register', { ...account, ...more }));
	}

	async signIn(login: string, given = password): Promise<SignedIn> {
		return this.#signedIn(await this.ask('POST', '/api/auth/login', { login, password: given }));
	}

	async refresh(): Promise<Answer> {
		const answer = await this.ask('POST', '/api/auth/refresh');
		if (answer.status === 200) {
			this.accessToken = (answer.body as { accessToken: string }).accessToken;
		}
		return answer;
	}

	#signedIn({ status, body }: Answer) {
		if (status !== 200 && status !== 201) throw new Error(JSON.stringify(body));
		const signedIn = body as SignedIn;
		this.accessToken = signedIn.accessToken;
		return signedIn;
	}

	#keep(cookie: string) {
		const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
		if (/max-age=0/i.test(cookie)) this.cookies.delete(name);
		else this.cookies.set(name, value);
	}
}

/** The secret behind the `#` of the link in a letter. */
export function secretIn(letter: Letter | undefined): string {
	const secret = /\/(?:verify|reset)#(\S+)/.exec(letter?.text ?? '')?.[1];
	if (!secret) throw new Error('There is no link in this letter.');
	return secret;
}
