/** The modules of data that `vite.config.ts` makes. */

declare module "screens:texts" {
  const texts: Readonly<Record<"nl" | "en", Readonly<Record<string, string>>>>;
  export default texts;
}

declare module "screens:icons" {
  const paths: Readonly<Record<string, string>>;
  export default paths;
}

declare module "*.css";
