using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace HoodyLogs.Entries;

/// <summary>Validates the values of a record, so that a mistake fails when the record is created and not when it is read.</summary>
internal static class RecordValidation
{
    public const int MaxId = 128;
    public const int MaxText = 65_536;
    public const int MaxData = 262_144;
    public const int MaxBody = 16 * 1024 * 1024;
    public const int MinStatus = 100;
    public const int MaxStatus = 599;

    private const int MaxMethod = 64;

    /// <summary>Readers nest the data deeper, and by default accept 64 levels.</summary>
    private const int MaxDepth = 32;

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = MaxDepth };

    private static readonly SearchValues<char> MethodCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+-.^_`|~");

    /// <summary>Returns whether a text can be an id. Control characters and unpaired surrogates are not allowed: different ids could be stored as the same text.</summary>
    public static bool IsClean(ReadOnlySpan<char> text)
    {
        if (!text.ContainsAnyExceptInRange(' ', '~')) return true;
        while (!text.IsEmpty)
        {
            if (Rune.DecodeFromUtf16(text, out var rune, out var length) != OperationStatus.Done || Rune.IsControl(rune)) return false;
            text = text[length..];
        }

        return true;
    }

    public static string? Id(string? id, string member) =>
        id is null || IsClean(id) ? id : throw new ArgumentException($"{member} contains a control character or an unpaired surrogate.", member);

    public static string? TraceId(string? traceId, string member)
    {
        if (traceId is null || (traceId.Length <= MaxId && IsClean(traceId))) return traceId;
        throw new ArgumentException($"{member} must have at most {MaxId} characters, without control characters and unpaired surrogates.", member);
    }

    public static string? Method(string? method, string member)
    {
        if (method is null || (method.Length is > 0 and <= MaxMethod && !method.AsSpan().ContainsAnyExcept(MethodCharacters))) return method;
        throw new ArgumentException($"{member} must be an HTTP method of 1 to {MaxMethod} characters.", member);
    }

    public static string? Text(string? text, string member) =>
        text is null || text.Length <= MaxText ? text : throw new ArgumentException($"{member} is longer than {MaxText} characters.", member);

    public static int Status(int status, string member) => status is 0 or (>= MinStatus and <= MaxStatus)
        ? status
        : throw new ArgumentOutOfRangeException(member, status, $"{member} takes {MinStatus} to {MaxStatus}, or 0 for none.");

    public static T Known<T>(bool isKnown, T value, string member)
        where T : struct, Enum => isKnown
        ? value
        : throw new ArgumentOutOfRangeException(member, value, $"{member} is not a defined value.");

    /// <summary>Validates members of <c>data</c>: JSON on one line, without duplicate names.</summary>
    /// <returns>The reserved names that the members use.</returns>
    public static ReservedNames Data(byte[]? data, string member)
    {
        if (data is null || data.Length == 0) return ReservedNames.None;
        if (data.Length > MaxData) throw new ArgumentException($"{member} is longer than {MaxData} bytes.", member);
        if (data.AsSpan().ContainsAnyInRange((byte)0, (byte)0x1F) || !Utf8.IsValid(data)) throw NoMembers(member, null);
        try
        {
            byte[] whole = [(byte)'{', .. data, (byte)'}'];
            CheckStrings(whole);
            using var document = JsonDocument.Parse(whole, Strict);
            var reserved = ReservedNames.None;
            var hasAny = false;
            foreach (var property in document.RootElement.EnumerateObject())
            {
                hasAny = true;
                reserved |= ReservedNamesOf(property.Name);
            }

            return hasAny ? reserved : throw NoMembers(member, null);
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            throw NoMembers(member, failure);
        }
    }

    /// <summary>Rejects an escaped unpaired surrogate, which readers cannot decode.</summary>
    private static void CheckStrings(byte[] json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = MaxDepth });
        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.PropertyName or JsonTokenType.String && reader.ValueIsEscaped) reader.GetString();
        }
    }

    /// <summary>Rejects names that the library writes itself into the first entry of a record.</summary>
    public static void RequestNames(ReservedNames found, RecordShape shape, string member)
    {
        var reserved = shape switch
        {
            RecordShape.Response => ReservedNames.OfResponse,
            RecordShape.Event => ReservedNames.States,
            _ => ReservedNames.OfRequest,
        };
        Reserved(found, reserved, member);
    }

    /// <summary>Rejects names that the library writes itself into the response entry of an exchange.</summary>
    public static void ResponseNames(ReservedNames found, string member) => Reserved(found, ReservedNames.OfResponse, member);

    private static void Reserved(ReservedNames found, ReservedNames reserved, string member)
    {
        if ((found & reserved) == ReservedNames.None) return;
        throw new ArgumentException($"{member} contains a member that the library writes itself: {found & reserved}.", member);
    }

    public static CapturedBody? Body(CapturedBody? body, string parameter)
    {
        if (body is null) return null;
        if (body.Content.Length > MaxBody) throw new ArgumentException($"The body is longer than {MaxBody.ToString(CultureInfo.InvariantCulture)} bytes.", parameter);
        if (body.IsText && !Utf8.IsValid(body.Content.Span)) throw new ArgumentException("The body is marked as text but is not valid UTF-8.", parameter);
        return body;
    }

    private static ReservedNames ReservedNamesOf(string name) => name switch
    {
        "bytesIn" => ReservedNames.BytesIn,
        "userAgent" => ReservedNames.UserAgent,
        "bytesOut" => ReservedNames.BytesOut,
        "durationMs" => ReservedNames.DurationMs,
        "requestBodyState" => ReservedNames.RequestBodyState,
        "responseBodyState" => ReservedNames.ResponseBodyState,
        _ => ReservedNames.None,
    };

    private static ArgumentException NoMembers(string member, Exception? failure) => new(
        $"{member} must contain members of a JSON object without braces, such as \"a\":1,\"b\":\"x\": UTF-8, on one line, each name once, at most {MaxDepth} levels deep.",
        member,
        failure);
}

/// <summary>The members of <c>data</c> that the library writes itself.</summary>
[Flags]
internal enum ReservedNames : byte
{
    None = 0,
    BytesIn = 1,
    UserAgent = 2,
    BytesOut = 4,
    DurationMs = 8,
    RequestBodyState = 16,
    ResponseBodyState = 32,
    States = RequestBodyState | ResponseBodyState,
    OfRequest = BytesIn | UserAgent | States,
    OfResponse = BytesOut | DurationMs | States,
}
