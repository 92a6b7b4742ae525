/** Start the worker's screens in the frame that the keeper made for them. */

import { mount } from "svelte";

import App from "./App.svelte";
import About from "./pages/About.svelte";
import Add from "./pages/Add.svelte";
import Card from "./pages/Card.svelte";
import Devices from "./pages/Devices.svelte";
import Help from "./pages/Help.svelte";
import Locked from "./pages/Locked.svelte";
import Log from "./pages/Log.svelte";
import Passport from "./pages/Passport.svelte";
import Safe from "./pages/Safe.svelte";
import Settings from "./pages/Settings.svelte";
import Share from "./pages/Share.svelte";
import Shares from "./pages/Shares.svelte";
import Show from "./pages/Show.svelte";
import Start from "./pages/Start.svelte";
import Take from "./pages/Take.svelte";
import Wipe from "./pages/Wipe.svelte";

const pages = {
  start: Start, locked: Locked, passport: Passport, card: Card, add: Add, show: Show, shares: Shares, share: Share,
  log: Log, settings: Settings, safe: Safe, devices: Devices, take: Take, wipe: Wipe, about: About, help: Help,
};

mount(App, { target: document.body, props: { pages } });
