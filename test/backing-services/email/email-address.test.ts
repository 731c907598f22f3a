import { addressOf, domainAdvice, domainOf, isAddress, isDomain, isSender, liesIn } from '../../../src/backing-services/email/email-address';
import { TOKEN } from '../../helpers';

describe('a sender', () => {
  test.each([
    ['shop@example.com', 'shop@example.com', 'example.com'],
    ['Shop <shop@example.com>', 'shop@example.com', 'example.com'],
    ['Müllers Laden <laden@mail.example.com>', 'laden@mail.example.com', 'mail.example.com'],
    ['"Shop, Inc." <shop@Example.com>', 'shop@Example.com', 'example.com'],
    ['"The \\"Shop\\"" <shop@example.com>', 'shop@example.com', 'example.com'],
    ['<shop@example.com>', 'shop@example.com', 'example.com'],
    ["o'neil+news@example.co.uk", "o'neil+news@example.co.uk", 'example.co.uk'],
  ])('%s has an address and a domain', (sender, address, domain) => {
    expect(isSender(sender)).toBe(true);
    expect(addressOf(sender)).toBe(address);
    expect(domainOf(address)).toBe(domain);
  });

  test.each([
    'shop', 'shop@', '@example.com', 'shop@localhost', 'shop@example.com.', 'shop@müller.de', 'müller@example.com', '*@example.com', 'a b@example.com',
    'Shop, Inc. <shop@example.com>', 'Shop <shop@example.com', 'Shop shop@example.com', 'Shop <shop@example.com> x', 'Shop\nBcc: a@b.de <shop@example.com>',
    '"Shop\r\nBcc: a@b.de" <shop@example.com>', 'a@b.de <shop@example.com>', '.shop@example.com', 'a..b@example.com', '',
  ])('is not %j', (sender) => expect(isSender(sender)).toBe(false));

  test('that is a token stays one', () => {
    const token = TOKEN.string();
    expect(addressOf(token)).toBe(token);
    expect(domainOf(token)).toBe(token);
  });
});

test.each<[unknown, boolean, boolean]>([
  ['example.com', true, false],
  ['xn--mller-kva.de', true, false],
  ['shop@example.com', false, true],
  ['Example.com', false, false],
  ['example', false, false],
  ['-a.example.com', false, false],
  [`${'a'.repeat(64)}.com`, false, false],
  [7, false, false],
  [undefined, false, false],
])('%j is a domain: %j, an address: %j', (value, domain, address) => {
  expect(isDomain(value as string)).toBe(domain);
  expect(isAddress(value as string)).toBe(address);
});

test.each([
  ['example.com', 'example.com', true],
  ['mail.example.com', 'example.com', true],
  ['badexample.com', 'example.com', false],
  ['example.com', 'mail.example.com', false],
])('%s lies in %s: %j', (domain, outer, expected) => expect(liesIn(domain, outer)).toBe(expected));

test.each([
  ['https://example.com/shop', ': write "example.com"'],
  ['Example.COM', ': write "example.com"'],
  ['müller.de', ': write "xn--mller-kva.de"'],
  ['shop@example.com', ': write "example.com"'],
  ['example.com.', ': write "example.com"'],
  ['example', ''],
  ['a b', ''],
])('for %j it is advised%s', (value, advice) => expect(domainAdvice(value)).toBe(advice));
