using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using FluentAssertions;
using HoodyLogs.AspNetCore.Capture.Policies;
using HoodyLogs.AspNetCore.Tests.Endpoints;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.OutputCaching;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace HoodyLogs.AspNetCore.Tests.Hosting;

/// <summary>All routes of the library have their protective metadata. The tests find new routes themselves.</summary>
public sealed partial class RouteMetadataTests
{
    private readonly ConcurrentQueue<(string Path, Features Features)> _seen = new();
    private LogsApiServer _server = null!;

    [OneTimeSetUp]
    public async Task Start() => _server = await LogsApiServer.StartAsync(map: app =>
    {
        app.Use(RecordAsync);
        app.UseRouting();
        app.MapProxyLogs();
        app.MapGroup("/ops").MapProxyLogs("/{tenant}");
    });

    [OneTimeTearDown]
    public async Task Stop() => await _server.DisposeAsync();

    [Test]
    public void A7_every_route_carries_the_metadata()
    {
        var endpoints = Endpoints();
        endpoints.Should().HaveCountGreaterThan(20);
        foreach (var endpoint in endpoints)
        {
            var metadata = endpoint.Metadata;
            metadata.GetMetadata<LogsApiMetadata>().Should().NotBeNull(endpoint.DisplayName);
            metadata.GetMetadata<OutputCacheAttribute>().Should().Match<OutputCacheAttribute>(cache => cache.NoStore, endpoint.DisplayName);
            metadata.GetMetadata<DisableRequestTimeoutAttribute>().Should().NotBeNull(endpoint.DisplayName);
            metadata.GetMetadata<IAllowAnonymous>().Should().NotBeNull(endpoint.DisplayName);
        }
    }

    [Test]
    public async Task A7_every_response_is_marked_and_disables_middleware_that_ran_before_routing()
    {
        foreach (var endpoint in Endpoints())
        {
            foreach (var method in endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["GET", "HEAD", "POST", "OPTIONS"])
            {
                await CheckAsync(method, PathOf(endpoint), _server.Client);
                using var stranger = _server.Stranger();
                await CheckAsync(method, PathOf(endpoint), stranger);
            }
        }
    }

    private async Task CheckAsync(string method, string path, HttpClient client)
    {
        _seen.Clear();
        var uri = new Uri(_server.Address + path.TrimStart('/'), new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        using var request = new HttpRequestMessage(new HttpMethod(method), uri);
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        response.Headers.CacheControl!.NoStore.Should().BeTrue(path);
        response.Headers.GetValues("X-Content-Type-Options").Should().Equal(["nosniff"], path);
        _seen.TryDequeue(out var seen).Should().BeTrue();
        seen.Features.Context.Should().Match<OutputCacheContext>(
            cache => !cache.EnableOutputCaching && !cache.AllowCacheLookup && !cache.AllowCacheStorage && !cache.AllowLocking, path);
        seen.Features.TimeoutIsDisabled.Should().BeTrue(path);
        seen.Features.Enabled.Should().BeFalse(path);
    }

    private List<RouteEndpoint> Endpoints() => [.. _server.Services.GetRequiredService<EndpointDataSource>().Endpoints.Cast<RouteEndpoint>()];

    private static string PathOf(RouteEndpoint endpoint)
    {
        var pattern = "/" + endpoint.RoutePattern.RawText!.TrimStart('/');
        pattern = pattern.Replace("tunnels/{**rest}", "tunnels//requests", StringComparison.Ordinal).Replace("{id:long}", "1", StringComparison.Ordinal);
        return Parameter().Replace(pattern, "550e8400-e29b-41d4-a716-446655440000");
    }

    /// <summary>Adds the features that middleware of a host adds, and checks them when the response starts.</summary>
    private async Task RecordAsync(HttpContext context, RequestDelegate next)
    {
        var features = new Features(context);
        context.Features.Set<IOutputCacheFeature>(features);
        context.Features.Set<IHttpRequestTimeoutFeature>(features);
        context.Features.Set<IStatusCodePagesFeature>(features);
        context.Response.OnStarting(() =>
        {
            _seen.Enqueue((context.Request.Path, features));
            return Task.CompletedTask;
        });
        await next(context);
    }

    [GeneratedRegex(@"\{[^}]+\}")]
    private static partial Regex Parameter();

    private sealed class Features(HttpContext context) : IOutputCacheFeature, IHttpRequestTimeoutFeature, IStatusCodePagesFeature
    {
        public OutputCacheContext Context { get; } = new()
        {
            HttpContext = context,
            EnableOutputCaching = true,
            AllowCacheLookup = true,
            AllowCacheStorage = true,
            AllowLocking = true,
        };

        public bool TimeoutIsDisabled { get; private set; }

        public CancellationToken RequestTimeoutToken => CancellationToken.None;

        public bool Enabled { get; set; } = true;

        public void DisableTimeout() => TimeoutIsDisabled = true;
    }
}
