using System.Buffers;
using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace HoodyLogs.AspNetCore.Capture.Exchanges;

/// <summary>
/// The trace id of an exchange: the trace id of its activity, so that the upstream of a proxy receives the same, or else that of its <c>traceparent</c>, or
/// else a new UUID.
/// </summary>
internal static class TraceContext
{
    private const int IdStart = 3;
    private const int IdLength = 32;
    private const int HeaderLength = 55; // 00-<32 hex>-<16 hex>-<2 hex>

    private static readonly SearchValues<char> LowerHex = SearchValues.Create("0123456789abcdef");

    /// <summary>Returns the trace id of a request; null if it has none.</summary>
    public static string? Of(HttpContext context) =>
        OfActivity(context) ?? (context.Request.Headers.TraceParent is [{ } header] && TryRead(header, out var id) ? id : null);

    /// <summary>
    /// Middleware may have started another trace, which the upstream then receives. An activity that is older than the request does not belong to it: all
    /// requests of a connection or of the host may share it.
    /// </summary>
    private static string? OfActivity(HttpContext context)
    {
        if (context.Features.Get<IHttpActivityFeature>()?.Activity is not { } own) return null;
        var current = Activity.Current;
        return (current is not null && current.StartTimeUtc >= own.StartTimeUtc ? IdOf(current) : null) ?? IdOf(own);
    }

    /// <summary>Returns null for an activity in the hierarchical format, which has no trace id.</summary>
    private static string? IdOf(Activity activity) =>
        activity.IdFormat == ActivityIdFormat.W3C && activity.TraceId != default ? activity.TraceId.ToHexString() : null;

    /// <summary>Reads a <c>traceparent</c>. Later versions than 00 may have further fields, which are ignored.</summary>
    public static bool TryRead(ReadOnlySpan<char> header, out string id)
    {
        id = "";
        if (header.Length < HeaderLength || header[2] != '-' || header[35] != '-' || header[52] != '-') return false;
        var version = header[..2];
        if (!IsHex(version) || version.SequenceEqual("ff")) return false;
        if (header.Length > HeaderLength && (version.SequenceEqual("00") || header[HeaderLength] != '-')) return false;
        var trace = header.Slice(IdStart, IdLength);
        var parent = header.Slice(36, 16);
        if (!IsHex(trace) || !IsHex(parent) || !IsHex(header.Slice(53, 2))) return false;
        if (!trace.ContainsAnyExcept('0') || !parent.ContainsAnyExcept('0')) return false;
        id = trace.ToString();
        return true;
    }

    /// <summary>Creates a UUID of version 4. It must be unique, not secret, so this avoids the system call of <see cref="Guid.NewGuid"/>.</summary>
    public static Guid NewUuid()
    {
        Span<byte> bytes = stackalloc byte[16];
        Random.Shared.NextBytes(bytes);
        bytes[6] = (byte)((bytes[6] & 0x0f) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3f) | 0x80);
        return new Guid(bytes, bigEndian: true);
    }

    private static bool IsHex(ReadOnlySpan<char> text) => text.IndexOfAnyExcept(LowerHex) < 0;
}
