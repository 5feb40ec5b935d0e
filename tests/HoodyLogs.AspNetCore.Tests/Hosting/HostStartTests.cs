using System.Net;
using System.Reflection;
using System.Reflection.Emit;
using FluentAssertions;
using HoodyLogs.TestSupport;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using NUnit.Framework;

namespace HoodyLogs.AspNetCore.Tests.Hosting;

/// <summary>Hosts that start while their database cannot be opened.</summary>
[NonParallelizable]
public sealed class HostStartTests
{
    private TestFolder _folder = null!;

    [SetUp]
    public void Begin() => _folder = new TestFolder();

    [TearDown]
    public void End() => _folder.Dispose();

    [Test]
    public async Task B1_a_host_on_a_full_disk_is_degraded_and_stores_everything_when_there_is_space()
    {
        using var disk = SmallDisk.Mount();
        disk.Fill();
        await using var host = await StartHost.StartAsync(_folder.Path, disk.Database);

        (await host.GetAsync("/hello")).StatusCode.Should().Be(HttpStatusCode.OK);
        var health = await host.HealthAsync();
        (health.Status, health.Description!.Contains("full")).Should().Be((HealthStatus.Degraded, true));
        disk.Free();

        await Eventually.Holds(async () => (await host.HealthAsync()).Status == HealthStatus.Healthy, "the store is open");
        (await host.ListAsync()).Should().Contain("/hello");
    }

    [Test]
    public async Task B1_reads_fail_with_503_while_the_store_is_not_open_and_only_admins_see_the_cause()
    {
        var time = new ManualTime();
        var file = Path.Combine(_folder.Path, "file");
        await File.WriteAllTextAsync(file, "");
        await using var host = await StartHost.StartAsync(_folder.Path, Path.Combine(file, "logs.db"), time);

        foreach (var path in new[] { "", "/1", "/stats", "/stream" })
        {
            using var admin = await host.GetAsync($"/api/proxy-logs/_logs{path}");
            (admin.StatusCode, admin.Headers.RetryAfter!.Delta).Should().Be((HttpStatusCode.ServiceUnavailable, TimeSpan.FromSeconds(5)), path);
            (await admin.Content.ReadAsStringAsync()).Should().Contain("not open").And.Contain(file);
        }

        using var tunnel = await host.GetAsync("/v1/tunnels/550e8400-e29b-41d4-a716-446655440000/requests");
        tunnel.StatusCode.Should().Be(HttpStatusCode.ServiceUnavailable);
        (await tunnel.Content.ReadAsStringAsync()).Should().Contain("UNAVAILABLE").And.Contain("not open").And.NotContain(file);
        (await host.GetAsync("/api/proxy-logs/_logs/open")).StatusCode.Should().Be(HttpStatusCode.OK, "open exchanges are in memory");
        host.Client.DefaultRequestHeaders.Remove("X-Logs-Token");
        (await host.GetAsync("/api/proxy-logs/_logs")).StatusCode.Should().Be(HttpStatusCode.Forbidden, "who asks comes first");
        host.Client.DefaultRequestHeaders.Add("X-Logs-Token", StartHost.TenantToken);
        using var tenant = await host.GetAsync("/api/proxy-logs/_logs");
        tenant.StatusCode.Should().Be(HttpStatusCode.ServiceUnavailable);
        (await tenant.Content.ReadAsStringAsync()).Should().Contain("not open").And.NotContain(file);
    }

    [Test]
    public async Task B1_two_hosts_on_the_default_path_serve_and_the_second_takes_over_the_file()
    {
        var time = new ManualTime();
        var first = await StartHost.StartAsync(_folder.Path);
        await using var second = await StartHost.StartAsync(_folder.Path, time: time);
        (await second.GetAsync("/hello")).StatusCode.Should().Be(HttpStatusCode.OK);
        (await second.HealthAsync()).Description.Should().Contain("data/logs.db is in use by another store of this process");
        using (var refused = await second.GetAsync("/api/proxy-logs/_logs")) (await refused.Content.ReadAsStringAsync()).Should().Contain("in use by another store of this process");
        (await first.HealthAsync()).Status.Should().Be(HealthStatus.Healthy);

        await first.DisposeAsync();

        await Eventually.Holds(
            async () =>
            {
                time.Advance(TimeSpan.FromSeconds(30));
                return (await second.HealthAsync()).Status == HealthStatus.Healthy;
            },
            "the second host has the file");
        (await second.ListAsync()).Should().Contain("/hello");
    }

    [Test]
    public async Task B1_test_servers_on_the_default_path_run_in_parallel_and_one_of_them_stores()
    {
        var hosts = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(StartTestServerAsync)));
        try
        {
            foreach (var host in hosts)
            {
                using var client = host.GetTestClient();
                (await client.GetStringAsync(new Uri("/hello", UriKind.Relative))).Should().Be("hello");
            }

            var healths = await Task.WhenAll(hosts.Select(host => host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync()));
            healths.Count(health => health.Status == HealthStatus.Healthy).Should().Be(1);
        }
        finally
        {
            foreach (var host in hosts) await host.DisposeAsync();
        }
    }

    [Test]
    public async Task B1_FailFast_stops_the_start()
    {
        await using var first = await StartHost.StartAsync(_folder.Path);
        await using var second = StartHost.Build(_folder.Path, settings: ("FailFast", "true"));

        var start = () => second.StartAsync();

        (await start.Should().ThrowAsync<LogStoreException>()).WithMessage("*in use*");
    }

    [Test]
    public async Task B6_a_foreign_file_stops_the_start_and_is_not_changed()
    {
        var file = Path.Combine(_folder.Path, "precious.txt");
        await File.WriteAllTextAsync(file, "dear");
        await using var host = StartHost.Build(_folder.Path, "precious.txt");

        var start = () => host.StartAsync();

        (await start.Should().ThrowAsync<LogStoreException>()).WithMessage($"{file}*not changed*");
        (await File.ReadAllTextAsync(file)).Should().Be("dear");
        Directory.GetFileSystemEntries(_folder.Path).Should().Equal(file);
    }

    [TestCase("Data Source=logs.db")]
    [TestCase("data source = logs.db;Mode=ReadWrite")]
    [TestCase("Filename=logs.db")]
    [TestCase("Synchronous=Full; DataSource=logs.db")]
    [TestCase("file:logs.db?mode=memory")]
    [TestCase("FILE:///logs.db")]
    public void B6_connection_strings_and_uris_stop_the_start(string database)
    {
        var build = () => StartHost.Build(_folder.Path, database);

        build.Should().Throw<OptionsValidationException>().WithMessage("*ProxyLogs:Sqlite:Database*no connection string*:memory:*");
        Directory.GetFileSystemEntries(_folder.Path).Should().BeEmpty();
    }

    [Test]
    public async Task B6_hosts_in_memory_share_no_entries_and_leave_no_files()
    {
        var before = Directory.GetDirectories(Path.GetTempPath(), "hoodylogs-*").Length;
        await using (var first = await StartHost.StartAsync(_folder.Path, ":memory:", null, null, ("Capture:CaptureResponseBody", "true")))
        {
            await using var second = await StartHost.StartAsync(_folder.Path, ":memory:");
            (await first.GetAsync("/hello")).StatusCode.Should().Be(HttpStatusCode.OK);
            (await first.ListAsync()).Should().Contain("\"total\":2");
            (await second.ListAsync()).Should().Contain("\"total\":0");
        }

        Directory.GetDirectories(Path.GetTempPath(), "hoodylogs-*").Should().HaveCount(before);
        Directory.GetFileSystemEntries(_folder.Path).Should().BeEmpty();
    }

    [Test]
    public async Task The_OpenAPI_build_tool_starts_the_host_without_the_store()
    {
        var entry = Assembly.GetEntryAssembly();
        Assembly.SetEntryAssembly(AssemblyNamed("GetDocument.Insider"));
        try
        {
            await using var host = await StartHost.StartAsync(_folder.Path, null, null, null, ("FailFast", "true"));

            (await host.GetAsync("/hello")).StatusCode.Should().Be(HttpStatusCode.OK);
            (await host.HealthAsync()).Status.Should().Be(HealthStatus.Degraded);
        }
        finally
        {
            Assembly.SetEntryAssembly(entry);
        }

        Directory.GetFileSystemEntries(_folder.Path).Should().BeEmpty();
    }

    private async Task<WebApplication> StartTestServerAsync()
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = _folder.Path });
        builder.WebHost.UseTestServer();
        builder.Services.AddProxyLogs(options => options.Sqlite.MinFreeBytes = 0).Services.AddHealthChecks().AddProxyLogs();
        var app = builder.Build();
        StartHost.Map(app);
        await app.StartAsync();
        return app;
    }

    private static Assembly AssemblyNamed(string name)
    {
        var builder = new PersistedAssemblyBuilder(new AssemblyName(name), typeof(object).Assembly);
        builder.DefineDynamicModule(name);
        using var content = new MemoryStream();
        builder.Save(content);
        return Assembly.Load(content.ToArray());
    }
}
