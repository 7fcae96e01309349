import { describe, expect, test } from 'vitest';
import { parseXml, XmlError } from '../../../collector/pipelines/xml.ts';
import { effortOf } from '../../support/effort.ts';

describe('XML', () => {
  test('is read as elements with their attributes', () => {
    const text = `\uFEFF<?xml version="1.0"?>
      <!-- <failure/> --><a one="1 &amp; 2" two='"'><b/> text &#233; <b x:y="z" ></b ><![CDATA[<failure/>]]></a>\n`;
    const { name, attributes, children } = parseXml(text);
    expect([name, Object.fromEntries(attributes)]).toEqual(['a', { one: '1 &amp; 2', two: '"' }]);
    expect(children.map((child) => [child.name, Object.fromEntries(child.attributes)])).toEqual([
      ['b', {}],
      ['b', { 'x:y': 'z' }],
    ]);
  });

  test.each([
    ['a DOCTYPE', '<!DOCTYPE a><a/>'],
    ['entities that grow', '<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;&b;">]><a>&c;</a>'],
    ['an entity from a file', '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'],
    ['a declaration in lower case', '<!doctype a><a/>'],
    ['an entity of its own', '<a>&b;</a>'],
    ['one in an attribute', '<a b="&c;"/>'],
    ['tags that cross', '<a><b></a></b>'],
    ['an element that is not closed', '<a><b></b>'],
    ['an end that nothing began', '<a/></a>'],
    ['two roots', '<a/><b/>'],
    ['nothing', ''],
    ['text alone', 'passed'],
    ['text around', '<a/> passed'],
    ['an attribute twice', '<a b="1" b="2"/>'],
    ['an attribute without quotes', '<a b=1/>'],
    ['a comment without an end', '<a><!-- </a>'],
    ['a tag without an end', '<a'],
    ['too deep a nest', `${'<a>'.repeat(100)}${'</a>'.repeat(100)}`],
  ])('is refused with %s', (_, text) => {
    expect(() => parseXml(text)).toThrow(XmlError);
  });

  test('of many megabytes takes no longer than its length', () => {
    const effort = effortOf(() => {
      expect(parseXml(`<a>${'<b c="d"> e </b>'.repeat(100_000)}</a>`).children.length).toBe(100_000);
      for (const text of [
        `<a>${'<'.repeat(500_000)}`,
        `<a ${'b '.repeat(500_000)}`,
        `<a b="${'&'.repeat(500_000)}"/>`,
      ]) {
        expect(() => parseXml(text)).toThrow(XmlError);
      }
    });
    expect(effort).toBeLessThan(5000);
  });
});
