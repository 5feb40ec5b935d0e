using System.Collections.Concurrent;
using System.Net;
using FluentAssertions;
using HoodyLogs.AspNetCore.Tests.Access;
using HoodyLogs.AspNetCore.Tests.Endpoints;
using HoodyLogs.TestSupport;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OutputCaching;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;
using static HoodyLogs.AspNetCore.Tests.Access.AccessServer;

namespace HoodyLogs.AspNetCore.Tests.Hosting;

/// <summary>A host that caches all responses.</summary>
public sealed class OutputCacheTests
{
    private const string Tunnel = "550e8400-e29b-41d4-a716-446655440000";

    private static readonly string[] Paths = [List, List + "/stats", List + "/1", List + "?limit=1", $"/v1/tunnels/{Tunnel}/requests"];

    private CacheStore _cache = null!;

    [SetUp]
    public void MakeCache() => _cache = new CacheStore();

    [Test]
    public async Task A7_an_output_cache_does_not_store_or_share_a_response([Values] Place place, [Values] bool eager)
    {
        await using var server = await CachingAsync(eager, app => app.Put(place, host => host.UseOutputCache()).MapProxyLogs());
        await server.AppendAsync(Some.Exchange(project: "p1", container: Tunnel));
        foreach (var path in Paths)
        {
            var mine = await server.SendAsync(path, ("X-Logs-Token", P1));
            mine.Status.Should().Be(HttpStatusCode.OK, path);
            (await server.SendAsync(path, ("Authorization", "Bearer " + P1))).Should().Be(mine, path);
            (await server.SendAsync(path, ("X-Logs-Token", P2))).Body.Should().NotBe(mine.Body, path);
            foreach (var stranger in new (string, string)[][] { [], [("X-Logs-Token", "no-such-token-at-all")], [("Authorization", "Bearer no-such-token-at-all")] })
            {
                (await server.SendAsync(path, stranger)).Status.Should().BeOneOf(HttpStatusCode.Forbidden, HttpStatusCode.Unauthorized);
            }
        }

        _cache.Keys.Should().BeEmpty();
    }

    [Test]
    public async Task A7_a_fan_out_response_is_not_cached([Values] Place place)
    {
        await using var server = await CachingAsync(
            true, app => app.Put(place, host => host.UseOutputCache()).MapProxyLogs(), configure: options => options.AdminFanout = true);
        (await server.SendAsync(List, ("X-Logs-Token", LogsApiServer.AdminToken))).Body.Should().Contain("__trailer");
        (await server.StatusAsync()).Should().Be(HttpStatusCode.Forbidden);
        _cache.Keys.Should().BeEmpty();
    }

    [Test]
    public async Task A7_a_response_of_the_admin_port_is_not_served_on_the_public_port([Values] Place place)
    {
        await using var server = await CachingAsync(
            false, app => app.Put(place, host => host.UseOutputCache()).MapProxyLogs(),
            builder => builder.WebHost.UseUrls("http://127.0.0.1:0", "http://127.0.0.2:0"));
        var addresses = server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        var admin = new Uri(addresses.Last());
        server.Options.Swap(options => options.Access.AdminPorts.Add(admin.Port));
        using var client = new HttpClient();

        (await StatusAsync(admin)).Should().Be(HttpStatusCode.OK);
        (await StatusAsync(server.Address)).Should().Be(HttpStatusCode.Forbidden);
        _cache.Keys.Should().BeEmpty();

        async Task<HttpStatusCode> StatusAsync(Uri address)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(address, List)) { Headers = { Host = "logs.example" } };
            using var response = await client.SendAsync(request);
            return response.StatusCode;
        }
    }

    [Test]
    public async Task A7_conventions_of_the_host_cannot_enable_caching([Values("builder", "group", "attribute", "finally")] string way)
    {
        await using var server = await CachingAsync(false, app =>
        {
            app.Put(Place.AfterRouting, host => host.UseOutputCache());
            IEndpointRouteBuilder routes = app;
            if (way == "group") routes = app.MapGroup("").CacheOutput();
            var logs = routes.MapProxyLogs();
            if (way == "builder") logs.CacheOutput(policy => policy.Cache().SetLocking(true));
            if (way == "attribute") logs.WithMetadata(new OutputCacheAttribute { Duration = 60 });
            if (way == "finally") logs.Finally(endpoint => endpoint.Metadata.Add(new OutputCacheAttribute { Duration = 60 }));
        });
        await server.TotalAsync(("Authorization", "Bearer " + P1));
        await server.TotalAsync(("X-Logs-Token", P1));
        (await server.StatusAsync()).Should().Be(HttpStatusCode.Forbidden);
        _cache.Keys.Should().BeEmpty();
    }

    [TestCase(Place.BeforeRouting, "")]
    [TestCase(Place.AfterRouting, "")]
    [TestCase(Place.BeforeRouting, "/base")]
    [TestCase(Place.BeforeRouting, "/stripped")]
    [TestCase(Place.BeforeRouting, "/group")]
    public async Task A7_a_second_equal_stream_does_not_wait_for_the_first(Place place, string prefix)
    {
        await using var server = await CachingAsync(true, app =>
        {
            if (place == Place.BeforeRouting) app.UseOutputCache();
            if (prefix == "/base") app.UsePathBase(prefix);
            if (prefix == "/stripped") app.Use(Strip);
            app.UseRouting();
            if (place == Place.AfterRouting) app.UseOutputCache();
            (prefix == "/group" ? (IEndpointRouteBuilder)app.MapGroup(prefix) : app).MapProxyLogs();
        });

        // A Bearer token, because the cache recognizes X-Logs-Token without help.
        using var client = server.Stranger();
        client.DefaultRequestHeaders.Add("Authorization", "Bearer " + P1);
        using var first = await client.GetAsync(new Uri(prefix + List + "/stream", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);
        using var second = await client.GetAsync(new Uri(prefix + List + "/stream", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);
        first.StatusCode.Should().Be(HttpStatusCode.OK);
        second.StatusCode.Should().Be(HttpStatusCode.OK);
    }

    [Test]
    public async Task A7_a_request_with_a_token_is_not_cached_on_any_path()
    {
        await using var server = await CachingAsync(true, app =>
        {
            app.UseOutputCache();
            app.Use((context, next) =>
            {
                if (context.Request.Path == "/tail") context.Request.Path = List + "/stream";
                return next(context);
            });
            app.UseRouting();
            app.MapProxyLogs();
        });
        server.Client.DefaultRequestHeaders.Contains("X-Logs-Token").Should().BeTrue();
        using var first = await server.Client.GetAsync(new Uri("/tail", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);
        using var second = await server.Client.GetAsync(new Uri("/tail", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);
        second.StatusCode.Should().Be(HttpStatusCode.OK);
    }

    [Test]
    public async Task Other_routes_of_the_host_are_cached([Values] Place place, [Values("/own", "/v1/tunnels/own", "/api/proxy-logs/own")] string path)
    {
        var served = 0;
        await using var server = await CachingAsync(false, app =>
        {
            app.Put(place, host => host.UseOutputCache());
            app.MapGet(path, () => $"{++served}");
            app.MapProxyLogs();
        });
        using var client = server.Stranger();
        for (var i = 0; i < 2; i++) (await client.GetStringAsync(new Uri(path, UriKind.Relative))).Should().Be("1");
    }

    private Task<LogsApiServer> CachingAsync(
        bool eager, Action<WebApplication> map, Action<WebApplicationBuilder>? build = null,
        Action<ProxyLogsOptions>? configure = null) =>
        StartAsync(
            configure,
            builder =>
            {
                builder.Services.AddOutputCache(options => options.AddBasePolicy(policy =>
                {
                    if (eager) policy.AddPolicy<Eager>();
                    else policy.Cache();
                }));
                builder.Services.AddSingleton<IOutputCacheStore>(_cache);
                build?.Invoke(builder);
            },
            map);

    private static Task Strip(HttpContext context, RequestDelegate next)
    {
        if (context.Request.Path.StartsWithSegments("/stripped", out var rest)) context.Request.Path = rest;
        return next(context);
    }

    /// <summary>Caches all responses, with or without credentials.</summary>
    private sealed class Eager : IOutputCachePolicy
    {
        public ValueTask CacheRequestAsync(OutputCacheContext context, CancellationToken cancellation)
        {
            (context.EnableOutputCaching, context.AllowCacheLookup, context.AllowCacheStorage, context.AllowLocking) = (true, true, true, true);
            return default;
        }

        public ValueTask ServeFromCacheAsync(OutputCacheContext context, CancellationToken cancellation) => default;

        public ValueTask ServeResponseAsync(OutputCacheContext context, CancellationToken cancellation) => default;
    }

    private sealed class CacheStore : IOutputCacheStore
    {
        private readonly ConcurrentDictionary<string, byte[]> _entries = new();

        public ICollection<string> Keys => _entries.Keys;

        public ValueTask EvictByTagAsync(string tag, CancellationToken cancellationToken) => default;

        public ValueTask<byte[]?> GetAsync(string key, CancellationToken cancellationToken) => new(_entries.GetValueOrDefault(key));

        public ValueTask SetAsync(string key, byte[] value, string[]? tags, TimeSpan validFor, CancellationToken cancellationToken)
        {
            _entries[key] = value;
            return default;
        }
    }
}
