import { startPostgres } from '../support/postgres.ts';
import { startServer } from '../support/server.ts';
import { median, type Figure } from './figure.ts';
import { load, onCore, processorTime, type Load } from './load.ts';
import { startProgram } from './peers/program.ts';
import { noLimit, registerOn } from './person.ts';

const connections = 10;

export const figure: Figure = {
	id: 'http.read',
	words: 'Reading one’s own account by primary key on Postgres, through the whole stack.',
	unit: 'requests/s',
	peer: 'bare Hono, same prepared query',
	goal: { atLeast: 0.9 },
	rounds: 7,
	open: async () => {
		const postgres = await startPostgres();
		const databaseUrl = await postgres.create();
		const server = await startServer({
			databaseUrl,
			through: onCore(0),
			env: { ...noLimit, DATABASE_CONNECTIONS: String(connections) }
		});
		const { id, headers } = await registerOn(server);
		const bare = await startProgram('account.ts', databaseUrl, String(connections), id);
		const costs = { ours: [] as number[], bare: [] as number[] };
		return {
			ours: () => speed({ url: `${server.url}/api/me`, headers }, server.pid, costs.ours),
			peer: () => speed({ url: `${bare.url}/` }, bare.pid, costs.bare),
			also: async () => [
				{
					words: 'processor time of a request, ours ÷ bare',
					value: median(costs.ours) / median(costs.bare),
					unit: '',
					goal: { atMost: 1.2 }
				}
			],
			close: async () => {
				await bare.close();
				await server.close();
				await postgres.close();
			}
		};
	}
};

async function speed(order: Pick<Load, 'url' | 'headers'>, pid: number, costs: number[]) {
	const before = processorTime(pid);
	const { perSecond, answers, errors } = await load({ ...order, connections: 64, seconds: 3 });
	if (errors > 0) throw new Error(`${errors} of ${answers} answers were no success.`);
	costs.push((processorTime(pid) - before) / answers);
	return perSecond;
}
