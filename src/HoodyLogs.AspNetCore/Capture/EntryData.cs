using HoodyLogs.AspNetCore.Capture.Bodies;
using HoodyLogs.Entries;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace HoodyLogs.AspNetCore.Capture;

/// <summary>Composes what <c>data</c> says beyond what every entry has (decision E6).</summary>
internal sealed class EntryData(CaptureFailures failures)
{
    private readonly DataFragments _fragments = new();

    public byte[]? OfRequest(Exchange exchange, bool urlIsCut)
    {
        using var data = DataWriter.Rent();
        var request = exchange.Context.Request;
        WriteProtocol(data, exchange);
        if (urlIsCut) data.Name("urlTruncated"u8).Value(true);
        exchange.Rules.Headers?.Write(data, request.Headers);
        return _fragments.Share(data.Written);
    }

    public byte[]? OfResponse(Exchange exchange, bool withBodies)
    {
        using var data = DataWriter.Rent();
        var context = exchange.Context;
        WriteProtocol(data, exchange);
        if (context.GetEndpoint() is RouteEndpoint { RoutePattern.RawText: { } pattern }) data.Name("endpoint"u8).Value(pattern);
        if (exchange.ClientLeft) data.Name("aborted"u8).Value("client");
        else if (exchange.ServerCut) data.Name("aborted"u8).Value("server");
        if (exchange.Exception is { } exception) data.Name("exception"u8).Value(exception.GetType().ToString());
        if (exchange.Upgraded is { CloseStatus: > 0 and var closeStatus }) data.Name("closeStatus"u8).Value(closeStatus);
        if (withBodies)
        {
            Add(data, "requestContentEncoding"u8, BodyRules.EncodingOf(context, isRequest: true));
            Add(data, "responseContentEncoding"u8, BodyRules.EncodingOf(context, isRequest: false));
        }

        exchange.Rules.Headers?.Write(data, context.Response.Headers);
        Enrich(exchange, data);
        return _fragments.Share(data.Written);
    }

    /// <summary>Protocol and uncommon method come first: the tunnel route tells a WebSocket by the one (decision U6), entries show the other as theirs.</summary>
    private static void WriteProtocol(DataWriter data, Exchange exchange)
    {
        var request = exchange.Context.Request;
        data.Name("protocol"u8).Value(exchange.IsWebSocket ? "ws" : request.Protocol);
        if (MethodOf(request) is null) data.Name("method"u8).Value(Bounded.Text(request.Method, Bounded.Short));
    }

    /// <summary>The method where it is well known, else null.</summary>
    public static string? MethodOf(HttpRequest request) => WellKnownMethods.Find(HttpMethods.GetCanonicalizedValue(request.Method));

    private static void Add(DataWriter data, ReadOnlySpan<byte> name, string? value)
    {
        if (value is not null) data.Name(name).Value(Bounded.Text(value, Bounded.Short));
    }

    private void Enrich(Exchange exchange, DataWriter data)
    {
        if (exchange.Rules.Enrich is not { } enrich) return;
        try
        {
            enrich(exchange.Context, new ExchangeData(data));
        }
#pragma warning disable CA1031 // a host's delegate may throw anything
        catch (Exception exception)
#pragma warning restore CA1031
        {
            failures.Note(exception, "Capture.Enrich");
        }
    }
}
