/** Waiting for a letter of the other side, while a step is drawn that the person may leave. */

import { lettersIn } from "../../account/service.ts";
import { Refusal, rejected } from "../../protocol/errors.ts";
import type { Octets } from "../../protocol/octets.ts";
import type { Stage } from "../stage.ts";

const PAUSE = 1_500; // milliseconds between two looks
const PASSING = new Set(["service_unreachable", "too_many_requests"]);

/** Draw a step until something that was begun with it is done; `on` tells whether anybody still waits. */
export async function awaited<T>(stage: Stage, draw: () => HTMLElement, begin: (on: () => boolean) => Promise<T>): Promise<T> {
  let waits = true;
  try {
    const outcome = await stage.ask<() => T>((answer) => {
      void begin(() => waits).then((value) => answer(() => value), (error: unknown) => answer(() => { throw error; }));
      return draw();
    });
    return outcome();
  } finally {
    waits = false;
  }
}

/**
 * The letter with that number, from 1, once it is there; refuses `mailbox_gone`.
 *
 * With `patience` in seconds the mailbox may still have to be put up, for so long.
 */
export async function letterIn(id: Octets, number: number, on: () => boolean, patience = 0): Promise<Octets> {
  const until = Date.now() + patience * 1000;
  while (on()) {
    const letter = (await letters(id, () => Date.now() < until))[number - 1];
    if (letter) return letter;
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
  throw rejected("stopped");
}

async function letters(id: Octets, mayComeYet: () => boolean): Promise<Octets[]> {
  try {
    return await lettersIn(id);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (PASSING.has(error.code) || (error.code === "mailbox_gone" && mayComeYet())) return [];
    throw error;
  }
}
