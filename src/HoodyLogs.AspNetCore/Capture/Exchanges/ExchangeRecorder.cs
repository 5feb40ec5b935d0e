using System.Net;
using HoodyLogs.AspNetCore.Capture.Bodies;
using HoodyLogs.AspNetCore.Capture.Data;
using HoodyLogs.AspNetCore.Capture.Options;
using HoodyLogs.AspNetCore.Capture.Policies;
using HoodyLogs.AspNetCore.Capture.Redaction.Text;
using HoodyLogs.AspNetCore.Capture.Scopes;
using HoodyLogs.Configuration;
using HoodyLogs.Diagnostics;
using HoodyLogs.Entries;
using HoodyLogs.Writing.Queue;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace HoodyLogs.AspNetCore.Capture.Exchanges;

/// <summary>Makes records of exchanges and hands them to the sink, once each (decision E4).</summary>
internal sealed class ExchangeRecorder : IDisposable
{
    private static readonly Func<object, Task> Completed = static exchange => ((Exchange)exchange).CompleteAsync();

    private readonly ILogSink _sink;
    private readonly TimeProvider _time;
    private readonly CaptureFailures _failures;
    private readonly IDisposable _reload;
    private readonly CancellationToken _hostStopping;
    private readonly EntryDataWriter _data;
    private readonly BodyProcessor _bodies;
    private readonly ExchangeScopeResolver _scopes;
    private volatile CapturePolicy _rules;

    public ExchangeRecorder(
        ILogSink sink, ILastGoodOptions<ICaptureSettings> options, TimeProvider time, LogMetrics metrics, ILogger<ExchangeRecorder> logger,
        OpenExchanges open, IHostApplicationLifetime? host = null, LogQueue? queue = null)
    {
        Open = open;
        if (queue is not null) queue.PendingWrites = open.AnsweredAreRecordedAsync;
        (_sink, _time) = (sink, time);
        _hostStopping = host?.ApplicationStopping ?? CancellationToken.None;
        _failures = new CaptureFailures(metrics, logger);
        _data = new EntryDataWriter(_failures);
        _bodies = new BodyProcessor(BodyMemory, _failures);
        metrics.ObserveTruncatedBodies(() => BodyMemory.Refused);
        _scopes = new ExchangeScopeResolver(_failures);
        _rules = new CapturePolicy(options.Current);
        _reload = options.OnChange(changed => _rules = new CapturePolicy(changed));
    }

    /// <summary>How often capture itself or a delegate of the host failed.</summary>
    public long Failures => _failures.Count;

    /// <summary>Whether the host was asked to stop.</summary>
    public bool HostIsStopping => _hostStopping.IsCancellationRequested;

    public BodyMemory BodyMemory { get; } = new();

    public CurrentExchange Current { get; } = new();

    /// <summary>The exchanges that last.</summary>
    public OpenExchanges Open { get; }

    /// <summary>The rules in force.</summary>
    public CapturePolicy Rules => _rules;

    /// <summary>Counts a failure of capture. Logs the first failure of each kind.</summary>
    public void Failed(Exception failure, string what) => _failures.Note(failure, what);

    public void Dispose() => _reload.Dispose();

    /// <summary>Begins to watch an exchange; null where it is left out, as far as its arrival tells, or watched already.</summary>
    public Exchange? Begin(HttpContext context)
    {
        Exchange? exchange = null;
        try
        {
            var rules = _rules;
            var features = context.Features;
            if (!rules.IsEnabled || features.Get<ICaptureFeature>() is not null) return null;
            var chosen = features.Get<IEndpointFeature>();
            if (rules.Want(context) && !rules.LeavesOut(EndpointCapturePolicy.Of(chosen?.Endpoint)))
            {
                exchange = new Exchange(context, chosen, this, rules, _time);
                exchange.Install();
                exchange.OpenScope = _scopes.OfHost(rules, context);
                if (rules.Urls.AsksHost) exchange.RedactedUrl = RequestUrl.Whole(exchange, _failures);
                Open.Add(exchange);
                return exchange;
            }

            features.Set(ICaptureFeature.LeftOut);
            if (EndpointCapturePolicy.Of(chosen?.Endpoint).IsLogsApi) Current.NoteLogsApi(features.Get<IHttpActivityFeature>()?.Activity);
        }
#pragma warning disable CA1031 // no exchange fails because of logging
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _failures.Note(exception, "Beginning to capture an exchange");
            exchange?.Withdraw();
        }

        return null;
    }

    /// <summary>Makes an exchange the current one of the calling method.</summary>
    public void Enter(Exchange exchange)
    {
        try
        {
            Current.Enter(exchange);
        }
#pragma warning disable CA1031 // no exchange fails because of logging
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _failures.Note(exception, "Following an exchange");
        }
    }

    /// <summary>Notes how the pipeline ended, and records the exchange once its response has ended.</summary>
    public void Leave(Exchange exchange)
    {
        exchange.NoteAnswer();
        try
        {
            exchange.LeavePipeline();
        }
#pragma warning disable CA1031 // no exchange fails because of logging
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _failures.Note(exception, "Noting the end of the pipeline");
        }

        try
        {
            // Registered last, so that it is called first: before the services of the request are disposed, which a host's delegates may use.
            exchange.Context.Response.OnCompleted(Completed, exchange);
        }
#pragma warning disable CA1031 // no exchange fails because of logging
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _failures.Note(exception, "Waiting for the end of a response");
            _ = RecordAsync(exchange);
        }
    }

    /// <summary>
    /// Whose an exchange is while it lasts, for code of any thread; unknown once it has ended. The exchange does not end while this asks the host, since its
    /// context could serve another request then.
    /// </summary>
    public ExchangeScope ScopeOf(Exchange exchange)
    {
        if (!exchange.TryHold()) return default;
        try
        {
            return exchange.Scope ?? _scopes.Of(exchange);
        }
        finally
        {
            exchange.LetGo();
        }
    }

    /// <summary>
    /// Whose share of the memory for bodies an exchange uses: its project's. Its client's if no scopes are known at all, or if the client has chosen the scope by
    /// a host name.
    /// </summary>
    public static int BodyShareOf(Exchange exchange)
    {
        var scope = exchange.EarlyScope();
        if (scope.IsUnverified || exchange.Rules is { HostScopes: false, Scope: null }) return BodyMemory.ShareOf(exchange.Context.Connection.RemoteIpAddress);
        return scope.ProjectId is { } project ? BodyMemory.ShareOf(project) : BodyMemory.UnknownScope;
    }

    /// <summary>The address of the client as the app knows it by now; null once the exchange has ended.</summary>
    public static IPAddress? AddressOf(Exchange exchange)
    {
        if (!exchange.TryHold()) return null;
        try
        {
            return exchange.Context.Connection.RemoteIpAddress;
        }
        finally
        {
            exchange.LetGo();
        }
    }

    /// <summary>Whose an exchange is, as far as it can be told while it lasts; null where it has no project. A failure of the host's delegate is counted at the end.</summary>
    public ResolvedScope? OpenScopeOf(Exchange exchange)
    {
        if (!exchange.TryHold()) return null;
        try
        {
            return _scopes.Known(_scopes.Of(exchange, countsFailure: false));
        }
        finally
        {
            exchange.LetGo();
        }
    }

    /// <summary>Asks whose an exchange is, unless that is known; what is unknown by now may be known at its end.</summary>
    public void LearnScope(Exchange exchange)
    {
        if (exchange.Scope is null && _scopes.Of(exchange) is var scope && scope != default) exchange.LearnScope(scope);
    }

    /// <summary>Writes the request entry, with <c>RequestEntry: AtArrival</c>; left to the end where its own level would leave it out.</summary>
    public async ValueTask RecordArrivalAsync(Exchange exchange)
    {
        if (exchange.Rules.MinLevel > EntryLevel.Info) return;
        try
        {
            LearnScope(exchange);
            var record = Make(exchange, RecordShape.Request, new ExchangeOutcome(0, EntryLevel.Info, false), default, default);
            await HandOverAsync(exchange, record, exchange.Context.RequestAborted).ConfigureAwait(false);
            exchange.ArrivalRecorded = true;
        }
#pragma warning disable CA1031 // no exchange fails because of logging
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _failures.Note(exception, "Recording the arrival of an exchange");
        }
    }

    /// <summary>Records an exchange whose response has ended.</summary>
    public Task RecordAsync(Exchange exchange)
    {
        if (exchange.HasEnded) return Task.CompletedTask;
        var recorded = TryRecordAsync(exchange);
        var ended = exchange.End();
        return ended.IsCompleted ? recorded : Task.WhenAll(recorded, ended);
    }

    private Task TryRecordAsync(Exchange exchange)
    {
        try
        {
            if (exchange.Rules.LeavesOut(exchange.Endpoint)) return Task.CompletedTask;
            var duration = exchange.Duration = _time.GetElapsedTime(exchange.ArrivedAt);
            exchange.Grpc = GrpcOutcome.Of(exchange.Context);
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
        ProcessedBody? response = null;
        try
        {
            (var responseState, response) = exchange.FinishBody(_bodies, isRequest: false, outcome.IsCut);
            var bodies = new Bodies(
                requestState, responseState, request is null && response is null ? null : new BodyLease(request, response).Release);
            var shape = exchange.ArrivalRecorded ? RecordShape.Response : RecordShape.Exchange;
            return Make(exchange, shape, outcome, duration, bodies).WithOwnBodies(request?.ToStore(), response?.ToStore());
        }
        catch
        {
            request?.Dispose();
            response?.Dispose();
            throw;
        }
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
            KnownMethod = method,
            TraceId = exchange.GivenTraceId,
            TraceUuid = exchange.TraceUuid,
            TimestampMs = exchange.ArrivedMs,
            DurationUs = (long)duration.TotalMicroseconds,
            Url = url,
            ClientIp = exchange.Rules.Addresses.Of(exchange.Context.Connection.RemoteIpAddress),
            SentStatus = outcome.Status,
            BytesIn = atEnd || !exchange.MayHaveRequestBody ? exchange.BytesIn : -1,
            BytesOut = atEnd ? exchange.BytesOut : -1,
            UserAgent = (string?)request.Headers.UserAgent is { } agent ? exchange.Rules.Messages.RedactUserAgent(agent, TextLimits.Short) : null,
            OwnRequestData = shape == RecordShape.Response
                ? _data.OfResponse(exchange, method is not null, withBodies)
                : _data.OfRequest(exchange, method is not null, urlIsCut),
            OwnResponseData = shape == RecordShape.Exchange ? _data.OfResponse(exchange, method is not null, withBodies) : null,
            RequestBodyState = bodies.Request,
            ResponseBodyState = bodies.Response,
            BodiesReleased = bodies.Released,
        };
    }

    private ValueTask<bool> HandOverAsync(Exchange exchange, LogRecord record, CancellationToken cancellationToken)
    {
        if (exchange.Rules.WaitsForRoom) return WaitForRoomAsync(record, cancellationToken);
        var isAccepted = false;
        try
        {
            isAccepted = _sink.TryWrite(record);
        }
#pragma warning disable CA1031 // a sink of the host may throw anything
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _failures.Note(exception, "The log sink");
        }

        if (!isAccepted) record.ReleaseBodies();
        return ValueTask.FromResult(isAccepted);
    }

    private async ValueTask<bool> WaitForRoomAsync(LogRecord record, CancellationToken cancellationToken)
    {
        var isAccepted = false;
        try
        {
            isAccepted = await _sink.WriteAsync(record, cancellationToken).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // a sink of the host may throw anything
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _failures.Note(exception, "The log sink");
        }

        if (!isAccepted) record.ReleaseBodies();
        return isAccepted;
    }

    private readonly record struct Bodies(BodyState Request, BodyState Response, Action<LogRecord>? Released);
}
