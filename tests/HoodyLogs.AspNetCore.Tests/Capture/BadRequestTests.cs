using System.Net;
using System.Text;
using FluentAssertions;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace HoodyLogs.AspNetCore.Tests.Capture;

/// <summary>A bad request that the framework answers with 4xx is a fault of the client, with any error page.</summary>
public sealed class BadRequestTests
{
    public enum Page
    {
        None,
        Developer,
        Handler,
        HandlerWithSelector,
        ProblemDetails,
    }

    [Test]
    public async Task E5_a_bad_request_that_the_framework_answers_with_4xx_is_a_warning(
        [Values] Page page, [Values] bool isOutside, [Values("Development", "Production")] string environment,
        [Values("/bind", "/throw/400", "/throw/408", "/throw/413", "/throw/422", "/limit")] string path)
    {
        await using var server = await StartAsync(page, isOutside, environment);
        using var response = await server.Client.PostAsync(path, new StringContent("{", Encoding.UTF8, "application/json"));
        var record = await server.NextAsync();
        record.Status.Should().Be((int)response.StatusCode);
        record.Level.Should().Be((int)response.StatusCode < 500 ? EntryLevel.Warn : EntryLevel.Error);
        if (page != Page.Handler && page != Page.ProblemDetails) record.Status.Should().BeLessThan(500);
        if (environment == "Development" || path != "/bind") record.Response().Data("exception").GetString().Should().Contain("BadHttpRequestException");
    }

    [Test]
    public async Task E5_a_failed_antiforgery_check_that_a_page_answers_with_4xx_is_a_warning([Values] bool isOutside)
    {
        await using var server = await StartAsync(Page.HandlerWithSelector, isOutside, "Production");
        using var response = await server.Client.PostAsync("/antiforgery", null);
        response.StatusCode.Should().Be(HttpStatusCode.BadRequest);
        var record = await server.NextAsync();
        (record.Status, record.Level).Should().Be((400, EntryLevel.Warn));
    }

    [Test]
    public async Task E5_another_exception_is_an_error_with_any_error_page([Values(Page.None, Page.Developer, Page.Handler)] Page page, [Values] bool isOutside)
    {
        await using var server = await StartAsync(page, isOutside, "Development");
        using var response = await server.Client.PostAsync("/fail", null);
        response.StatusCode.Should().Be(HttpStatusCode.InternalServerError);
        (await server.NextAsync()).Level.Should().Be(EntryLevel.Error);
    }

    [Test]
    public async Task E5_a_bad_request_after_the_response_has_started_is_an_error()
    {
        await using var server = await StartAsync(Page.Developer, isOutside: true, "Development");
        await FluentActions.Awaiting(() => server.Client.PostAsync("/begun", null)).Should().ThrowAsync<HttpRequestException>();
        var record = await server.NextAsync();
        (record.Status, record.Level).Should().Be((404, EntryLevel.Error));
    }

    private static Task<CaptureServer> StartAsync(Page page, bool isOutside, string environment)
    {
        void Use(WebApplication app)
        {
            if (page == Page.Developer) app.UseDeveloperExceptionPage();
            if (page == Page.Handler) app.UseExceptionHandler(handler => handler.Run(context => context.Response.WriteAsync("sorry")));
            if (page == Page.ProblemDetails) app.UseExceptionHandler();
            if (page != Page.HandlerWithSelector) return;
            app.UseExceptionHandler(new ExceptionHandlerOptions
            {
                StatusCodeSelector = failure => failure is BadHttpRequestException refused ? refused.StatusCode : failure is AntiforgeryValidationException ? 400 : 500,
                ExceptionHandler = context => context.Response.WriteAsync("sorry"),
            });
        }

        return CaptureServer.StartAsync(
            app =>
            {
                if (!isOutside) Use(app);
                app.UseRouting();
                app.MapPost("/bind", (Order order) => order.Number);
                app.MapPost("/throw/{status:int}", (int status) => Refuse(status));
                app.MapPost("/limit", async (HttpContext context) =>
                {
                    context.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = 0;
                    await context.Request.Body.CopyToAsync(Stream.Null);
                });
                app.MapPost("/antiforgery", (HttpContext context, IAntiforgery antiforgery) => antiforgery.ValidateRequestAsync(context));
                app.MapPost("/fail", () => Fail());
                app.MapPost("/begun", async (HttpContext context) =>
                {
                    context.Response.StatusCode = 404;
                    await context.Response.WriteAsync("begun");
                    await context.Response.Body.FlushAsync();
                    throw new BadHttpRequestException("late");
                });
            },
            before: isOutside ? Use : null,
            build: builder =>
            {
                builder.Environment.EnvironmentName = environment;
                builder.Services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = environment == "Development");
                builder.Services.AddProblemDetails();
                builder.Services.AddAntiforgery();
            });
    }

    private static string Refuse(int status) => throw new BadHttpRequestException("refused", status);

    private static string Fail() => throw new InvalidOperationException();

    private sealed record Order(int Number);
}
