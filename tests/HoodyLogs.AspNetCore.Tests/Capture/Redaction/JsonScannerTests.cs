using System.Buffers;
using System.Text;
using System.Text.Unicode;
using FluentAssertions;
using HoodyLogs.AspNetCore.Capture.Redaction.Json;
using HoodyLogs.AspNetCore.Capture.Redaction.Names;
using NUnit.Framework;

namespace HoodyLogs.AspNetCore.Tests.Capture.Redaction;

/// <summary>Compares the scanner of whole texts with the token reader, which is the reference.</summary>
public sealed class JsonScannerTests
{
    private const string Alphabet = "{}[],:\"\\ \n\ttrufalsn0123456789.eE+-\0\u0001";

    private static readonly SensitiveNames Names = new(new CaptureOptions().SensitiveNames);

    private int _accepted;
    private int _refused;
    private int _scanned;

    [SetUp]
    public void SetUp() => (_accepted, _refused, _scanned) = (0, 0, 0);

    /// <summary>A scanner that rejects each text would pass the comparisons, so this counts the accepted texts.</summary>
    [TearDown]
    public void The_scanner_accepts_most_texts_that_the_token_reader_accepts() => _scanned.Should().BeGreaterThan(_accepted / 2);

    [Test]
    public void Scanner_and_token_reader_agree_on_changed_texts()
    {
        string[] texts =
        [
            """{"token":"s3cret","a":[1,-2.5e+7,true,false,null,"x"],"b":{"password":{"c":["s3cret"]},"d":{}},"e":[[],[{}]]}""",
            """[ {"name":"longer than sixteen bytes, with \"quotes\" and \u00e9","key" : 12 } , "api_key", 0.5 ]""",
            "{\"code\":[1,2,],}\n{\"a\":1}\r\n\"text\" 12 null",
        ];
        var random = new Random(1);
        for (var round = 0; round < 300_000; round++) Compare(Changed(texts[random.Next(texts.Length)], random.Next(4), random));
        _accepted.Should().BeGreaterThan(50_000);
        _refused.Should().BeGreaterThan(50_000);
    }

    [Test]
    public void Scanner_and_token_reader_agree_on_longer_texts()
    {
        var random = new Random(2);
        for (var round = 0; round < 25_000; round++)
        {
            var text = new StringBuilder();
            for (var values = random.Next(1, 4); values > 0; values--) Value(text, random, depth: 0);
            Compare(Changed(text.ToString(), random.Next(3), random));
        }

        _accepted.Should().BeGreaterThan(5_000);
        _refused.Should().BeGreaterThan(5_000);
    }

    /// <summary>A vector covers several parts of a text. This places each part at each position, before the end and at the end.</summary>
    [Test]
    public void Scanner_and_token_reader_agree_on_each_part_at_each_position()
    {
        string[] parts =
        [
            "1", "-1", "0", "01", "-", "1.", "1.5", "1.5.5", "12345.0625e-10", "1e", "1e+", "1e5x", "1E5", ".5", "+1", "1 2", "12\"a\"", "12[]",
            "true", "false", "null", "tru", "nulll", "true1", "\"a\"1", "\"\"", "\"a\"\"b\"", "\"\\\"\"", "\"\\\\\"", "\"\\\\\\\"\"", "\"\\\\\\\\\"",
            "\"\\u00e9\"", "\"\\u00g9\"", "\"\\x\"", "\"\\", "\"", "\"a\n\"", "\"a\u0001\"", "\u0001", "\\", "\\\"\"", "[]", "{}", "[}", "{]", "]", "}", "[", "{",
            "[ ]", "{ \n }", "[,]", "[1,]", "[1,,2]", "[1 2]", "[\"a\":1]", "[:]", "[1,\"token\"]", "{,}", "{1:2}", "{\"a\"}", "{\"a\",\"b\":1}", "{\"a\":}",
            "{\"a\"::1}", "{\"a\":1:2}", "{\"a\":1,2}", "{\"a\":1,[]}", "{\"a\":1 \"b\":2}", "{\"a\":[1],}", "{\"a\":\"b\",}", "{\"token\"", "{\"token\":",
            "{\"token\":\"s3cret\"}", "{ \"token\" : \"s3\\\"cret\" , \"a\" : 1 }", "{\"key\":12.5,\"a\":{\"code\":null}}", "{\"key\" : {\"a\":[{\"token\":1}]},\"sig\":[]}",
            "{\"to\\u006ben\":\"s3cret\"}", "{\"token\\\\\":1}", "{\"\\u0063\\u006c\\u0069\\u0065\\u006e\\u0074\\u005f\\u0073\\u0065\\u0063\\u0072\\u0065\\u0074\":\"s3cret\"}",
        ];
        foreach (var part in parts)
        {
            for (var before = 0; before < 140; before++)
            {
                var padding = new string(' ', before);
                var content = new string('x', before);
                Compare(padding + part);
                Compare(padding + part + padding);
                Compare("[" + padding + part + "]");
                Compare($$"""["{{content}}",{{part}},{"token":{{part}}}]""");
                Compare($$"""{"{{content}}":{{part}},"password":[{{part}}]}""");
            }
        }

        _accepted.Should().BeGreaterThan(10_000);
        _refused.Should().BeGreaterThan(10_000);
    }

    [Test]
    public void Scanner_and_token_reader_agree_at_each_depth()
    {
        for (var depth = 1; depth < 80; depth++)
        {
            for (var kinds = 0; kinds < 8; kinds++)
            {
                var (open, close) = (new StringBuilder(), new StringBuilder());
                for (var i = 0; i < depth; i++)
                {
                    var isObject = ((kinds >> (i % 3)) & 1) != 0;
                    open.Append(isObject ? "{\"a\":" : "[");
                    close.Insert(0, isObject ? '}' : ']');
                }

                Compare(open + """{"token":["s3cret"]}""" + close);
                Compare(open + "1" + close + "]");
                Compare(open + "1" + close.ToString(1, depth - 1));
            }
        }

        _accepted.Should().BeGreaterThan(500);
        _refused.Should().BeGreaterThan(500);
    }

    private static byte[] Changed(string original, int changes, Random random)
    {
        var text = Encoding.UTF8.GetBytes(original).ToList();
        for (; changes > 0; changes--)
        {
            var at = random.Next(text.Count);
            var length = Math.Min(random.Next(3), text.Count - at);
            if (random.Next(3) == 0) text.InsertRange(random.Next(text.Count), text.GetRange(at, length));
            else text.RemoveRange(at, length);
            if (random.Next(2) == 0) text.Insert(Math.Min(at, text.Count), (byte)Alphabet[random.Next(Alphabet.Length)]);
            if (text.Count == 0) break;
        }

        return [.. text];
    }

    private static void Value(StringBuilder text, Random random, int depth)
    {
        Space(text, random);
        var isLikelyContainer = depth == 0 && random.Next(8) > 0;
        switch (random.Next(isLikelyContainer ? 4 : 0, depth > 5 ? 4 : 8))
        {
            case 0: text.Append(random.Next(3) == 0 ? random.NextDouble() * 1e-9 : random.Next(-100, 100_000_000)); break;
            case 1: text.Append(random.Next(3) switch { 0 => "true", 1 => "false", _ => "null" }); break;
            case 2 or 3: String(text, random); break;
            case < 6: Container(text, random, depth, isObject: false); break;
            default: Container(text, random, depth, isObject: true); break;
        }

        Space(text, random);
    }

    private static void Container(StringBuilder text, Random random, int depth, bool isObject)
    {
        string[] names = ["token", "PASSWORD", "secret", "tokens", "name", "id", "größe", "", "a_name_that_is_longer_than_one_block_of_sixty_four_bytes_so_that_it_spans_two"];
        text.Append(isObject ? '{' : '[');
        for (var count = random.Next(5); count > 0; count--)
        {
            if (isObject)
            {
                Space(text, random);
                if (random.Next(12) == 0) String(text, random);
                else text.Append('"').Append(names[random.Next(names.Length)]).Append('"');
                Space(text, random);
                text.Append(':');
            }

            Value(text, random, depth + 1);
            if (count > 1 || random.Next(20) == 0) text.Append(',');
        }

        Space(text, random);
        text.Append(isObject ? '}' : ']');
    }

    private static void String(StringBuilder text, Random random)
    {
        string[] pieces = ["x", "{", "}", "[1,2]", ":", ",", " ", "\\\"", "\\\\", "\\n", "\\u00e9", "é", "a longer piece of text, ", new string('y', 70)];
        text.Append('"');
        for (var count = random.Next(random.Next(4) == 0 ? 40 : 4); count > 0; count--) text.Append(pieces[random.Next(pieces.Length)]);
        text.Append('"');
    }

    private static void Space(StringBuilder text, Random random)
    {
        if (random.Next(4) == 0) text.Append(" \n\r\t"[random.Next(4)], random.Next(random.Next(10) == 0 ? 100 : 4));
    }

    private void Compare(string json) => Compare(Encoding.UTF8.GetBytes(json));

    private void Compare(byte[] json)
    {
        // The redactor receives only valid UTF-8.
        if (!Utf8.IsValid(json)) return;
        var (byScan, byToken) = (new ArrayBufferWriter<byte>(), new ArrayBufferWriter<byte>());
        var isJson = JsonRedactor.TryRedact(json, true, Names, byScan, out var length1);
        var isToken = JsonRedactor.TryRead(json, true, Names, byToken, out var length2);
        if (isJson != isToken || (isJson && (length1 != length2 || !byScan.WrittenSpan.SequenceEqual(byToken.WrittenSpan))))
        {
            Assert.Fail($"{Encoding.UTF8.GetString(json)}: {isJson} {length1} {Encoding.UTF8.GetString(byScan.WrittenSpan)}; by token {isToken} {length2} {Encoding.UTF8.GetString(byToken.WrittenSpan)}");
        }

        if (isJson) _accepted++;
        else _refused++;
        if (JsonScanner.TryScan(json, Names, new (int, int)[32], out _)) _scanned++;
    }
}
