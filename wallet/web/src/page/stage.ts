/**
 * The stage: one step at a time, drawn by the keeper over the screens, which are hidden and inert.
 *
 * Whatever signs, reveals, keeps or changes the ways in is asked here, so that a script in the
 * screens can neither draw over it nor press its buttons (decision 0050).
 */

import { rejected } from "../protocol/errors.ts";
import { h, nut } from "./dom.ts";
import { t } from "./texts.ts";

/** Where a flow draws its steps. */
export interface Stage {
  /**
   * Draw one step and wait for the person's answer; its h1 gets the focus.
   *
   * Refuses `stopped` when the person stops.
   */
  ask<T>(draw: (answer: (value: T) => void) => HTMLElement): Promise<T>;
  /** Say what is being done, while nothing can be answered. */
  busy(text: string): void;
  /** Ask on after the person stopped: something that was begun has to be ended. */
  reopen(): void;
  /** Give the screens back. */
  close(): void;
}

/** The stage in a page: `root` holds the steps, `screens` is what it covers. */
export class PageStage implements Stage {
  private readonly root: HTMLElement;
  private readonly screens: () => HTMLElement | null;
  private readonly place = h("main", { class: "sp-page sp-stack", id: "step", tabindex: "-1" });
  private leave: ((error: Error) => void) | undefined;
  private stopped = false;

  constructor(root: HTMLElement, screens: () => HTMLElement | null) {
    this.root = root;
    this.screens = screens;
  }

  ask<T>(draw: (answer: (value: T) => void) => HTMLElement): Promise<T> {
    if (this.stopped) return Promise.reject(rejected("stopped"));
    return new Promise((resolve, reject) => {
      this.leave = reject;
      const step = draw((value) => {
        if (this.leave !== reject) return; // a second tap, or a step that is over
        this.leave = undefined;
        step.inert = true;
        resolve(value);
      });
      this.show(step);
    });
  }

  busy(text: string): void {
    if (this.stopped) return;
    this.leave = undefined;
    this.show(h("div", { class: "sp-stack sp-busy", role: "status" }, h("h1", {}, text), h("progress", { "aria-label": text })));
  }

  reopen(): void {
    this.stopped = false;
  }

  close(): void {
    this.leave = undefined;
    this.stopped = false;
    this.root.hidden = true;
    this.root.replaceChildren();
    const screens = this.screens();
    if (!screens) return;
    screens.hidden = false;
    screens.inert = false;
    screens.focus();
  }

  private show(step: HTMLElement): void {
    const screens = this.screens();
    if (screens) {
      screens.hidden = true;
      screens.inert = true;
    }
    if (this.root.hidden || !this.place.isConnected) this.root.replaceChildren(this.bar(), this.place);
    this.root.hidden = false;
    this.place.replaceChildren(step);
    const title = step.querySelector("h1") ?? this.place;
    title.tabIndex = -1;
    title.focus();
    scrollTo(0, 0);
  }

  private bar(): HTMLElement {
    const stop = h("button", { class: "sp-button sp-button--small", type: "button", onclick: () => this.stop() }, t("web.stop"));
    return h("header", { class: "sp-bar" }, h("div", {}, h("span", { class: "sp-logo" }, nut(), t("web.name")), stop));
  }

  private stop(): void {
    const { leave } = this;
    this.stopped = true;
    this.leave = undefined;
    leave?.(rejected("stopped"));
  }
}
