using System.Text;
using HoodyLogs.AspNetCore.Capture.Data;
using Microsoft.Net.Http.Headers;

namespace HoodyLogs.AspNetCore.Capture.Bodies;

/// <summary>The properties of a content type that capture uses.</summary>
/// <param name="Kind">The kind of the body.</param>
/// <param name="Encoding">
/// The encoding of the charset; UTF-8 without a charset; null if the charset is unknown or does not extend ASCII (UTF-7, EBCDIC).
/// </param>
internal sealed record ContentType(BodyKind Kind, Encoding? Encoding)
{
    private const int MaxParsedLength = 1024;

    private static readonly ContentType None = new(BodyKind.Unknown, Encoding.UTF8);
    private static readonly DirectMappedCache<string, ContentType> Known = new();

    private static readonly string[] OpaqueNames =
    [
        "protobuf", "msgpack", "messagepack", "cbor", "bson", "avro", "thrift", "flatbuffers", "smile", "jwt", "jose", "pgp-", "pkcs", "pkix-", "pem-",
        "application/pdf", "application/zip", "application/gzip", "application/x-7z", "application/x-tar", "application/x-bzip", "application/zstd",
    ];

    public static ContentType Of(string? header) => string.IsNullOrEmpty(header) ? None : Known.GetOrCreate(header, Read);

    private static ContentType Read(string header)
    {
        // No real content type is that long.
        if (header.Length > MaxParsedLength) return new ContentType(KindOf(header.AsSpan(0, MaxParsedLength).TrimStart()), null);
        return MediaTypeHeaderValue.TryParse(header, out var type)
            ? new ContentType(KindOf(type.MediaType.AsSpan()), EncodingOf(type))
            : new ContentType(KindOf(header.AsSpan().TrimStart()), Encoding.UTF8); // an invalid type is known by its beginning
    }

    private static BodyKind KindOf(ReadOnlySpan<char> name)
    {
        if (Begins(name, "text/event-stream")) return BodyKind.EventStream;
        if (Begins(name, "application/grpc")) return BodyKind.Stream;
        if (Begins(name, "application/x-www-form-urlencoded")) return BodyKind.Form;
        if (Begins(name, "multipart/")) return BodyKind.Multipart;
        foreach (var opaque in OpaqueNames)
        {
            if (name.Contains(opaque, StringComparison.OrdinalIgnoreCase)) return BodyKind.Opaque;
        }

        if (name.Contains("json", StringComparison.OrdinalIgnoreCase)) return BodyKind.Json;
        return Begins(name, "text/") || Begins(name, "application/graphql") || Ends(name, "xml") || Ends(name, "javascript") || Ends(name, "yaml")
            ? BodyKind.Text
            : BodyKind.Unknown;
    }

    private static Encoding? EncodingOf(MediaTypeHeaderValue type)
    {
        var charset = HeaderUtilities.RemoveQuotes(type.Charset).ToString().Trim();
        if (charset.Length == 0 || Is(charset, "utf-8") || Is(charset, "utf8") || Is(charset, "us-ascii")) return Encoding.UTF8;
        try
        {
            var encoding = CodePagesEncodingProvider.Instance.GetEncoding(charset) ?? Encoding.GetEncoding(charset);
            return TextEncodings.IsUnicode(encoding) || TextEncodings.ExtendsAscii(encoding) ? encoding : null;
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException)
        {
            return null;
        }
    }

    private static bool Is(ReadOnlySpan<char> name, string value) => name.Equals(value, StringComparison.OrdinalIgnoreCase);

    private static bool Begins(ReadOnlySpan<char> name, string start) => name.StartsWith(start, StringComparison.OrdinalIgnoreCase);

    private static bool Ends(ReadOnlySpan<char> name, string end) => name.EndsWith(end, StringComparison.OrdinalIgnoreCase);
}
