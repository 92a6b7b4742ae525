/** Start the worker's screens in the frame that the keeper made for them. */

import { mount } from "svelte";

import App from "./App.svelte";

mount(App, { target: document.body });
