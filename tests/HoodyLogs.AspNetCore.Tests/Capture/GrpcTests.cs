using System.Net;
using FluentAssertions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using NUnit.Framework;

namespace HoodyLogs.AspNetCore.Tests.Capture;

/// <summary>The <c>grpc-status</c> determines the level of gRPC calls through YARP, over HTTP/2 without TLS.</summary>
public sealed class GrpcTests
{
    private CaptureServer _upstream = null!;
    private CaptureServer _proxy = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        _upstream = await CaptureServer.StartAsync(app => app.Run(AnswerAsync));
        _proxy = await CaptureServer.StartProxyAsync(_upstream.Http2Address, version: HttpVersion.Version20);
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        await _proxy.DisposeAsync();
        await _upstream.DisposeAsync();
    }

    [Test]
    public async Task E5_the_level_of_a_call_follows_its_grpc_status([Range(0, 17)] int status, [Values] bool trailersOnly)
    {
        var expected = status switch
        {
            0 or 1 => EntryLevel.Info,
            2 or 4 or 8 or 12 or 13 or 14 or 15 => EntryLevel.Error,
            _ => EntryLevel.Warn,
        };
        var record = await CallAsync($"?{(trailersOnly ? "header" : "trailer")}={status}");
        (record.Status, record.Level).Should().Be((200, expected));
        record.Response().Data("grpcStatus").GetInt32().Should().Be(status);
        record.Response().HasData("aborted").Should().BeFalse();
    }

    [TestCase("", TestName = "E5_a_call_without_grpc_status_is_a_warning")]
    [TestCase("?trailer=", TestName = "E5_a_call_with_an_empty_grpc_status_is_a_warning")]
    [TestCase("?trailer=OK", TestName = "E5_a_call_with_a_grpc_status_that_is_no_number_is_a_warning")]
    [TestCase("?trailer=-1", TestName = "E5_a_call_with_a_negative_grpc_status_is_a_warning")]
    [TestCase("?trailer=99999999999", TestName = "E5_a_call_with_a_huge_grpc_status_is_a_warning")]
    [TestCase("?trailer=0&trailer=0", TestName = "E5_a_call_with_two_grpc_statuses_is_a_warning")]
    [TestCase("?trailer=x&header=0", TestName = "E5_trailers_come_before_headers")]
    public async Task E5_a_call_without_a_readable_grpc_status_is_a_warning(string query)
    {
        var record = await CallAsync(query);
        (record.Status, record.Level).Should().Be((200, EntryLevel.Warn));
        record.Response().HasData("grpcStatus").Should().BeFalse();
    }

    [TestCase("?header=0&http=503", EntryLevel.Error)]
    [TestCase("?http=404", EntryLevel.Warn)]
    [TestCase("?trailer=14&http=404", EntryLevel.Error)]
    [TestCase("?trailer=0&type=application/grpc%2Bproto", EntryLevel.Info)]
    [TestCase("?trailer=13&type=application/grpc%2Bjson;charset=utf-8", EntryLevel.Error)]
    [TestCase("?trailer=13&type=APPLICATION/GRPC", EntryLevel.Error)]
    public async Task E5_HTTP_status_and_content_type_affect_the_level_of_a_call(string query, EntryLevel level) =>
        (await CallAsync(query)).Level.Should().Be(level);

    [TestCase("?trailer=14&type=application/json")]
    [TestCase("?type=application/grpc-web")]
    [TestCase("?type=application/grpcx&trailer=13")]
    public async Task E5_other_content_types_have_the_level_of_their_HTTP_status(string query)
    {
        var record = await CallAsync(query, requestType: "application/json");
        record.Level.Should().Be(EntryLevel.Info);
        record.Response().HasData("grpcStatus").Should().BeFalse();
    }

    [Test]
    public async Task E5_a_call_that_the_client_cancels_is_a_warning()
    {
        using var cancellation = new CancellationTokenSource();
        using var request = Request("?hangs=true", "application/grpc");
        using (var response = await _proxy.Http2Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation.Token))
        {
            await cancellation.CancelAsync();
        }

        var record = await _proxy.NextAsync();
        record.Level.Should().Be(EntryLevel.Warn);
        record.Response().Data("aborted").GetString().Should().Be("client");
    }

    private async Task<LogRecord> CallAsync(string query, string requestType = "application/grpc")
    {
        using var request = Request(query, requestType);
        using var response = await _proxy.Http2Client.SendAsync(request);
        await response.Content.ReadAsByteArrayAsync();
        return await _proxy.NextAsync();
    }

    private static HttpRequestMessage Request(string query, string requestType) => new(HttpMethod.Post, "/service/method" + query)
    {
        Version = HttpVersion.Version20,
        VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        Content = new ByteArrayContent([0, 0, 0, 0, 0]) { Headers = { { "Content-Type", requestType } } },
    };

    /// <summary>Responds as the query requests: a message and trailers, or headers only.</summary>
    private static async Task AnswerAsync(HttpContext context)
    {
        var (query, response) = (context.Request.Query, context.Response);
        response.ContentType = query["type"].FirstOrDefault() ?? "application/grpc";
        if (query.TryGetValue("http", out var http)) response.StatusCode = int.Parse(http.ToString(), System.Globalization.CultureInfo.InvariantCulture);
        if (query.TryGetValue("header", out var header)) response.Headers["grpc-status"] = header;
        if (query.ContainsKey("header") && !query.ContainsKey("trailer")) return;
        response.DeclareTrailer("grpc-status");
        await response.Body.WriteAsync(new byte[] { 0, 0, 0, 0, 0 });
        await response.Body.FlushAsync();
        if (query.ContainsKey("hangs")) await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
        if (query.TryGetValue("trailer", out var trailer)) response.AppendTrailer("grpc-status", trailer);
    }
}
