/** A full collection of the heap, now: V8 has it behind a flag, which may be set while the program runs. */
import v8 from 'node:v8';
import vm from 'node:vm';

let collect: (() => void) | undefined;

/** Some 20 ms, in which nothing else runs. */
export function collectGarbage(): void {
  if (collect === undefined) {
    v8.setFlagsFromString('--expose-gc');
    collect = vm.runInNewContext('gc') as () => void; // That is what the flag makes of this name.
  }
  collect();
}
