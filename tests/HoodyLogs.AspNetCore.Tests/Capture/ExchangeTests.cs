using FluentAssertions;
using HoodyLogs.AspNetCore.Capture.Recording;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace HoodyLogs.AspNetCore.Tests.Capture;

/// <summary>Records of successful exchanges.</summary>
public sealed class ExchangeTests
{
    [Test]
    public async Task E4_an_exchange_is_one_record_with_two_entries()
    {
        await using var server = await CaptureServer.StartAsync(app => app.MapPost("/v1/users", () => Results.Text("created", statusCode: 201)));
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/users?page=2") { Content = new StringContent("hello") };
        request.Headers.UserAgent.ParseAdd("Test/1.0");
        request.Headers.Add("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
        await server.Client.SendAsync(request);

        var record = await server.NextAsync();
        record.Shape.Should().Be(RecordShape.Exchange);
        var (first, second) = (record.Request(), record.Response());
        first.Kind.Should().Be(EntryKind.Request);
        second.Kind.Should().Be(EntryKind.Response);
        foreach (var entry in new[] { first, second })
        {
            entry.TraceId.Should().Be("4bf92f3577b34da6a3ce929d0e0e4736");
            entry.Method.Should().Be("POST");
            entry.Url.Should().Be("/v1/users?page=2");
            entry.ClientIp.Should().Be("127.0.0.1");
            entry.Status.Should().Be(201);
            entry.Level.Should().Be(EntryLevel.Info);
            entry.Source.Should().Be(EntrySource.Backend);
            entry.Data("protocol").GetString().Should().Be("HTTP/1.1");
        }

        first.Data("userAgent").GetString().Should().Be("Test/1.0");
        second.Data("bytesOut").GetInt64().Should().Be("created".Length);
        second.Data("durationMs").GetDouble().Should().BeGreaterThan(0);
        second.TsMs.Should().BeGreaterThanOrEqualTo(first.TsMs);
        server.Sink.Count.Should().Be(0);
    }

    [Test]
    public async Task E4_an_exchange_without_a_trace_id_gets_a_new_UUID()
    {
        await using var server = await CaptureServer.StartAsync(app => app.MapGet("/", () => "ok"));
        await server.Client.GetAsync("/");
        await server.Client.GetAsync("/");
        var (first, second) = ((await server.NextAsync()).TraceId, (await server.NextAsync()).TraceId);
        Guid.TryParseExact(first, "D", out _).Should().BeTrue();
        second.Should().NotBe(first);
    }

    [Test]
    public async Task E4_at_arrival_the_request_entry_is_written_before_the_exchange_ends()
    {
        var release = new TaskCompletionSource();
        await using var server = await CaptureServer.StartAsync(
            app => app.MapGet("/slow", async () =>
            {
                await release.Task;
                return Results.StatusCode(503);
            }),
            options => options.Capture.RequestEntry = RequestEntryMode.AtArrival);
        var response = server.Client.GetAsync("/slow");

        var arrival = await server.NextAsync();
        arrival.Shape.Should().Be(RecordShape.Request);
        arrival.Level.Should().Be(EntryLevel.Info);
        arrival.Request().Status.Should().BeNull();
        release.SetResult();
        await response;
        var end = await server.NextAsync();
        end.Shape.Should().Be(RecordShape.Response);
        end.TraceId.Should().Be(arrival.TraceId);
        end.Status.Should().Be(503);
        end.Response().Data("protocol").GetString().Should().Be("HTTP/1.1");
    }

    [TestCase(200, EntryLevel.Info)]
    [TestCase(302, EntryLevel.Info)]
    [TestCase(404, EntryLevel.Warn)]
    [TestCase(499, EntryLevel.Warn)]
    [TestCase(500, EntryLevel.Error)]
    [TestCase(504, EntryLevel.Error)]
    public async Task E5_the_status_determines_the_level(int status, EntryLevel level)
    {
        await using var server = await CaptureServer.StartAsync(app => app.MapGet("/", () => Results.StatusCode(status)));
        using var client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = server.Address };
        await client.GetAsync("/");
        var record = await server.NextAsync();
        record.Status.Should().Be(status);
        record.Level.Should().Be(level);
    }

    [Test]
    public async Task E6_bytes_are_counted_through_streams_pipes_and_files()
    {
        var file = Path.GetTempFileName();
        await File.WriteAllBytesAsync(file, new byte[3000]);
        await using var server = await CaptureServer.StartAsync(app =>
        {
            app.MapPost("/stream", async context =>
            {
                await context.Request.Body.CopyToAsync(context.Response.Body);
                await context.Response.Body.FlushAsync();
                context.Response.Body.WriteByte(1);
            });
            app.MapPost("/pipe", async context =>
            {
                var read = await context.Request.BodyReader.ReadAtLeastAsync(5000);
                var length = (int)read.Buffer.Length;
                context.Request.BodyReader.AdvanceTo(read.Buffer.End);
                context.Response.BodyWriter.GetSpan(length)[..length].Fill(7);
                context.Response.BodyWriter.Advance(length);
                await context.Response.BodyWriter.WriteAsync(new byte[10]);
            });
            app.MapPost("/file", context => context.Response.SendFileAsync(file, 1000, 1500));
            app.MapPost("/whole-file", context => context.Response.SendFileAsync(file));
        }, build: builder => builder.Services.Configure<Microsoft.AspNetCore.Server.Kestrel.Core.KestrelServerOptions>(kestrel => kestrel.AllowSynchronousIO = true));
        await Expect("/stream", 5000, 5001);
        await Expect("/pipe", 5000, 5010);
        await Expect("/file", 0, 1500);
        await Expect("/whole-file", 0, 3000);
        File.Delete(file);

        async Task Expect(string path, long bytesIn, long bytesOut)
        {
            foreach (var client in new[] { server.Client, server.Http2Client })
            {
                var response = await client.PostAsync(path, new ByteArrayContent(new byte[5000]));
                (await response.Content.ReadAsByteArrayAsync()).Length.Should().Be((int)bytesOut);
                var record = await server.NextAsync();
                record.BytesIn.Should().Be(bytesIn, path);
                record.BytesOut.Should().Be(bytesOut, path);
            }
        }
    }

    [Test]
    public async Task E6_a_response_to_HEAD_has_no_bytes()
    {
        await using var server = await CaptureServer.StartAsync(app => app.MapMethods("/", ["HEAD"], context =>
        {
            context.Response.ContentLength = 5;
            return context.Response.WriteAsync("hello");
        }));
        using var request = new HttpRequestMessage(HttpMethod.Head, "/");
        await server.Client.SendAsync(request);
        var record = await server.NextAsync();
        record.BytesOut.Should().Be(0);
        record.Level.Should().Be(EntryLevel.Info);
    }

    [Test]
    public async Task E1_an_unknown_method_is_stored_and_creates_no_series()
    {
        await using var server = await CaptureServer.StartAsync(app => app.Run(context => context.Response.WriteAsync("ok")));
        using var request = new HttpRequestMessage(new HttpMethod("BREW"), "/");
        await server.Client.SendAsync(request);
        var record = await server.NextAsync();
        record.Method.Should().BeNull();
        record.Request().Method.Should().Be("BREW");
        record.Response().Method.Should().Be("BREW");
    }

    [Test]
    public async Task The_scope_delegate_is_called_at_the_end_before_the_services_are_disposed()
    {
        await using var server = await CaptureServer.StartAsync(
            app => app.MapGet("/{tenant}", (HttpContext context, string tenant) =>
            {
                context.Items["tenant"] = tenant;
                return Results.Ok();
            }),
            options => options.Capture.Scope = context =>
                new ExchangeScope((string?)context.Items["tenant"], context.RequestServices.GetRequiredService<Probe>().Name, "api"),
            build: builder => builder.Services.AddScoped<Probe>());
        await server.Client.GetAsync("/acme");
        var record = await server.NextAsync();
        (record.ProjectId, record.ContainerId, record.ServiceName).Should().Be(("acme", "probe", "api"));
    }

    [Test]
    public async Task A6_the_host_name_has_priority_over_the_scope_delegate()
    {
        await using var server = await CaptureServer.StartAsync(app => app.MapGet("/", () => "ok"), options =>
        {
            options.Capture.ScopeFromHost = true;
            options.Capture.Scope = _ => new ExchangeScope("delegate");
        });
        await Get("p1-550e8400-e29b-41d4-a716-446655440000-web-app-3.example.com");
        await Get("www.example.com");
        var record = await server.NextAsync();
        (record.ProjectId, record.ContainerId, record.ServiceName).Should().Be(("p1", "550e8400-e29b-41d4-a716-446655440000", "web-app"));
        (await server.NextAsync()).ProjectId.Should().Be("delegate");

        async Task Get(string host)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/") { Headers = { Host = host } };
            await server.Client.SendAsync(request);
        }
    }

    [Test]
    public async Task A_failing_scope_delegate_loses_only_the_scope()
    {
        await using var server = await CaptureServer.StartAsync(
            app => app.MapGet("/", () => "ok"), options => options.Capture.Scope = _ => throw new InvalidOperationException("no scope"));
        (await server.Client.GetStringAsync("/")).Should().Be("ok");
        (await server.NextAsync()).ProjectId.Should().BeNull();
        server.Services.GetRequiredService<ExchangeRecorder>().Failures.Should().Be(1);
    }

    [Test]
    public async Task Disabled_capture_and_excluded_paths_record_nothing_and_follow_a_reload()
    {
        await using var server = await CaptureServer.StartAsync(
            app => app.MapGet("/{**path}", () => "ok"), options => options.Capture.ExcludedPaths = ["/health/**"]);
        await server.Client.GetAsync("/health/live");
        await server.Client.GetAsync("/healthy");
        (await server.NextAsync()).Url.Should().Be("/healthy");
        server.Reload("ProxyLogs:Capture:Enabled", "false");
        await server.Client.GetAsync("/off");
        server.Reload("ProxyLogs:Capture:Enabled", "true");
        await server.Client.GetAsync("/on");
        (await server.NextAsync()).Url.Should().Be("/on");
    }

    [Test]
    public async Task A5_the_logs_API_is_not_captured()
    {
        await using var server = await CaptureServer.StartAsync(app =>
        {
            app.MapProxyLogs();
            app.MapGet("/{**path}", () => "ok");
        });
        await server.Client.GetAsync("/api/proxy-logs/_logs/nothing");
        await server.Client.GetAsync("/other");
        (await server.NextAsync()).Url.Should().Be("/other");
    }

    [Test]
    public async Task A_second_UseProxyLogs_does_not_record_twice()
    {
        await using var server = await CaptureServer.StartAsync(app => app.MapGet("/", () => "ok"), before: app => app.UseProxyLogs());
        await server.Client.GetAsync("/");
        await server.NextAsync();
        await server.Client.GetAsync("/?again");
        (await server.NextAsync()).Url.Should().Be("/?again");
    }

    private sealed class Probe : IDisposable
    {
        private bool _disposed;

        public string Name => _disposed ? throw new ObjectDisposedException(nameof(Probe)) : "probe";

        public void Dispose() => _disposed = true;
    }

    [Test]
    public async Task Shared_data_does_not_leak_into_other_exchanges()
    {
        await using var server = await CaptureServer.StartAsync(app =>
        {
            app.MapGet("/a", () => "a");
            app.MapGet("/b", () => "b");
            app.Map("/any", () => "any");
            app.MapGet("/fails", (Func<string>)(() => throw new InvalidOperationException()));
        });
        for (var round = 0; round < 2; round++)
        {
            (await RecordAsync(server.Client, "GET", "/a")).Should().Be("HTTP/1.1 | HTTP/1.1 /a");
            (await RecordAsync(server.Client, "GET", "/b")).Should().Be("HTTP/1.1 | HTTP/1.1 /b");
            (await RecordAsync(server.Http2Client, "GET", "/a")).Should().Be("HTTP/2 | HTTP/2 /a");
            (await RecordAsync(server.Client, "BREW", "/any")).Should().Be("HTTP/1.1 BREW | HTTP/1.1 BREW /any");
            (await RecordAsync(server.Client, "GET", "/any")).Should().Be("HTTP/1.1 | HTTP/1.1 /any");
            (await RecordAsync(server.Client, "GET", "/fails")).Should().Be("HTTP/1.1 | HTTP/1.1 /fails System.InvalidOperationException");
            (await RecordAsync(server.Client, "GET", "/nowhere")).Should().Be("HTTP/1.1 | HTTP/1.1");
        }

        async Task<string> RecordAsync(HttpClient client, string method, string path)
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), path)
            {
                Version = client.DefaultRequestVersion,
                VersionPolicy = client.DefaultVersionPolicy,
            };
            await client.SendAsync(request);
            var record = await server.NextAsync();
            return $"{Values(record.Request())} | {Values(record.Response())}";
        }

        static string Values(LogEntry entry) => string.Join(' ', new[] { "protocol", "method", "endpoint", "exception" }
            .Where(entry.HasData).Select(name => entry.Data(name).GetString()));
    }
}
