using System.Text;
using FluentAssertions;
using HoodyLogs.AspNetCore;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using NUnit.Framework;
using Yarp.ReverseProxy;

namespace HoodyLogs.Yarp.Tests;

/// <summary>Whose an exchange is, by the metadata of its route and cluster.</summary>
public sealed class ScopeTests
{
    private Upstream _upstream = null!;

    [OneTimeSetUp]
    public async Task StartAsync() => _upstream = await Upstream.StartAsync();

    [OneTimeTearDown]
    public async Task StopAsync() => await _upstream.DisposeAsync();

    [Test]
    public async Task Route_metadata_names_project_container_and_service() =>
        (await ScopeAsync(
            [("HoodyLogs.ProjectId", "acme"), ("HoodyLogs.ContainerId", "web1"), ("HoodyLogs.ServiceName", "shop")], [])).Should().Be(("acme", "web1", "shop"));

    [Test]
    public async Task Cluster_metadata_names_what_the_route_does_not() =>
        (await ScopeAsync(
            [("HoodyLogs.ServiceName", "shop")], [("HoodyLogs.ProjectId", "acme"), ("HoodyLogs.ContainerId", "web1"), ("HoodyLogs.ServiceName", "other")]))
        .Should().Be(("acme", "web1", "shop"));

    [Test]
    public async Task A_route_may_name_the_project_and_a_cluster_the_container() =>
        (await ScopeAsync([("HoodyLogs.ProjectId", "acme")], [("HoodyLogs.ContainerId", "web1")])).Should().Be(("acme", "web1", "web"));

    [Test]
    public async Task A_container_of_another_project_is_not_taken_from_the_cluster() =>
        (await ScopeAsync([("HoodyLogs.ProjectId", "acme")], [("HoodyLogs.ProjectId", "globex"), ("HoodyLogs.ContainerId", "web1")]))
        .Should().Be(("acme", null, "web"));

    [Test]
    public async Task Without_metadata_the_cluster_names_the_service_only() => (await ScopeAsync([], [])).Should().Be((null, null, "web"));

    [Test]
    public async Task The_cluster_does_not_name_the_service_if_the_host_says_so() =>
        (await ScopeAsync([], [], new Setup { Yarp = yarp => yarp.ServiceNameFromCluster = false })).Should().Be((null, null, null));

    [Test]
    public async Task Metadata_has_the_keys_of_the_options()
    {
        var setup = new Setup { Yarp = yarp => (yarp.ProjectIdKey, yarp.ContainerIdKey, yarp.ServiceNameKey) = ("Tenant", "Box", "App") };

        (await ScopeAsync([("tenant", "acme"), ("Box", "web1"), ("HoodyLogs.ProjectId", "globex")], [("App", "shop")], setup)).Should().Be(("acme", "web1", "shop"));
    }

    [Test]
    public async Task Metadata_of_a_JSON_file_names_the_scope()
    {
        var json = $$"""
            {
              "Routes": {
                "all": { "ClusterId": "web", "Match": { "Path": "{**rest}" }, "Metadata": { "HoodyLogs.ProjectId": "acme", "HoodyLogs.ContainerId": "web1" } }
              },
              "Clusters": { "web": { "Destinations": { "first": { "Address": "{{_upstream.Address}}" } }, "Metadata": { "HoodyLogs.ServiceName": "shop" } } }
            }
            """;
        var configuration = new ConfigurationBuilder().AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(json))).Build();
        await using var proxy = await ProxyHost.StartAsync(yarp => yarp.LoadFromConfig(configuration), new Setup());

        (await proxy.GetAsync()).Dispose();

        (await proxy.ResponseAsync()).Scope().Should().Be(("acme", "web1", "shop"));
    }

    [Test]
    public async Task The_scope_of_the_hosts_delegate_wins()
    {
        var setup = new Setup { Logs = logs => logs.Capture.Scope = _ => new ExchangeScope("globex", "db1", "billing") };

        (await ScopeAsync([("HoodyLogs.ProjectId", "acme"), ("HoodyLogs.ContainerId", "web1")], [], setup)).Should().Be(("globex", "db1", "billing"));
    }

    [Test]
    public async Task The_hosts_project_does_not_get_the_container_of_the_route()
    {
        var setup = new Setup { Logs = logs => logs.Capture.Scope = _ => new ExchangeScope("globex") };

        (await ScopeAsync([("HoodyLogs.ProjectId", "acme"), ("HoodyLogs.ContainerId", "web1")], [], setup)).Should().Be(("globex", null, "web"));
    }

    [Test]
    public async Task Where_the_hosts_delegate_names_nobody_metadata_names_the_scope()
    {
        var setup = new Setup { Logs = logs => logs.Capture.Scope = _ => new ExchangeScope("", null, "billing") };

        (await ScopeAsync([("HoodyLogs.ProjectId", "acme"), ("HoodyLogs.ContainerId", "web1")], [], setup)).Should().Be(("acme", "web1", "billing"));
    }

    [Test]
    public async Task Where_the_hosts_delegate_fails_the_scope_is_unknown()
    {
        var setup = new Setup { Logs = logs => logs.Capture.Scope = _ => throw new InvalidOperationException() };

        (await ScopeAsync([("HoodyLogs.ProjectId", "acme")], [], setup)).Should().Be((null, null, null));
    }

    [Test]
    public async Task A_host_name_comes_before_metadata_if_the_host_reads_scopes_from_host_names()
    {
        await using var proxy = await ProxyHost.StartAsync(_upstream.Address, new Setup { Logs = logs => logs.Capture.ScopeFromHost = true });

        (await proxy.GetAsync("/", ("Host", "globex-db1-billing-1.localhost"))).Dispose();
        (await proxy.GetAsync()).Dispose();

        (await proxy.ResponsesAsync(2)).Select(entry => entry.Scope()).Should().Equal(("globex", "db1", "billing"), ("acme", null, "web"));
    }

    [Test]
    public async Task A_reload_keeps_the_metadata_and_the_hosts_delegate()
    {
        var setup = new Setup
        {
            Logs = logs => logs.Capture.Scope = context => context.Request.Query["project"] is [var project] ? new ExchangeScope(project) : default,
        };
        await using var proxy = await ProxyHost.StartAsync(_upstream.Address, setup);
        proxy.Reload();
        proxy.Reload();

        (await proxy.GetAsync("/?project=globex")).Dispose();
        (await proxy.GetAsync()).Dispose();

        (await proxy.ResponsesAsync(2)).Select(entry => entry.Text("projectId")).Should().Equal("globex", "acme");
    }

    [Test]
    public async Task Metadata_of_the_cluster_that_middleware_assigned_counts()
    {
        var setup = new Setup
        {
            Pipeline = pipeline => pipeline.Use((context, next) =>
            {
                context.RequestServices.GetRequiredService<IProxyStateLookup>().TryGetCluster("beta", out var cluster);
                context.ReassignProxyRequest(cluster!);
                return next();
            }),
        };
        await using var proxy = await ProxyHost.StartAsync(
            [ProxyHost.Route()],
            [ProxyHost.Cluster("web", Upstream.Refusing, ("HoodyLogs.ProjectId", "globex")), ProxyHost.Cluster("beta", _upstream.Address, ("HoodyLogs.ProjectId", "acme"))],
            setup);

        (await proxy.GetAsync()).Dispose();

        var entry = await proxy.ResponseAsync();
        entry.Scope().Should().Be(("acme", null, "beta"));
        entry.Data("cluster").Should().Be("beta");
    }

    [Test]
    public async Task An_exchange_that_YARP_does_not_route_has_no_scope()
    {
        await using var proxy = await ProxyHost.StartAsync(_upstream.Address, new Setup { App = app => app.MapGet("/own", () => "own") });

        (await proxy.GetAsync("/own")).Dispose();

        var entry = await proxy.ResponseAsync();
        entry.Scope().Should().Be((null, null, null));
        entry.GetProperty("data").EnumerateObject().Select(member => member.Name).Should().NotContain(["route", "cluster", "destination", "beforeUpstreamMs"]);
    }

    [Test]
    public async Task Empty_keys_fail_the_start_with_all_of_them()
    {
        var start = () => ProxyHost.StartAsync(_upstream.Address, new Setup { Yarp = yarp => (yarp.ProjectIdKey, yarp.ServiceNameKey) = ("", " ") });

        (await start.Should().ThrowAsync<OptionsValidationException>()).Which.Failures.Should().SatisfyRespectively(
            first => first.Should().StartWith("YarpOptions.ProjectIdKey is empty"), second => second.Should().StartWith("YarpOptions.ServiceNameKey is empty"));
    }

    private async Task<(string? Project, string? Container, string? Service)> ScopeAsync((string, string)[] route, (string, string)[] cluster, Setup? setup = null)
    {
        await using var proxy = await ProxyHost.StartAsync([ProxyHost.Route("web", route)], [ProxyHost.Cluster("web", _upstream.Address, cluster)], setup);
        (await proxy.GetAsync()).Dispose();
        return (await proxy.ResponseAsync()).Scope();
    }
}
