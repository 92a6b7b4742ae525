/** What `data.mjs` makes of the repository's own data. */

declare module "skillspass:texts/page" {
  const texts: Readonly<Record<string, readonly [nl: string, en: string]>>;
  export default texts;
}

declare module "skillspass:texts/screens" {
  const texts: Readonly<Record<string, readonly [nl: string, en: string]>>;
  export default texts;
}

declare module "skillspass:texts/share" {
  const texts: Readonly<Record<string, readonly [nl: string, en: string]>>;
  export default texts;
}

declare module "skillspass:texts/box" {
  const texts: Readonly<Record<string, readonly [nl: string, en: string]>>;
  export default texts;
}

declare module "skillspass:texts/box_adviser" {
  const texts: Readonly<Record<string, readonly [nl: string, en: string]>>;
  export default texts;
}

declare module "skillspass:guiding" {
  interface Named {
    readonly nl: string;
    readonly en: string;
  }
  const guiding: {
    readonly levels: readonly (Named & { readonly level: number })[];
    readonly groups: readonly (Named & { readonly id: string })[];
    readonly skills: readonly (Named & { readonly id: string; readonly group: string; readonly kind: string; readonly example_nl: string; readonly example_en: string })[];
    readonly actions: readonly (Named & {
      readonly id: string; readonly kinds: readonly string[]; readonly days: number; readonly next_nl: string; readonly next_en: string;
    })[];
  };
  export default guiding;
}

declare module "skillspass:types" {
  /** One type of credential; `smallest` are the paths that the presets together ask of it. */
  interface TypeData {
    readonly id: string;
    readonly nl: string;
    readonly en: string;
    readonly grade: "self" | "colleague" | "manager" | "assessed" | "accredited";
    readonly loose: "self" | "colleague"; // given by somebody whom no list names for it
    readonly icon: string;
    readonly skills: readonly string[];
    readonly claims: readonly { readonly path: string; readonly nl: string; readonly en: string; readonly kind: string }[];
    readonly smallest: readonly (readonly (string | number | null)[])[];
  }
  const types: Readonly<Record<string, TypeData>>;
  export default types;
}

declare module "skillspass:skills" {
  const skills: Readonly<Record<string, readonly [nl: string, en: string]>>;
  export default skills;
}

declare module "skillspass:transfer_words" {
  const pairs: readonly (readonly [nl: string, en: string])[];
  export default pairs;
}

declare module "skillspass:declarations" {
  const lists: Readonly<Record<"relations" | "purposes" | "legalBases" | "unchecked", readonly string[]>>;
  export default lists;
}

declare module "skillspass:icons/page" {
  const icons: Readonly<Record<string, readonly (readonly [tag: string, attributes: Readonly<Record<string, string>>])[]>>;
  export default icons;
}

declare module "skillspass:icons/screens" {
  const icons: Readonly<Record<string, readonly (readonly [tag: string, attributes: Readonly<Record<string, string>>])[]>>;
  export default icons;
}

declare module "skillspass:icons/share" {
  const icons: Readonly<Record<string, readonly (readonly [tag: string, attributes: Readonly<Record<string, string>>])[]>>;
  export default icons;
}

declare module "skillspass:texts/skills" {
  const texts: Readonly<Record<string, readonly [nl: string, en: string]>>;
  export default texts;
}

declare module "skillspass:growth" {
  const growth: import("./page/skills/data.ts").Growth;
  export default growth;
}

declare module "skillspass:loading" {
  /** Fill the modules of data, where they travel beside the script; the same promise each time. */
  export function load(): Promise<void>;
}

declare module "skillspass:texts/box_confirm" {
  const texts: Readonly<Record<string, readonly [nl: string, en: string]>>;
  export default texts;
}

declare module "skillspass:texts/box_talk" {
  const texts: Readonly<Record<string, readonly [nl: string, en: string]>>;
  export default texts;
}
