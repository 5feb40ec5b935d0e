using HoodyLogs.AspNetCore.Capture.Bodies;
using HoodyLogs.AspNetCore.Capture.Exchanges;
using HoodyLogs.AspNetCore.Capture.Policies;
using HoodyLogs.AspNetCore.Capture.Redaction.Text;

namespace HoodyLogs.AspNetCore.Capture.Data;

/// <summary>Composes what <c>data</c> says beyond what every entry has (decision E6).</summary>
internal sealed class EntryDataWriter
{
    private const int LongestProtocol = 32; // of those that are kept

    private readonly CaptureFailures _failures;
    private readonly FragmentInterner _fragments = new();

    // Most exchanges have nothing of their own to say: their data follow from these keys.
    private readonly DirectMappedCache<string, byte[]?> _commonRequests = new();
    private readonly DirectMappedCache<CommonResponse, byte[]?> _commonResponses = new();
    private readonly Func<string, Exchange, byte[]?> _makeRequest;
    private readonly Func<CommonResponse, Exchange, byte[]?> _makeResponse;

    public EntryDataWriter(CaptureFailures failures)
    {
        _failures = failures;
        _makeRequest = (_, exchange) => MakeRequest(exchange, isKnownMethod: true, urlIsCut: false);
        _makeResponse = (_, exchange) => MakeResponse(exchange, isKnownMethod: true, null, null);
    }

    public byte[]? OfRequest(Exchange exchange, bool isKnownMethod, bool urlIsCut) => IsCommon(exchange, isKnownMethod) && !urlIsCut
        ? _commonRequests.GetOrMake(exchange.Context.Request.Protocol, exchange, _makeRequest)
        : MakeRequest(exchange, isKnownMethod, urlIsCut);

    public byte[]? OfResponse(Exchange exchange, bool isKnownMethod, bool withBodies)
    {
        var requestEncoding = withBodies ? BodyPolicy.EncodingOf(exchange.Context, isRequest: true) : null;
        var responseEncoding = withBodies ? BodyPolicy.EncodingOf(exchange.Context, isRequest: false) : null;
        var isCommon = IsCommon(exchange, isKnownMethod) && !exchange.ArrivalRecorded && requestEncoding is null && responseEncoding is null && exchange.Rules.Enrich is null
            && exchange is { ClientLeft: false, ServerCut: false, Failure: null, Upgraded: null };
        return isCommon
            ? _commonResponses.GetOrMake(new CommonResponse(exchange.Context.Request.Protocol, exchange.Endpoint, exchange.Grpc.Status), exchange, _makeResponse)
            : MakeResponse(exchange, isKnownMethod, requestEncoding, responseEncoding);
    }

    private static bool IsCommon(Exchange exchange, bool isKnownMethod) =>
        isKnownMethod && exchange.Rules.Headers is null && !exchange.IsWebSocket && exchange.Context.Request.Protocol.Length <= LongestProtocol;

    private byte[]? MakeRequest(Exchange exchange, bool isKnownMethod, bool urlIsCut)
    {
        using var data = DataWriter.Rent();
        WriteProtocol(data, exchange, isKnownMethod);
        if (urlIsCut) data.Name("urlTruncated"u8).Value(true);
        exchange.Rules.Headers?.Write(data, exchange.Context, exchange.Context.Request.Headers, _failures);
        return _fragments.Share(data.Written);
    }

    private byte[]? MakeResponse(Exchange exchange, bool isKnownMethod, string? requestEncoding, string? responseEncoding)
    {
        using var data = DataWriter.Rent();
        WriteProtocol(data, exchange, isKnownMethod);
        if (exchange.ArrivalRecorded) data.Name("bytesIn"u8).Value(exchange.BytesIn); // not known at arrival
        if (exchange.Endpoint.Pattern is { } pattern) data.Name("endpoint"u8).Value(pattern);
        if (exchange.Grpc.Status is { } grpcStatus) data.Name("grpcStatus"u8).Value(grpcStatus);
        if (exchange.ClientLeft) data.Name("aborted"u8).Value("client");
        else if (exchange.ServerCut) data.Name("aborted"u8).Value("server");
        if (exchange.Failure is { } exception) data.Name("exception"u8).Value(exception.GetType().ToString());
        if (exchange.Upgraded is { CloseStatus: > 0 and var closeStatus }) data.Name("closeStatus"u8).Value(closeStatus);
        Add(data, "requestContentEncoding"u8, requestEncoding);
        Add(data, "responseContentEncoding"u8, responseEncoding);
        exchange.Rules.Headers?.Write(data, exchange.Context, exchange.Context.Response.Headers, _failures);
        Enrich(exchange, data);
        return _fragments.Share(data.Written);
    }

    /// <summary>Protocol and uncommon method come first: the tunnel route tells a WebSocket by the one (decision U6), entries show the other as theirs.</summary>
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

    private void Enrich(Exchange exchange, DataWriter data)
    {
        if (exchange.Rules.Enrich is not { } enrich) return;
        data.Members.Begin();
        try
        {
            enrich(exchange.Context, new ExchangeData(data, exchange.ArrivedAt, exchange.Duration));
        }
#pragma warning disable CA1031 // a host's delegate may throw anything
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _failures.Note(exception, "Capture.Enrich");
        }

        data.Members.End();
    }

    private readonly record struct CommonResponse(string Protocol, EndpointCapturePolicy Endpoint, int? GrpcStatus)
    {
        // Protocols differ in their last letter, and hashing the whole text would cost more than the rest of the look-up.
        public override int GetHashCode() => Endpoint.GetHashCode() ^ (Protocol.AsSpan() is [.., var last] ? last : 0) ^ GrpcStatus.GetValueOrDefault();
    }
}
