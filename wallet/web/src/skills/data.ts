/** The shapes of schemas/skills/*.yaml and schemas/types/types.yaml, as the build reads them. */

/** A link of a skill to ESCO. */
export interface EscoLink {
  readonly uri: string;
  readonly match: string;
}

/** One skill of skills.yaml. */
export interface SkillData {
  readonly id: string;
  readonly label_nl: string;
  readonly label_en: string;
  readonly example_nl: string;
  readonly alt_nl: readonly string[];
  readonly meaning_nl: string;
  readonly esco: EscoLink | null;
  readonly certificates: readonly string[];
}

/** skills.yaml. */
export interface FrameworkData {
  readonly framework: { readonly id: string };
  readonly levels: readonly { readonly level: number }[];
  readonly skills: readonly SkillData[];
}

/** One profile of profiles.yaml. */
export interface ProfileData {
  readonly id: string;
  readonly label_nl: string;
  readonly label_en: string;
  readonly required: readonly { readonly skill: string; readonly level: number }[];
  readonly optional?: readonly { readonly skill: string; readonly level: number }[];
  readonly certificates?: readonly string[];
}

/** One certificate of certificates.yaml. */
export interface CertificateData {
  readonly id: string;
  readonly step_to?: string;
  readonly validity: {
    readonly kind: string;
    readonly months?: number | null;
    readonly months_max?: number;
    readonly end_of_month?: boolean;
    readonly renew_window_months?: number;
    readonly confirm_every_months?: number;
    readonly routes?: Readonly<Record<string, { readonly months?: number | null }>>;
    readonly recert_months?: number;
    readonly typical_review_months?: number;
    readonly typical_months?: number;
    readonly grace_months?: number;
  };
}

/** One type of types.yaml. */
export interface TypeData {
  readonly id: string;
  readonly certificate?: string | null;
  readonly evidence_grade: string;
  readonly validity: {
    readonly kind: string;
    readonly months?: number;
    readonly start?: string;
    readonly confirm_every_months?: number;
    readonly review_months?: number;
    readonly house_rule_default_months?: number;
    readonly grace_months?: number;
  };
  readonly may_issue: readonly { readonly role: string }[];
  readonly skills?: readonly string[];
  readonly claims: readonly {
    readonly path: string;
    readonly kind: string;
    readonly required: boolean;
    readonly disclosure: string;
  }[];
}

/** words.yaml. */
export interface WordsData {
  readonly words: Readonly<Record<string, readonly string[]>>;
  readonly same: Readonly<Record<string, string>>;
  readonly fine: readonly string[];
  readonly idioms: readonly string[];
  readonly usual: readonly string[];
  readonly whole: readonly string[];
  readonly parts: readonly string[];
  readonly upper: readonly string[];
  readonly weak: readonly string[];
  readonly stop: readonly string[];
  readonly home: readonly string[];
  readonly plain: readonly string[];
  readonly common: readonly string[];
  readonly deny: readonly string[];
  readonly persons: readonly string[];
  readonly links: readonly string[];
  readonly breaks: readonly string[];
  readonly particles: readonly string[];
  readonly after: readonly string[];
}
