/** A real nginx on a folder of files: what media is compared with. Debian's package, where we may. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort, pause, temporaryFolder } from './temporary.ts';

export type RunningNginx = { url: string; pid: number; close: () => Promise<void> };

/** Serves `folder`; every file is said to be of `type`. */
export async function startNginx(folder: string, type: string, through: string[] = []) {
	const home = await temporaryFolder();
	const port = await freePort('127.0.0.1');
	const config = join(home.path, 'nginx.conf');
	await writeFile(config, configuration(home.path, port, folder, type));
	const [command = '', ...args] = [...through, bringNginx(), '-c', config, '-p', home.path];
	const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'] });
	let said = '';
	child.stderr.on('data', (piece) => (said += piece));
	const url = `http://127.0.0.1:${port}`;
	for (let wait = 0; !(await answers(url)); wait++) {
		if (wait > 200 || child.exitCode !== null) throw new Error(`nginx did not start: ${said}`);
		await pause(20);
	}
	const close = async () => {
		const ended = once(child, 'exit');
		child.kill('SIGQUIT');
		await ended;
		await home.close();
	};
	return { url, pid: child.pid ?? 0, close } satisfies RunningNginx;
}

function configuration(home: string, port: number, folder: string, type: string) {
	const kept = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
	return `
		daemon off; master_process off; worker_processes 1; pid ${home}/pid; error_log stderr warn;
		events { worker_connections 1024; }
		http {
			access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000;
			types { } default_type ${type};
			${kept.map((name) => `${name}_temp_path ${home}/${name};`).join(' ')}
			server { listen 127.0.0.1:${port}; root ${folder}; }
		}`;
}

/** The program; throws with what to do where there is none and none can be had. */
function bringNginx(): string {
	const found = () =>
		['/usr/sbin/nginx', '/usr/bin/nginx', '/opt/homebrew/bin/nginx'].find(existsSync);
	if (!found() && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
		const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
		for (const step of [['update'], ['install', '-y', '--no-install-recommends', 'nginx-light']]) {
			spawnSync('apt-get', ['-q', ...step], { env, stdio: 'ignore' });
		}
	}
	const program = found();
	if (program) return program;
	throw new Error(
		'Media is compared with nginx, and there is none here. `sudo apt-get install nginx-light` or `brew install nginx` helps.'
	);
}

function answers(url: string) {
	return fetch(url).then(
		() => true,
		() => false
	);
}
