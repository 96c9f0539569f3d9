/**
 * What the library wrote of a call's parameters. Asked for only where they hold getters or `toJSON()`: those must run as often as
 * without us, so the record takes what they gave from the body.
 */
import { guard } from '../../../runtime/guard.js';
import { wrapMethod } from '../../../runtime/wrapMethod.js';
import { isObject, isString } from '../../../runtime/values.js';

type TakeBody = (body: unknown) => void;

/** By the parameters, which the library hands on as they are. */
const takers = new WeakMap<object, TakeBody>();
const watchedClients = new WeakSet<object>();

/** Calls `take` with the parsed body of this call, once, when it is written. Never where it is no JSON. */
export function onBodySent(client: object, params: unknown, take: TakeBody): void {
  if (!isObject(params)) return;
  watchClient(client);
  takers.set(params, take);
}

/** All four majors call `prepareRequest` with the request that is about to be sent, and with the options it was made from. */
function watchClient(client: object): void {
  if (watchedClients.has(client)) return;
  watchedClients.add(client);
  wrapMethod(client, 'prepareRequest', (call, self, args) => {
    guard('read the body', () => takeBody(args[0], args[1]));
    return Reflect.apply(call, self, args);
  });
}

function takeBody(request: unknown, info: unknown): void {
  const options = isObject(info) ? info.options : undefined;
  const params = isObject(options) ? options.body : undefined;
  const take = isObject(params) ? takers.get(params) : undefined;
  if (!take || !isObject(request) || !isString(request.body)) return;
  takers.delete(params as object);
  take(JSON.parse(request.body));
}
