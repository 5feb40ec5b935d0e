using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace HoodyLogs.AspNetCore.Capture.Exchanges;

/// <summary>The result of a gRPC call. Its HTTP status is 200 even if the call failed.</summary>
/// <param name="IsGrpc">Whether the exchange is a gRPC call. For other exchanges the HTTP status decides.</param>
/// <param name="Status">The <c>grpc-status</c>; null if it is missing or invalid.</param>
internal readonly record struct GrpcOutcome(bool IsGrpc, int? Status)
{
    private const string ContentType = "application/grpc";
    private const string StatusName = "grpc-status";
    private const int MaxStatus = 999; // above all defined codes

    /// <summary>Reads the result after the response has ended.</summary>
    public static GrpcOutcome Of(HttpContext context)
    {
        var isGrpc = IsGrpcType(context.Request.ContentType) || IsGrpcType(context.Response.ContentType);
        return isGrpc ? new GrpcOutcome(true, StatusOf(context)) : default;
    }

    /// <summary>The level of a call whose HTTP response is complete.</summary>
    public EntryLevel Level => Status switch
    {
        0 or 1 => EntryLevel.Info, // OK, CANCELLED
        2 or 4 or 8 or (>= 12 and <= 15) => EntryLevel.Error, // the server's fault
        _ => EntryLevel.Warn,
    };

    /// <summary>Excludes gRPC-Web, whose status is in the body.</summary>
    private static bool IsGrpcType(string? type) => type is not null && type.StartsWith(ContentType, StringComparison.OrdinalIgnoreCase)
        && (type.Length == ContentType.Length || type[ContentType.Length] is '+' or ';' or ' ');

    /// <summary>Reads the status from the trailers, or from the headers of a response without a body.</summary>
    private static int? StatusOf(HttpContext context)
    {
        var trailers = context.Features.Get<IHttpResponseTrailersFeature>()?.Trailers;
        if (trailers is null || !trailers.TryGetValue(StatusName, out var values)) values = context.Response.Headers[StatusName];
        return values is [{ } text] && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var status) && status <= MaxStatus ? status : null;
    }
}
