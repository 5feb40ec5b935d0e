using System.Diagnostics;
using HoodyLogs.AspNetCore.Capture.Data;
using HoodyLogs.AspNetCore.Capture.Features;
using HoodyLogs.AspNetCore.Capture.Policies;
using HoodyLogs.AspNetCore.Capture.Redaction.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace HoodyLogs.AspNetCore.Capture.Recording;

/// <summary>
/// Records requests that Kestrel rejects before they reach the pipeline, such as a request with two Host headers. They are events with an unknown scope, so
/// only admins can read them.
/// </summary>
internal sealed class RejectedRequestListener(ExchangeRecorder recorder, ILogSink sink, TimeProvider time) : IObserver<KeyValuePair<string, object?>>, IDisposable
{
    private const string BadRequest = "Microsoft.AspNetCore.Server.Kestrel.BadRequest";

    private readonly Lock _lock = new();
    private IDisposable? _subscription;

    /// <summary>Begins to listen. A second call changes nothing.</summary>
    public void Listen(DiagnosticListener? diagnostics)
    {
        lock (_lock)
        {
            // Only this event is enabled, so that hosting and routing write no events and create no activity.
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
        // Events that other listeners enable arrive here too.
        if (value.Key != BadRequest || value.Value is not IFeatureCollection features) return;
        try
        {
            Record(features);
        }
#pragma warning disable CA1031 // capture must not fail the server
        catch (Exception exception)
#pragma warning restore CA1031
        {
            recorder.Report(exception, "Recording a refused request");
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
        var policy = recorder.Policy;

        // A request that capture has seen is an exchange or is excluded.
        if (!policy.IsEnabled || policy.MinLevel > EntryLevel.Warn || features.Get<ICaptureFeature>() is not null) return;
        var failure = features.Get<IBadRequestExceptionFeature>()?.Error;
        var status = (failure as BadHttpRequestException)?.StatusCode ?? StatusCodes.Status400BadRequest;
        sink.TryWrite(new LogRecord
        {
            Shape = RecordShape.Event,
            Level = EntryLevel.Warn,
            Source = policy.Source,
            TimestampMs = time.GetUtcNow().ToUnixTimeMilliseconds(),
            ClientIp = policy.Addresses.Format(features.Get<IHttpConnectionFeature>()?.RemoteIpAddress),
            SentStatus = status,
            OwnRequestData = Data(policy, failure, status, features.Get<IHttpRequestFeature>()?.Protocol),
        });
    }

    private static byte[] Data(CapturePolicy policy, Exception? failure, int status, string? protocol)
    {
        using var data = DataWriter.Rent();
        data.Name("message"u8).Value(policy.Messages.Redact(failure?.Message ?? "The server refused a request.", TextLimits.Short));
        data.Name("status"u8).Value(status);
        if (!string.IsNullOrEmpty(protocol)) data.Name("protocol"u8).Value(TextLimits.Truncate(protocol, TextLimits.Short));
        return data.Written.ToArray();
    }
}
