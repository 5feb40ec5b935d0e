using HoodyLogs.AspNetCore.Configuration;
using HoodyLogs.Configuration;
using HoodyLogs.Entries;
using HoodyLogs.Writing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace HoodyLogs.AspNetCore.Capture;

/// <summary>Makes records of exchanges and hands them to the sink, once each (decision E4).</summary>
internal sealed class ExchangeRecorder : IDisposable
{
    private readonly ILogSink _sink;
    private readonly TimeProvider _time;
    private readonly CaptureFailures _failures;
    private readonly IDisposable _reload;
    private readonly ClientAddress _addresses = new();
    private readonly DataFragments _fragments = new();
    private readonly ScopeOfExchange _scopes;
    private volatile CaptureRules _rules;

    public ExchangeRecorder(ILogSink sink, ILiveOptions<ProxyLogsOptions> options, TimeProvider time, ILogger<ExchangeRecorder> logger)
    {
        (_sink, _time) = (sink, time);
        _failures = new CaptureFailures(logger);
        _scopes = new ScopeOfExchange(_failures);
        _rules = new CaptureRules(options.Current);
        _reload = options.OnChange(changed => _rules = new CaptureRules(changed));
    }

    /// <summary>How often capture itself or a delegate of the host failed.</summary>
    public long Failures => _failures.Count;

    public void Dispose() => _reload.Dispose();

    /// <summary>Whether this exchange is to be watched, as far as its arrival tells.</summary>
    public bool Wants(HttpContext context) => _rules.Want(context.Request) && !IsLeftOut(context);

    public Exchange Begin(HttpContext context) => new(context, this, _rules, _time);

    /// <summary>Writes the request entry, with <c>RequestEntry: AtArrival</c>; left to the end where its own level would leave it out.</summary>
    public ValueTask<bool> RecordArrivalAsync(Exchange exchange)
    {
        if (exchange.Rules.MinLevel > EntryLevel.Info) return ValueTask.FromResult(false);
        try
        {
            exchange.Scope = _scopes.Of(exchange);
            exchange.ArrivalRecorded = true;
            var record = Make(exchange, RecordShape.Request, new ExchangeOutcome(0, EntryLevel.Info, false), duration: default);
            return HandOverAsync(exchange, record, exchange.Context.RequestAborted);
        }
#pragma warning disable CA1031 // no exchange fails because of logging
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _failures.Note(exception, "Recording the arrival of an exchange");
            return ValueTask.FromResult(false);
        }
    }

    /// <summary>Records an exchange whose response has ended.</summary>
    public Task RecordAsync(Exchange exchange)
    {
        try
        {
            if (IsLeftOut(exchange.Context)) return Task.CompletedTask;
            var outcome = ExchangeOutcome.Of(exchange);
            if (outcome.Level < exchange.Rules.MinLevel) return Task.CompletedTask;
            exchange.Scope ??= _scopes.Of(exchange);
            var shape = exchange.ArrivalRecorded ? RecordShape.Response : RecordShape.Exchange;
            var record = Make(exchange, shape, outcome, _time.GetElapsedTime(exchange.ArrivedAt));
            var handedOver = HandOverAsync(exchange, record, CancellationToken.None);
            return handedOver.IsCompletedSuccessfully ? Task.CompletedTask : handedOver.AsTask();
        }
#pragma warning disable CA1031 // no exchange fails because of logging
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _failures.Note(exception, "Recording an exchange");
            return Task.CompletedTask;
        }
    }

    /// <summary>Whether the endpoint keeps its exchanges out: the logs API's own (decision A5).</summary>
    private static bool IsLeftOut(HttpContext context) => context.GetEndpoint()?.Metadata.GetMetadata<LogsApiMetadata>() is not null;

    private LogRecord Make(Exchange exchange, RecordShape shape, ExchangeOutcome outcome, TimeSpan duration)
    {
        var context = exchange.Context;
        var request = context.Request;
        var scope = exchange.Scope.GetValueOrDefault();
        var atEnd = shape != RecordShape.Request;
        return new LogRecord
        {
            Shape = shape,
            Level = outcome.Level,
            Source = exchange.Rules.Source,
            ProjectId = scope.ProjectId,
            ContainerId = scope.ContainerId,
            ServiceName = scope.ServiceName,
            Method = WellKnownMethod.Of(request.Method),
            TraceId = exchange.TraceId,
            TimestampMs = exchange.ArrivedMs,
            DurationUs = (long)duration.TotalMicroseconds,
            Url = RequestUrl.Of(context),
            ClientIp = _addresses.Of(context.Connection.RemoteIpAddress),
            Status = outcome.Status,
            BytesIn = atEnd ? exchange.BytesIn : request.ContentLength ?? -1,
            BytesOut = !atEnd ? -1 : ExchangeOutcome.HasBody(context) ? exchange.BytesOut : 0,
            UserAgent = request.Headers.UserAgent,
            RequestData = shape == RecordShape.Response ? ResponseData(exchange) : RequestData(exchange),
            ResponseData = shape == RecordShape.Exchange ? ResponseData(exchange) : null,
        };
    }

    private byte[]? RequestData(Exchange exchange)
    {
        using var data = DataWriter.Rent();
        data.Add("protocol"u8, exchange.Context.Request.Protocol);
        var method = exchange.Context.Request.Method;
        if (WellKnownMethod.Of(method) is null) data.Add("method"u8, method);
        return _fragments.Share(data.Written);
    }

    private byte[]? ResponseData(Exchange exchange)
    {
        using var data = DataWriter.Rent();
        data.Add("protocol"u8, exchange.Context.Request.Protocol);
        if (exchange.ClientLeft) data.Add("aborted"u8, "client");
        else if (exchange.ServerCut) data.Add("aborted"u8, "server");
        if (exchange.Exception is { } exception) data.Add("exception"u8, exception.GetType().FullName ?? exception.GetType().Name);
        return _fragments.Share(data.Written);
    }

    private ValueTask<bool> HandOverAsync(Exchange exchange, LogRecord record, CancellationToken cancellationToken) =>
        exchange.Rules.WaitsForRoom ? _sink.WriteAsync(record, cancellationToken) : ValueTask.FromResult(_sink.TryWrite(record));
}
