using FluentAssertions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using NUnit.Framework;

namespace HoodyLogs.AspNetCore.Tests.Capture;

/// <summary>
/// Error pages execute the pipeline again with their own endpoint. The exchange still belongs to the endpoint that failed, with its capture
/// configuration, its pattern, its route values and its exception.
/// </summary>
public sealed class ErrorPageTests
{
    public enum Page
    {
        OfException,
        OfStatus,
    }

    [Test]
    public async Task A_disabled_endpoint_is_not_captured_when_it_fails([Values] Page page, [Values] bool isOutside, [Values] bool hasRouting)
    {
        await using var server = await StartAsync(page, isOutside, hasRouting, WithBodies);
        await PostAsync(server, "/off/mine", "boom");
        await PostAsync(server, "/kept/mine", "boom");
        (await server.NextAsync()).Url.Should().Be("/kept/mine");
        server.Sink.Count.Should().Be(0);
    }

    [Test]
    public async Task An_excluded_path_is_not_captured_when_it_fails([Values] Page page, [Values] bool isOutside, [Values] bool hasRouting)
    {
        await using var server = await StartAsync(page, isOutside, hasRouting, options => options.Capture.ExcludedPaths = ["/off/**"]);
        await PostAsync(server, "/off/mine", "boom");
        await PostAsync(server, "/kept/mine", "boom");
        (await server.NextAsync()).Url.Should().Be("/kept/mine");
        server.Sink.Count.Should().Be(0);
    }

    [Test]
    public async Task An_endpoint_without_bodies_has_no_bodies_when_it_fails([Values] Page page, [Values] bool isOutside, [Values] bool hasRouting)
    {
        await using var server = await StartAsync(page, isOutside, hasRouting, WithBodies);
        await PostAsync(server, "/bare/mine", "boom");
        var record = await server.NextAsync();
        record.RequestBodyState.Should().Be(BodyState.NotCaptured);
        record.ResponseBodyState.Should().Be(BodyState.NotCaptured);
        (record.RequestBody, record.ResponseBody).Should().Be((null, null));
    }

    [Test]
    public async Task A_failed_exchange_keeps_the_endpoint_and_the_scope_that_its_route_names(
        [Values] Page page, [Values] bool isOutside, [Values] bool hasRouting, [Values] RequestEntryMode mode)
    {
        await using var server = await StartAsync(page, isOutside, hasRouting, options =>
        {
            options.Capture.RequestEntry = mode;
            options.Capture.Scope = context => new ExchangeScope((string?)context.Request.RouteValues["project"]);
        });
        await PostAsync(server, "/kept/mine", "boom");
        if (mode == RequestEntryMode.AtArrival) await server.NextAsync();
        var record = await server.NextAsync();
        record.ProjectId.Should().Be("mine");
        record.Response().Data("endpoint").GetString().Should().Be("/kept/{project}");
    }

    [Test]
    public async Task The_entry_names_an_exception_that_an_error_page_answers([Values] bool isOutside, [Values] bool hasRouting)
    {
        Exception? kept = null;
        await using var server = await StartAsync(Page.OfException, isOutside, hasRouting, options => options.Capture.Keep = exchange =>
        {
            kept = exchange.Exception;
            return true;
        });
        var response = await PostAsync(server, "/kept/mine", "boom");
        response.Should().Be("sorry");
        var record = await server.NextAsync();
        record.Status.Should().Be(500);
        record.Level.Should().Be(EntryLevel.Error);
        record.Response().Data("exception").GetString().Should().Be("System.InvalidOperationException");
        kept.Should().BeOfType<InvalidOperationException>();
    }

    [Test]
    public async Task A_successful_exchange_has_the_scope_of_its_route_at_arrival()
    {
        await using var server = await StartAsync(Page.OfException, isOutside: false, hasRouting: true, options =>
        {
            options.Capture.RequestEntry = RequestEntryMode.AtArrival;
            options.Capture.Scope = context => new ExchangeScope((string?)context.Request.RouteValues["project"]);
        });
        await PostAsync(server, "/kept/mine", "fine");
        (await server.NextAsync()).ProjectId.Should().BeNull("no endpoint is chosen yet");
        (await server.NextAsync()).ProjectId.Should().Be("mine");
    }

    private static void WithBodies(ProxyLogsOptions options) => options.Capture.CaptureRequestBody = options.Capture.CaptureResponseBody = true;

    private static Task<CaptureServer> StartAsync(Page page, bool isOutside, bool hasRouting, Action<ProxyLogsOptions> options)
    {
        void UsePage(WebApplication app)
        {
            if (page == Page.OfException) app.UseExceptionHandler("/error");
            else app.UseStatusCodePagesWithReExecute("/error");
        }

        async Task FailAsync(HttpContext context)
        {
            using var reader = new StreamReader(context.Request.Body);
            if (await reader.ReadToEndAsync() != "boom") return;
            if (page == Page.OfException) throw new InvalidOperationException();
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        }

        return CaptureServer.StartAsync(
            app =>
            {
                if (!isOutside) UsePage(app);
                if (hasRouting) app.UseRouting();
                app.MapPost("/off/{project}", FailAsync).DisableProxyLogs();
                app.MapPost("/bare/{project}", FailAsync).WithProxyLogs(captureRequestBody: false, captureResponseBody: false);
                app.MapPost("/kept/{project}", FailAsync);
                app.Map("/error", (HttpContext context) => context.Response.WriteAsync("sorry"));
            },
            options,
            before: isOutside ? UsePage : null);
    }

    private static async Task<string> PostAsync(CaptureServer server, string path, string body)
    {
        using var response = await server.Client.PostAsync(path, new StringContent(body));
        return await response.Content.ReadAsStringAsync();
    }
}
