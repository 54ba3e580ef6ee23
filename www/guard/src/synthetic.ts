// `@riegel/guard/synthetic`: made-up values of the same type and a valid form, from ranges that are kept free for such use,
// so that nobody is hit by them and a reader sees that they are not real.

const digits = (n: number, width: number): string => String(n).padStart(width, "0");

/** The Luhn digit of a number. */
const luhn = (number: string): number => (10 - ([...number].reverse().reduce((sum, digit, i) => sum + (i % 2 ? Number(digit) : (Number(digit) * 2) % 10 + (Number(digit) > 4 ? 1 : 0)), 0) % 10)) % 10;

/** The check digits of an IBAN. */
const iban = (country: string, account: string): string => {
  const number = [...account, ...country, "00"].map((char) => parseInt(char, 36) || char).join("");
  const rest = [...number].reduce((rest, digit) => (rest * 10 + Number(digit)) % 97, 0);
  return country + digits(98 - rest, 2) + account;
};

const spaced = (text: string): string => text.replace(/.{4}(?=.)/g, "$& ");

const MAKERS: Record<string, (n: number) => string> = {
  // RFC 2606
  EMAIL: (n) => `person${n}@example.com`,
  // No bank has the code 00000000.
  IBAN: (n) => spaced(iban("DE", digits(n, 18))),
  // No issuer begins with 9999 99.
  CARD: (n) => spaced(`999999${digits(n, 9)}${luhn(`999999${digits(n, 9)}`)}`),
  // The Federal Network Agency keeps (0)30 23125 000 to 999 for films.
  PHONE: (n) => `+49 30 23125 ${digits(n % 1000, 3)}`,
  // RFC 5737
  IP: (n) => `203.0.113.${n % 256}`,
};

/** A made-up value for the n-th value of a label; `undefined` for labels without a valid form. */
export const synthetic = (label: string, n: number): string | undefined => (n < (label === "IP" ? 255 : 1000) ? MAKERS[label]?.(n) : undefined);
