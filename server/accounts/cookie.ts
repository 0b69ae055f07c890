/**
 * The refresh token's cookie: no script can read it, no other site can make a browser send it, and
 * over HTTPS its `__Host-` name keeps sibling domains from planting one.
 */
import type { Context } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import type { Http } from '#server/http/session.ts';

const maxAge = 90 * 86_400;

export function putCookie<E extends Http>(c: Context<E>, refreshToken: string): void {
	setCookie(c, nameOf(c), refreshToken, { ...attributesOf(c), maxAge });
}

export function readCookie<E extends Http>(c: Context<E>): string | undefined {
	return getCookie(c, nameOf(c));
}

export function dropCookie<E extends Http>(c: Context<E>): void {
	deleteCookie(c, nameOf(c), attributesOf(c));
}

function nameOf<E extends Http>(c: Context<E>) {
	return isSecure(c) ? '__Host-talas' : 'talas';
}

function attributesOf<E extends Http>(c: Context<E>) {
	return { httpOnly: true, sameSite: 'Strict', path: '/', secure: isSecure(c) } as const;
}

function isSecure<E extends Http>(c: Context<E>) {
	return c.var.talas.env.publicUrl.startsWith('https://');
}
