/** The rules of certificates: which of the six kinds of validity, and with which terms. */

import type { CertificateData, TypeData } from "./data.ts";

/** When one certificate ends; as `skills.certificates.Rule` in Python. */
export interface Rule {
  readonly certificate: string | null;
  readonly kind: string;
  readonly start: string | null;
  readonly months: number | null;
  readonly endOfMonth: boolean;
  readonly renewMonths: number | null;
  readonly confirmMonths: number | null;
  readonly routes: ReadonlyMap<string, number | null>;
  readonly recertMonths: number | null;
  readonly reviewMonths: number | null;
  readonly houseMonths: number | null;
  readonly graceMonths: number | null;
  readonly stepTo: string | null;
}

/** The rules of all certificates and types. */
export class Rules {
  readonly certificates: ReadonlyMap<string, Rule>;
  readonly types: ReadonlyMap<string, TypeData>;

  constructor(certificates: readonly CertificateData[], types: readonly TypeData[]) {
    this.certificates = new Map(certificates.map((each) => [each.id, ruleOf(each)]));
    this.types = new Map(types.map((each) => [each.id, each]));
  }

  /** The rule of a credential type; null for a type that the catalogue does not know. */
  ofType(typeId: string): Rule | null {
    const known = this.types.get(typeId);
    if (!known) return null;
    const base = this.certificates.get(known.certificate ?? "") ?? bare(known.validity.kind);
    const { validity: terms } = known;
    const first = known.claims.find(({ kind, required, disclosure }) => required && kind === "date" && disclosure !== "never");
    return {
      ...base,
      kind: terms.kind,
      start: terms.start ?? first?.path ?? null,
      months: terms.months ?? base.months,
      confirmMonths: terms.confirm_every_months ?? base.confirmMonths,
      reviewMonths: terms.review_months ?? base.reviewMonths,
      houseMonths: terms.house_rule_default_months ?? base.houseMonths,
      graceMonths: terms.grace_months ?? base.graceMonths,
    };
  }
}

function bare(kind: string): Rule {
  return {
    certificate: null, kind, start: null, months: null, endOfMonth: false, renewMonths: null, confirmMonths: null,
    routes: new Map(), recertMonths: null, reviewMonths: null, houseMonths: null, graceMonths: null, stepTo: null,
  };
}

function ruleOf({ id, step_to: stepTo, validity }: CertificateData): Rule {
  const routes = Object.entries(validity.routes ?? {}).map(([name, { months }]) => [name, months ?? null] as const);
  return {
    certificate: id,
    kind: validity.kind,
    start: null,
    months: validity.months_max ?? validity.months ?? null,
    endOfMonth: validity.end_of_month ?? false,
    renewMonths: validity.renew_window_months ?? null,
    confirmMonths: validity.confirm_every_months ?? null,
    routes: new Map(routes),
    recertMonths: validity.recert_months ?? null,
    reviewMonths: validity.typical_review_months ?? null,
    houseMonths: validity.typical_months ?? null,
    graceMonths: validity.grace_months ?? null,
    stepTo: stepTo ?? null,
  };
}
