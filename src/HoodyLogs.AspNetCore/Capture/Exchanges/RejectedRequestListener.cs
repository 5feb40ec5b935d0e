using System.Diagnostics;
using HoodyLogs.AspNetCore.Capture.Data;
using HoodyLogs.AspNetCore.Capture.Policies;
using HoodyLogs.AspNetCore.Capture.Redaction.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace HoodyLogs.AspNetCore.Capture.Exchanges;

/// <summary>
/// Records requests that Kestrel refuses before they reach the pipeline, such as one with two Host headers, as events. Nobody knows whose they are, so only
/// admins see them.
/// </summary>
internal sealed class RejectedRequestListener(ExchangeRecorder recorder, ILogSink sink, TimeProvider time) : IObserver<KeyValuePair<string, object?>>, IDisposable
{
    private const string BadRequest = "Microsoft.AspNetCore.Server.Kestrel.BadRequest";

    private readonly Lock _lock = new();
    private IDisposable? _subscription;

    /// <summary>Begins to listen; a second call is harmless.</summary>
    public void Listen(DiagnosticListener? diagnostics)
    {
        lock (_lock)
        {
            // For this one event: hosting and routing ask for theirs by name, do nothing where the answer is no, and create no activity.
            _subscription ??= diagnostics?.Subscribe(this, static name => name.Length == BadRequest.Length && name == BadRequest);
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _subscription?.Dispose();
            _subscription = null;
        }
    }

    void IObserver<KeyValuePair<string, object?>>.OnNext(KeyValuePair<string, object?> value)
    {
        // Events that others ask for come here too.
        if (value.Key != BadRequest || value.Value is not IFeatureCollection features) return;
        try
        {
            Record(features);
        }
#pragma warning disable CA1031 // the server is not harmed by logging
        catch (Exception exception)
#pragma warning restore CA1031
        {
            recorder.Failed(exception, "Recording a refused request");
        }
    }

    void IObserver<KeyValuePair<string, object?>>.OnError(Exception error)
    {
    }

    void IObserver<KeyValuePair<string, object?>>.OnCompleted()
    {
    }

    private void Record(IFeatureCollection features)
    {
        var rules = recorder.Rules;

        // A request that capture has seen is an exchange, or was left out.
        if (!rules.IsEnabled || rules.MinLevel > EntryLevel.Warn || features.Get<ICaptureFeature>() is not null) return;
        var failure = features.Get<IBadRequestExceptionFeature>()?.Error;
        var status = (failure as BadHttpRequestException)?.StatusCode ?? StatusCodes.Status400BadRequest;
        sink.TryWrite(new LogRecord
        {
            Shape = RecordShape.Event,
            Level = EntryLevel.Warn,
            Source = rules.Source,
            TimestampMs = time.GetUtcNow().ToUnixTimeMilliseconds(),
            ClientIp = rules.Addresses.Of(features.Get<IHttpConnectionFeature>()?.RemoteIpAddress),
            SentStatus = status,
            OwnRequestData = Data(rules, failure, status, features.Get<IHttpRequestFeature>()?.Protocol),
        });
    }

    private static byte[] Data(CapturePolicy rules, Exception? failure, int status, string? protocol)
    {
        using var data = DataWriter.Rent();
        data.Name("message"u8).Value(rules.Messages.Redact(failure?.Message ?? "The server refused a request.", TextLimits.Short));
        data.Name("status"u8).Value(status);
        if (!string.IsNullOrEmpty(protocol)) data.Name("protocol"u8).Value(TextLimits.Truncate(protocol, TextLimits.Short));
        return data.Written.ToArray();
    }
}
