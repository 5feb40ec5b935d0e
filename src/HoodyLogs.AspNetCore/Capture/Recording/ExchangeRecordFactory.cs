using HoodyLogs.AspNetCore.Capture.Bodies;
using HoodyLogs.AspNetCore.Capture.Exchanges;
using HoodyLogs.AspNetCore.Capture.Redaction.Text;
using HoodyLogs.Entries;
using Microsoft.AspNetCore.Http;

namespace HoodyLogs.AspNetCore.Capture.Recording;

/// <summary>Creates the records of exchanges.</summary>
internal sealed class ExchangeRecordFactory(ExchangeEnvironment environment)
{
    private readonly EntryDataWriter _data = new(environment.Failures);
    private readonly BodyProcessor _bodies = new(environment.BodyMemory, environment.Failures);

    /// <summary>Creates the record of a request that has arrived.</summary>
    public LogRecord CreateRequest(Exchange exchange) =>
        Create(exchange, RecordShape.Request, new ExchangeOutcome(0, EntryLevel.Info, false), default, default);

    /// <summary>Creates the record of an exchange whose response has ended.</summary>
    public LogRecord Create(Exchange exchange, ExchangeOutcome outcome, TimeSpan duration)
    {
        var (requestState, request) = exchange.FinishBody(_bodies, isRequest: true, outcome.IsCut);
        ProcessedBody? response = null;
        try
        {
            (var responseState, response) = exchange.FinishBody(_bodies, isRequest: false, outcome.IsCut);
            var bodies = new BodyStates(
                requestState, responseState, request is null && response is null ? null : new BodyLease(request, response).Release);
            var shape = exchange.IsRequestRecorded ? RecordShape.Response : RecordShape.Exchange;
            return Create(exchange, shape, outcome, duration, bodies).WithOwnBodies(request?.ToStore(), response?.ToStore());
        }
        catch
        {
            request?.Dispose();
            response?.Dispose();
            throw;
        }
    }

    private LogRecord Create(Exchange exchange, RecordShape shape, ExchangeOutcome outcome, TimeSpan duration, BodyStates bodies)
    {
        var request = exchange.Context.Request;
        var scope = exchange.Scope.GetValueOrDefault();
        var isEnd = shape != RecordShape.Request;
        var method = WellKnownMethods.Find(HttpMethods.GetCanonicalizedValue(request.Method));
        var url = ExchangeUrl.Of(exchange, environment.Failures, out var isUrlTruncated);
        return new LogRecord
        {
            Shape = shape,
            Level = outcome.Level,
            Source = exchange.Policy.Source,
            ProjectId = scope.ProjectId,
            ContainerId = scope.ContainerId,
            ServiceName = scope.ServiceName,
            IsScopeUnverified = scope.IsUnverified,
            KnownMethod = method,
            TraceId = exchange.Arrival.TraceId,
            TraceUuid = exchange.Arrival.TraceUuid,
            TimestampMs = exchange.Arrival.UnixTimeMs,
            DurationUs = (long)duration.TotalMicroseconds,
            Url = url,
            ClientIp = exchange.Policy.Addresses.Format(exchange.Context.Connection.RemoteIpAddress),
            SentStatus = outcome.Status,
            BytesIn = isEnd || !exchange.MayHaveRequestBody ? exchange.BytesIn : -1,
            BytesOut = isEnd ? exchange.BytesOut : -1,
            UserAgent = (string?)request.Headers.UserAgent is { } agent ? exchange.Policy.Messages.RedactUserAgent(agent, TextLimits.Short) : null,
            OwnRequestData = shape == RecordShape.Response
                ? _data.OfResponse(exchange, duration, method is not null, bodies.IsAnyCaptured)
                : _data.OfRequest(exchange, method is not null, isUrlTruncated),
            OwnResponseData = shape == RecordShape.Exchange ? _data.OfResponse(exchange, duration, method is not null, bodies.IsAnyCaptured) : null,
            RequestBodyState = bodies.Request,
            ResponseBodyState = bodies.Response,
            OnBodiesReleased = bodies.Released,
        };
    }

    private readonly record struct BodyStates(BodyState Request, BodyState Response, Action<LogRecord>? Released)
    {
        public bool IsAnyCaptured => Request != BodyState.NotCaptured || Response != BodyState.NotCaptured;
    }
}
