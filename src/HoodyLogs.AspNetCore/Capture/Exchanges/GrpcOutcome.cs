using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace HoodyLogs.AspNetCore.Capture.Exchanges;

/// <summary>How a call ended by the rules of gRPC, where HTTP says 200 even if it failed.</summary>
/// <param name="IsGrpc">Whether the exchange is a gRPC call. Otherwise its HTTP status decides.</param>
/// <param name="Status">The <c>grpc-status</c>; null if it is missing or no number.</param>
internal readonly record struct GrpcOutcome(bool IsGrpc, int? Status)
{
    private const string ContentType = "application/grpc";
    private const string StatusName = "grpc-status";
    private const int MaxStatus = 999; // far above all codes of today

    /// <summary>Reads the outcome once the response has ended.</summary>
    public static GrpcOutcome Of(HttpContext context)
    {
        var isGrpc = IsGrpcType(context.Request.ContentType) || IsGrpcType(context.Response.ContentType);
        return isGrpc ? new GrpcOutcome(true, StatusOf(context)) : default;
    }

    /// <summary>The level that gRPC gives to a call whose HTTP response is complete.</summary>
    public EntryLevel Level => Status switch
    {
        0 or 1 => EntryLevel.Info, // OK, CANCELLED
        2 or 4 or 8 or (>= 12 and <= 15) => EntryLevel.Error, // the server's fault
        _ => EntryLevel.Warn,
    };

    /// <summary>Not gRPC-Web, whose status is within the body.</summary>
    private static bool IsGrpcType(string? type) => type is not null && type.StartsWith(ContentType, StringComparison.OrdinalIgnoreCase)
        && (type.Length == ContentType.Length || type[ContentType.Length] is '+' or ';' or ' ');

    /// <summary>A response without a body may carry the status among its headers.</summary>
    private static int? StatusOf(HttpContext context)
    {
        var trailers = context.Features.Get<IHttpResponseTrailersFeature>()?.Trailers;
        if (trailers is null || !trailers.TryGetValue(StatusName, out var values)) values = context.Response.Headers[StatusName];
        return values is [{ } text] && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var status) && status <= MaxStatus ? status : null;
    }
}
