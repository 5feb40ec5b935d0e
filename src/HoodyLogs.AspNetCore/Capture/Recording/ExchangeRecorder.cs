using HoodyLogs.AspNetCore.Capture.Bodies;
using HoodyLogs.AspNetCore.Capture.Diagnostics;
using HoodyLogs.AspNetCore.Capture.Exchanges;
using HoodyLogs.AspNetCore.Capture.Features;
using HoodyLogs.AspNetCore.Capture.Open;
using HoodyLogs.AspNetCore.Capture.Policies;
using HoodyLogs.Diagnostics;
using HoodyLogs.Writing.Queue;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace HoodyLogs.AspNetCore.Capture.Recording;

/// <summary>Captures exchanges from their arrival to their end, and writes each of them to the sink once. Does not throw.</summary>
internal sealed class ExchangeRecorder
{
    private readonly CapturePolicySource _policies;
    private readonly OpenExchanges _open;
    private readonly ExchangeEnvironment _environment;
    private readonly ExchangeRecordFactory _records;
    private readonly RecordSink _sink;
    private readonly Func<object, Task> _recordCompleted;

    public ExchangeRecorder(
        ILogSink sink, CapturePolicySource policies, TimeProvider time, LogMetrics metrics, ILogger<ExchangeRecorder> logger,
        OpenExchanges open, IHostApplicationLifetime? host = null, LogQueue? queue = null)
    {
        (_policies, _open) = (policies, open);
        if (queue is not null) queue.PendingWrites = open.WaitUntilRecordedAsync;
        var failures = new CaptureFailures(metrics, logger);
        _environment = new ExchangeEnvironment(failures, time, host?.ApplicationStopping ?? CancellationToken.None);
        _records = new ExchangeRecordFactory(_environment);
        _sink = new RecordSink(sink, failures);
        _recordCompleted = exchange => RecordAsync((Exchange)exchange);
        metrics.ObserveTruncatedBodies(() => BodyMemory.Refused);
    }

    /// <summary>The number of failures of capture and of delegates of the host.</summary>
    public long Failures => _environment.Failures.Count;

    public BodyMemory BodyMemory => _environment.BodyMemory;

    public CurrentExchange Current { get; } = new();

    /// <summary>The policy in force.</summary>
    public CapturePolicy Policy => _policies.Current;

    /// <summary>Counts a failure, and logs the first failure of each operation.</summary>
    public void Report(Exception failure, string operation) => _environment.Failures.Report(failure, operation);

    /// <summary>Begins to capture an exchange.</summary>
    /// <returns>Null if the request is excluded or already captured.</returns>
    public ExchangeFeatures? Begin(HttpContext context)
    {
        ExchangeFeatures? installed = null;
        try
        {
            var policy = _policies.Current;
            var features = context.Features;
            if (!policy.IsEnabled || features.Get<ICaptureFeature>() is not null) return null;
            var endpointFeature = features.Get<IEndpointFeature>();
            if (policy.Includes(context) && !policy.Excludes(EndpointCapturePolicy.Of(endpointFeature?.Endpoint)))
            {
                var server = new ServerFeatures(features);
                var exchange = new Exchange(context, endpointFeature?.Endpoint, server.Lifetime, server.IsOutermost, policy, _environment);
                installed = new ExchangeFeatures(exchange, server, endpointFeature);
                installed.Install();
                exchange.ProvisionalScope = _environment.Scopes.FromHost(context, policy.Scopes);
                if (policy.Urls.HasDelegate) exchange.RedactedUrl = ExchangeUrl.Redact(exchange, _environment.Failures);
                _open.Add(exchange);
                return installed;
            }

            features.Set(ICaptureFeature.Excluded);
            if (EndpointCapturePolicy.Of(endpointFeature?.Endpoint).IsLogsApi) Current.MarkLogsApi(features.Get<IHttpActivityFeature>()?.Activity);
        }
#pragma warning disable CA1031 // capture must not fail an exchange
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Report(exception, "Beginning to capture an exchange");
            if (installed is not null) Withdraw(installed);
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
#pragma warning disable CA1031 // capture must not fail an exchange
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Report(exception, "Following an exchange");
        }
    }

    /// <summary>Notes how the pipeline ended, and records the exchange when its response has ended.</summary>
    public void Leave(ExchangeFeatures features)
    {
        var exchange = features.Exchange;
        exchange.OnResponded();
        try
        {
            features.OnPipelineEnded();
        }
#pragma warning disable CA1031 // capture must not fail an exchange
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Report(exception, "Noting the end of the pipeline");
        }

        try
        {
            // The last callback is called first: before the services of the request are disposed, which delegates of the host may use.
            exchange.Context.Response.OnCompleted(_recordCompleted, exchange);
        }
#pragma warning disable CA1031 // capture must not fail an exchange
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Report(exception, "Waiting for the end of a response");
            _ = RecordAsync(exchange);
        }
    }

    /// <summary>Writes the request entry on arrival, unless its level is below the minimum.</summary>
    public async ValueTask RecordArrivalAsync(Exchange exchange)
    {
        if (exchange.Policy.MinLevel > EntryLevel.Info) return;
        try
        {
            exchange.DetermineScope();
            var record = _records.CreateRequest(exchange);
            await _sink.WriteAsync(record, exchange.Policy.WaitsForRoom, exchange.Context.RequestAborted).ConfigureAwait(false);
            exchange.IsRequestRecorded = true;
        }
#pragma warning disable CA1031 // capture must not fail an exchange
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Report(exception, "Recording the arrival of an exchange");
        }
    }

    private Task RecordAsync(Exchange exchange)
    {
        if (exchange.HasEnded) return Task.CompletedTask;
        var recorded = TryRecordAsync(exchange);
        var released = End(exchange);
        return released.IsCompleted ? recorded : Task.WhenAll(recorded, released);
    }

    private Task TryRecordAsync(Exchange exchange)
    {
        try
        {
            if (exchange.Policy.Excludes(exchange.Endpoint)) return Task.CompletedTask;
            var duration = _environment.Time.GetElapsedTime(exchange.Arrival.Timestamp);
            exchange.Grpc = GrpcOutcome.Of(exchange.Context);
            var outcome = ExchangeOutcome.Of(exchange);
            if (outcome.Level < exchange.Policy.MinLevel || !Keeps(exchange, outcome, duration)) return Task.CompletedTask;
            exchange.DetermineScope();
            var written = _sink.WriteAsync(_records.Create(exchange, outcome, duration), exchange.Policy.WaitsForRoom, CancellationToken.None);
            return written.IsCompletedSuccessfully ? Task.CompletedTask : written.AsTask();
        }
#pragma warning disable CA1031 // capture must not fail an exchange
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Report(exception, "Recording an exchange");
            return Task.CompletedTask;
        }
    }

    private bool Keeps(Exchange exchange, ExchangeOutcome outcome, TimeSpan duration)
    {
        if (exchange.Policy.Keep is not { } keep) return true;
        try
        {
            return keep(new CapturedExchange(exchange.Context, exchange.TraceId)
            {
                Exception = exchange.Failure,
                Status = outcome.Status,
                Level = outcome.Level,
                Duration = duration,
                BytesIn = exchange.BytesIn,
                BytesOut = exchange.BytesOut,
                IsClientDisconnected = exchange.ClientDisconnected,
            });
        }
#pragma warning disable CA1031 // a delegate of the host may throw anything
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Report(exception, "Capture.Keep");
            return true;
        }
    }

    private void Withdraw(ExchangeFeatures features)
    {
        features.Withdraw();
        _ = End(features.Exchange);
    }

    private Task End(Exchange exchange)
    {
        var released = exchange.End();
        _open.Remove(exchange);
        return released;
    }
}
