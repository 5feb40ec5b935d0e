using HoodyLogs.AspNetCore.Capture.Bodies;
using HoodyLogs.AspNetCore.Configuration;
using HoodyLogs.Configuration;
using HoodyLogs.Diagnostics;
using HoodyLogs.Entries;
using HoodyLogs.Writing;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace HoodyLogs.AspNetCore.Capture;

/// <summary>Makes records of exchanges and hands them to the sink, once each (decision E4).</summary>
internal sealed class ExchangeRecorder : IDisposable
{
    private readonly ILogSink _sink;
    private readonly TimeProvider _time;
    private readonly CaptureFailures _failures;
    private readonly IDisposable _reload;
    private readonly CancellationToken _hostStopping;
    private readonly ClientAddress _addresses = new();
    private readonly EntryData _data;
    private readonly BodyFinisher _bodies;
    private readonly ScopeOfExchange _scopes;
    private volatile CaptureRules _rules;

    public ExchangeRecorder(
        ILogSink sink, ILiveOptions<ProxyLogsOptions> options, TimeProvider time, LogMetrics metrics, ILogger<ExchangeRecorder> logger,
        IHostApplicationLifetime? host = null)
    {
        (_sink, _time) = (sink, time);
        _hostStopping = host?.ApplicationStopping ?? CancellationToken.None;
        _failures = new CaptureFailures(metrics, logger);
        _data = new EntryData(_failures);
        _bodies = new BodyFinisher(BodyMemory, _failures);
        metrics.ObserveBodiesRefused(() => BodyMemory.Refused);
        _scopes = new ScopeOfExchange(_failures);
        _rules = new CaptureRules(options.Current);
        _reload = options.OnChange(changed => _rules = new CaptureRules(changed));
    }

    /// <summary>How often capture itself or a delegate of the host failed.</summary>
    public long Failures => _failures.Count;

    /// <summary>Whether the host was asked to stop.</summary>
    public bool HostIsStopping => _hostStopping.IsCancellationRequested;

    public BodyMemory BodyMemory { get; } = new();

    public CurrentExchange Current { get; } = new();

    /// <summary>The rules in force.</summary>
    public CaptureRules Rules => _rules;

    /// <summary>Counts a failure of capture, and tells of the first of its sort.</summary>
    public void Failed(Exception failure, string what) => _failures.Note(failure, what);

    public void Dispose() => _reload.Dispose();

    /// <summary>Begins to watch an exchange; null where it is left out, as far as its arrival tells, or watched already.</summary>
    public Exchange? Begin(HttpContext context)
    {
        var rules = _rules;
        var features = context.Features;
        if (!rules.IsEnabled || features.Get<ICaptureMark>() is not null) return null;
        var chosen = features.Get<IEndpointFeature>();
        if (rules.Want(context) && !rules.LeavesOut(EndpointTraits.Of(chosen?.Endpoint))) return new Exchange(context, chosen, this, rules, _time);
        features.Set(ICaptureMark.LeftOut);
        return null;
    }

    /// <summary>Whose an exchange is, also while it lasts. Once it has ended, its context must not be asked any more.</summary>
    public ExchangeScope ScopeOf(Exchange exchange) => exchange.Scope ?? (exchange.HasEnded ? default : _scopes.Of(exchange));

    /// <summary>Whose share of the memory for bodies an exchange uses: its project's; its client's where no scopes are known at all.</summary>
    public int BodyShareOf(Exchange exchange)
    {
        if (exchange.Rules is { HostScopes: false, Scope: null }) return BodyMemory.ShareOf(exchange.Context.Connection.RemoteIpAddress);
        return ScopeOf(exchange).ProjectId is { } project ? BodyMemory.ShareOf(project) : BodyMemory.UnknownScope;
    }

    /// <summary>Asks whose an exchange is, unless that is known; what is unknown by now may be known at its end.</summary>
    public void LearnScope(Exchange exchange)
    {
        if (exchange.Scope is null && _scopes.Of(exchange) is var scope && scope != default) exchange.Scope = scope;
    }

    /// <summary>Writes the request entry, with <c>RequestEntry: AtArrival</c>; left to the end where its own level would leave it out.</summary>
    public ValueTask<bool> RecordArrivalAsync(Exchange exchange)
    {
        if (exchange.Rules.MinLevel > EntryLevel.Info) return ValueTask.FromResult(false);
        try
        {
            LearnScope(exchange);
            exchange.ArrivalRecorded = true;
            var record = Make(exchange, RecordShape.Request, new ExchangeOutcome(0, EntryLevel.Info, false), default, default);
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
            if (exchange.Rules.LeavesOut(exchange.Endpoint)) return Task.CompletedTask;
            var duration = _time.GetElapsedTime(exchange.ArrivedAt);
            var outcome = ExchangeOutcome.Of(exchange);
            if (outcome.Level < exchange.Rules.MinLevel || !Keeps(exchange, outcome, duration)) return Task.CompletedTask;
            LearnScope(exchange);
            var handedOver = HandOverAsync(exchange, MakeWithBodies(exchange, outcome, duration), CancellationToken.None);
            return handedOver.IsCompletedSuccessfully ? Task.CompletedTask : handedOver.AsTask();
        }
#pragma warning disable CA1031 // no exchange fails because of logging
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _failures.Note(exception, "Recording an exchange");
            return Task.CompletedTask;
        }
        finally
        {
            exchange.End();
        }
    }

    private bool Keeps(Exchange exchange, ExchangeOutcome outcome, TimeSpan duration)
    {
        if (exchange.Rules.Keep is not { } keep) return true;
        try
        {
            return keep(new CapturedExchange(exchange, outcome, duration));
        }
#pragma warning disable CA1031 // a host's delegate may throw anything
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _failures.Note(exception, "Capture.Keep");
            return true;
        }
    }

    private LogRecord MakeWithBodies(Exchange exchange, ExchangeOutcome outcome, TimeSpan duration)
    {
        var (requestState, request) = exchange.FinishBody(_bodies, isRequest: true, outcome.IsCut);
        var (responseState, response) = exchange.FinishBody(_bodies, isRequest: false, outcome.IsCut);
        var bodies = new Bodies(
            requestState, responseState, request is null && response is null ? null : new BodyLease(request, response).Release);
        var shape = exchange.ArrivalRecorded ? RecordShape.Response : RecordShape.Exchange;
        return Make(exchange, shape, outcome, duration, bodies).WithBodies(request?.ToStore(), response?.ToStore());
    }

    private LogRecord Make(Exchange exchange, RecordShape shape, ExchangeOutcome outcome, TimeSpan duration, Bodies bodies)
    {
        var request = exchange.Context.Request;
        var scope = exchange.Scope.GetValueOrDefault();
        var atEnd = shape != RecordShape.Request;
        var method = WellKnownMethods.Find(HttpMethods.GetCanonicalizedValue(request.Method));
        var url = RequestUrl.Of(exchange, _failures, out var urlIsCut);
        var withBodies = bodies.Request != BodyState.NotCaptured || bodies.Response != BodyState.NotCaptured;
        return new LogRecord
        {
            Shape = shape,
            Level = outcome.Level,
            Source = exchange.Rules.Source,
            ProjectId = scope.ProjectId,
            ContainerId = scope.ContainerId,
            ServiceName = scope.ServiceName,
            IsScopeUnverified = scope.IsUnverified,
            Method = method,
            TraceId = exchange.GivenTraceId,
            TraceUuid = exchange.TraceUuid,
            TimestampMs = exchange.ArrivedMs,
            DurationUs = (long)duration.TotalMicroseconds,
            Url = url,
            ClientIp = _addresses.Of(exchange.Context.Connection.RemoteIpAddress),
            Status = outcome.Status,
            BytesIn = atEnd || !exchange.MayHaveRequestBody ? exchange.BytesIn : -1,
            BytesOut = atEnd ? exchange.BytesOut : -1,
            UserAgent = (string?)request.Headers.UserAgent is { } agent ? exchange.Rules.Messages.Agent(agent, Bounded.Short) : null,
            RequestData = shape == RecordShape.Response
                ? _data.OfResponse(exchange, method is not null, withBodies)
                : _data.OfRequest(exchange, method is not null, urlIsCut),
            ResponseData = shape == RecordShape.Exchange ? _data.OfResponse(exchange, method is not null, withBodies) : null,
            RequestBodyState = bodies.Request,
            ResponseBodyState = bodies.Response,
            BodiesReleased = bodies.Released,
        };
    }

    private ValueTask<bool> HandOverAsync(Exchange exchange, LogRecord record, CancellationToken cancellationToken)
    {
        if (exchange.Rules.WaitsForRoom) return WaitForRoomAsync(record, cancellationToken);
        var isAccepted = _sink.TryWrite(record);
        if (!isAccepted) record.ReleaseBodies();
        return ValueTask.FromResult(isAccepted);
    }

    private async ValueTask<bool> WaitForRoomAsync(LogRecord record, CancellationToken cancellationToken)
    {
        var isAccepted = await _sink.WriteAsync(record, cancellationToken).ConfigureAwait(false);
        if (!isAccepted) record.ReleaseBodies();
        return isAccepted;
    }

    private readonly record struct Bodies(BodyState Request, BodyState Response, Action<LogRecord>? Released);
}
