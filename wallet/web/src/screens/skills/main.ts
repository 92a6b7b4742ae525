/** Start the second document: recognise skills, compare them with work, and grow. */

import { mount } from "svelte";

import App from "../App.svelte";
import Adviser from "./Adviser.svelte";
import Confirm from "./Confirm.svelte";
import Discover from "./Discover.svelte";
import Fit from "./Fit.svelte";
import Grow from "./Grow.svelte";
import Job from "./Job.svelte";
import Skill from "./Skill.svelte";
import Skills from "./Skills.svelte";
import Talk from "./Talk.svelte";

const pages = { skills: Skills, skill: Skill, discover: Discover, fit: Fit, job: Job, grow: Grow, talk: Talk, adviser: Adviser, confirm: Confirm };

mount(App, { target: document.body, props: { pages } });
