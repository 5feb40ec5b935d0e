using HoodyLogs.AspNetCore.Capture.Data;
using HoodyLogs.AspNetCore.Capture.Diagnostics;
using HoodyLogs.AspNetCore.Capture.Exchanges;
using HoodyLogs.AspNetCore.Capture.Policies;
using HoodyLogs.AspNetCore.Capture.Redaction.Text;
using Microsoft.AspNetCore.Http;

namespace HoodyLogs.AspNetCore.Capture.Recording;

/// <summary>Writes <c>data</c> of the entries of an exchange.</summary>
internal sealed class EntryDataWriter
{
    private const int MaxCachedProtocolLength = 32;

    private readonly CaptureFailures _failures;
    private readonly FragmentInterner _fragments = new();

    // The data of most exchanges depend only on these keys.
    private readonly DirectMappedCache<string, byte[]?> _commonRequests = new();
    private readonly DirectMappedCache<CommonResponse, byte[]?> _commonResponses = new();
    private readonly Func<string, Exchange, byte[]?> _createRequest;
    private readonly Func<CommonResponse, Exchange, byte[]?> _createResponse;

    public EntryDataWriter(CaptureFailures failures)
    {
        _failures = failures;
        _createRequest = (_, exchange) => CreateRequest(exchange, isKnownMethod: true, isUrlTruncated: false);
        _createResponse = (_, exchange) => CreateResponse(exchange, TimeSpan.Zero, isKnownMethod: true, null, null); // without Enrich, which alone reads the duration
    }

    /// <summary>Returns the data of the request entry.</summary>
    public byte[]? OfRequest(Exchange exchange, bool isKnownMethod, bool isUrlTruncated) => IsCommon(exchange, isKnownMethod) && !isUrlTruncated
        ? _commonRequests.GetOrCreate(exchange.Context.Request.Protocol, exchange, _createRequest)
        : CreateRequest(exchange, isKnownMethod, isUrlTruncated);

    /// <summary>Returns the data of the response entry.</summary>
    public byte[]? OfResponse(Exchange exchange, TimeSpan duration, bool isKnownMethod, bool hasBodies)
    {
        var requestEncoding = hasBodies ? EncodingOf(exchange.Context.Request.Headers) : null;
        var responseEncoding = hasBodies ? EncodingOf(exchange.Context.Response.Headers) : null;
        var isCommon = IsCommon(exchange, isKnownMethod) && !exchange.IsRequestRecorded && requestEncoding is null && responseEncoding is null
            && exchange.Policy.Enrich is null && exchange is { ClientDisconnected: false, ServerAborted: false, Failure: null, Upgraded: null };
        return isCommon
            ? _commonResponses.GetOrCreate(new CommonResponse(exchange.Context.Request.Protocol, exchange.Endpoint, exchange.Grpc.Status), exchange, _createResponse)
            : CreateResponse(exchange, duration, isKnownMethod, requestEncoding, responseEncoding);
    }

    private static bool IsCommon(Exchange exchange, bool isKnownMethod) =>
        isKnownMethod && exchange.Policy.Headers is null && !exchange.IsWebSocket && exchange.Context.Request.Protocol.Length <= MaxCachedProtocolLength;

    private byte[]? CreateRequest(Exchange exchange, bool isKnownMethod, bool isUrlTruncated)
    {
        using var data = DataWriter.Rent();
        WriteProtocol(data, exchange, isKnownMethod);
        if (isUrlTruncated) data.Name("urlTruncated"u8).Value(true);
        exchange.Policy.Headers?.Write(data, exchange.Context, exchange.Context.Request.Headers, _failures);
        return _fragments.Share(data.Written);
    }

    private byte[]? CreateResponse(Exchange exchange, TimeSpan duration, bool isKnownMethod, string? requestEncoding, string? responseEncoding)
    {
        using var data = DataWriter.Rent();
        WriteProtocol(data, exchange, isKnownMethod);
        if (exchange.IsRequestRecorded) data.Name("bytesIn"u8).Value(exchange.BytesIn); // unknown when the request entry was written
        if (exchange.Endpoint.Pattern is { } pattern) data.Name("endpoint"u8).Value(pattern);
        if (exchange.Grpc.Status is { } grpcStatus) data.Name("grpcStatus"u8).Value(grpcStatus);
        if (exchange.ClientDisconnected) data.Name("aborted"u8).Value("client");
        else if (exchange.ServerAborted) data.Name("aborted"u8).Value("server");
        if (exchange.Failure is { } exception) data.Name("exception"u8).Value(exception.GetType().ToString());
        if (exchange.Upgraded is { CloseStatus: > 0 and var closeStatus }) data.Name("closeStatus"u8).Value(closeStatus);
        Add(data, "requestContentEncoding"u8, requestEncoding);
        Add(data, "responseContentEncoding"u8, responseEncoding);
        exchange.Policy.Headers?.Write(data, exchange.Context, exchange.Context.Response.Headers, _failures);
        Enrich(exchange, duration, data);
        return _fragments.Share(data.Written);
    }

    /// <summary>Writes protocol and uncommon method first, because readers look for them at the start: the protocol marks a WebSocket.</summary>
    private static void WriteProtocol(DataWriter data, Exchange exchange, bool isKnownMethod)
    {
        var request = exchange.Context.Request;
        data.Name("protocol"u8).Value(exchange.IsWebSocket ? "ws" : request.Protocol);
        if (!isKnownMethod) data.Name("method"u8).Value(TextLimits.Truncate(request.Method, TextLimits.Short));
    }

    private static void Add(DataWriter data, ReadOnlySpan<byte> name, string? value)
    {
        if (value is not null) data.Name(name).Value(TextLimits.Truncate(value, TextLimits.Short));
    }

    /// <summary>Returns the content encoding as transferred; null if there is none.</summary>
    private static string? EncodingOf(IHeaderDictionary headers)
    {
        var encoding = headers.ContentEncoding.ToString().Trim();
        return encoding.Length == 0 || encoding.Equals("identity", StringComparison.OrdinalIgnoreCase) ? null : encoding;
    }

    private void Enrich(Exchange exchange, TimeSpan duration, DataWriter data)
    {
        if (exchange.Policy.Enrich is not { } enrich) return;
        var members = CustomDataMembers.Begin(data);
        try
        {
            enrich(exchange.Context, new ExchangeData(members, exchange.Arrival.Timestamp, duration));
        }
#pragma warning disable CA1031 // a delegate of the host may throw anything
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _failures.Report(exception, "Capture.Enrich");
        }

        members.End();
    }

    private readonly record struct CommonResponse(string Protocol, EndpointCapturePolicy Endpoint, int? GrpcStatus)
    {
        // Protocols differ in their last character, and a hash of the whole text would cost more than the rest of the lookup.
        public override int GetHashCode() => Endpoint.GetHashCode() ^ (Protocol.AsSpan() is [.., var last] ? last : 0) ^ GrpcStatus.GetValueOrDefault();
    }
}
