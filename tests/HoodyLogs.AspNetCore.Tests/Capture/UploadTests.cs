using System.Net;
using System.Net.Sockets;
using System.Text;
using FluentAssertions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using NUnit.Framework;

namespace HoodyLogs.AspNetCore.Tests.Capture;

/// <summary>Clients that disconnect during an upload, and responses that the server rejects.</summary>
public sealed class UploadTests
{
    public enum Reading
    {
        Stream,
        Pipe,
    }

    /// <summary>What the application does when reading fails.</summary>
    public enum Then
    {
        Throw,
        Cut,
        AnswerWithStatus,
    }

    [Test]
    public async Task E5_a_client_that_disconnects_during_its_upload_is_recorded_as_disconnected(
        [Values] Reading reading, [Values] Then then, [Values] bool begun, [Values] bool chunked)
    {
        await using var server = await CaptureServer.StartAsync(app => app.Run(async context =>
        {
            if (begun) await AnswerAsync(context, "begun");
            await ReadAsync(context, reading, then);
        }));
        await SendPartAsync(server, chunked, begun ? "begun" : "");
        var record = await server.NextAsync();
        record.Level.Should().Be(EntryLevel.Warn);
        record.Status.Should().Be(begun ? 200 : 499);
        record.Response().Data("aborted").GetString().Should().Be("client");
    }

    [Test]
    public async Task E5_a_client_that_stops_its_upload_after_the_whole_response_is_not_recorded_as_disconnected([Values] Reading reading, [Values] bool promised)
    {
        await using var server = await CaptureServer.StartAsync(app => app.Run(async context =>
        {
            if (promised) context.Response.ContentLength = 5;
            await AnswerAsync(context, "whole");
            if (!promised) await context.Response.CompleteAsync();
            await ReadAsync(context, reading, Then.Cut);
        }));
        await SendPartAsync(server, chunked: false, "whole");
        var record = await server.NextAsync();
        record.Level.Should().Be(EntryLevel.Info);
        record.Response().HasData("aborted").Should().BeFalse();
    }

    [Test]
    public async Task E5_an_invalid_chunk_is_rejected_while_the_client_waits([Values] Reading reading)
    {
        await using var server = await CaptureServer.StartAsync(app => app.Run(context => ReadAsync(context, reading, Then.Throw)));
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, server.Address.Port);
        await client.GetStream().WriteAsync("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nnonsense\r\n"u8.ToArray());
        await ReceiveAsync(client, "HTTP/1.1 400");
        var record = await server.NextAsync();
        record.Status.Should().Be(400);
        record.Response().HasData("aborted").Should().BeFalse();
    }

    [TestCase("stream")]
    [TestCase("pipe")]
    [TestCase("memory")]
    public async Task E6_response_bytes_that_the_server_rejects_are_not_counted(string way)
    {
        await using var server = await CaptureServer.StartAsync(
            app => app.Run(async context =>
            {
                context.Response.ContentLength = 3;
                var write = async () =>
                {
                    if (way == "stream") await context.Response.Body.WriteAsync("too much"u8.ToArray());
                    if (way == "pipe") await context.Response.BodyWriter.WriteAsync("too much"u8.ToArray());
                    if (way == "memory") WriteToMemory(context.Response.BodyWriter);
                };
                await write.Should().ThrowAsync<InvalidOperationException>();
                context.Response.Clear();
                context.Response.StatusCode = StatusCodes.Status502BadGateway;
            }),
            options => options.Capture.CaptureResponseBody = true);
        (await server.Client.GetAsync("/")).StatusCode.Should().Be(HttpStatusCode.BadGateway);
        var record = await server.NextAsync();
        record.BytesOut.Should().Be(0);
        record.ResponseBodyState.Should().Be(BodyState.Empty);

        static void WriteToMemory(System.IO.Pipelines.PipeWriter writer)
        {
            writer.GetSpan(8);
            writer.Advance(8);
        }
    }

    [TestCase("POST", 4L, null, 4L)]
    [TestCase("GET", null, 0L, 0L)]
    public async Task E6_the_request_entry_at_arrival_has_no_transferred_bytes(string method, long? length, long? bytesIn, long atEnd)
    {
        await using var server = await CaptureServer.StartAsync(
            app => app.Run(context => context.Request.Body.CopyToAsync(Stream.Null)),
            options => options.Capture.RequestEntry = RequestEntryMode.AtArrival);
        using var request = new HttpRequestMessage(new HttpMethod(method), "/");
        if (length is not null) request.Content = new ByteArrayContent(new byte[length.Value]);
        await server.Client.SendAsync(request);
        var arrival = (await server.NextAsync()).Request();
        if (bytesIn is null) arrival.HasData("bytesIn").Should().BeFalse();
        else arrival.Data("bytesIn").GetInt64().Should().Be(bytesIn);
        (await server.NextAsync()).Response().Data("bytesIn").GetInt64().Should().Be(atEnd);
    }

    [Test]
    public async Task E7_binary_bodies_are_truncated_exactly_at_the_cap([Values(0xE4, 0xC3, 0xF0)] int last)
    {
        await using var server = await CaptureServer.StartAsync(
            app => app.Run(context => context.Request.Body.CopyToAsync(Stream.Null)),
            options => (options.Capture.CaptureRequestBody, options.Capture.StoreUnreadableBodies, options.Capture.MaxBodyBytes) = (true, true, 8));
        await server.Client.PostAsync("/", new ByteArrayContent([0xFF, 0, 1, 2, 3, 4, 5, (byte)last, 7]));
        var record = await server.NextAsync();
        record.RequestBodyState.Should().Be(BodyState.Capped);
        record.RequestBody!.Content.ToArray().Should().Equal(0xFF, 0, 1, 2, 3, 4, 5, (byte)last);
    }

    private static async Task AnswerAsync(HttpContext context, string text)
    {
        await context.Response.WriteAsync(text);
        await context.Response.Body.FlushAsync();
    }

    private static async Task ReadAsync(HttpContext context, Reading reading, Then then)
    {
        try
        {
            await context.Request.Body.ReadExactlyAsync(new byte[Sent.Length]);
            if (reading == Reading.Stream)
            {
                await context.Request.Body.CopyToAsync(Stream.Null);
                return;
            }

            while (true)
            {
                var result = await context.Request.BodyReader.ReadAsync();
                context.Request.BodyReader.AdvanceTo(result.Buffer.End);
                if (result.IsCompleted) return;
            }
        }
        catch (Exception) when (then != Then.Throw)
        {
            if (then == Then.Cut) context.Abort();
            else if (!context.Response.HasStarted) context.Response.StatusCode = StatusCodes.Status502BadGateway;
        }
    }

    private const string Sent = "some of it";

    /// <summary>Sends a part of a body, waits for a response, and resets the connection.</summary>
    private static async Task SendPartAsync(CaptureServer server, bool chunked, string answer)
    {
        using var client = new TcpClient { LingerState = new LingerOption(true, 0) };
        await client.ConnectAsync(IPAddress.Loopback, server.Address.Port);
        var part = chunked ? $"Transfer-Encoding: chunked\r\n\r\n{Sent.Length:x}\r\n{Sent}\r\n" : $"Content-Length: 5000\r\n\r\n{Sent}";
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"POST / HTTP/1.1\r\nHost: x\r\n{part}"));
        if (answer.Length > 0) await ReceiveAsync(client, answer);
    }

    private static async Task ReceiveAsync(TcpClient client, string text)
    {
        var (received, buffer) = ("", new byte[1000]);
        while (!received.Contains(text, StringComparison.Ordinal))
        {
            var count = await client.GetStream().ReadAsync(buffer);
            if (count == 0) Assert.Fail(received);
            received += Encoding.ASCII.GetString(buffer, 0, count);
        }
    }
}
