using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using FluentAssertions;
using HoodyLogs.AspNetCore.Tests.Endpoints;
using Microsoft.AspNetCore.Hosting;
using NUnit.Framework;
using static HoodyLogs.AspNetCore.Tests.Access.AccessServer;

namespace HoodyLogs.AspNetCore.Tests.Access;

/// <summary>Tests of host names and TLS server names that restrict callers.</summary>
public sealed class RequestHostTests
{
    [TestCase("p1-c2-logs-1.example", LogsApiServer.AdminToken, 2)]
    [TestCase("P1-C2-Logs-9.example:8080", P1, 2)]
    [TestCase("p1-c1-logs-1.example", P1C1, 2)]
    [TestCase("p1-c2-logs-1.example", P1C1, -1)]
    [TestCase("p2-c1-logs-1.example", P1, -1)]
    [TestCase("p1-c2-logs-1.example", null, -1)]
    [TestCase("p1-c2-api-1.example", P1, 4)]
    [TestCase("www.example", P1, 4)]
    public async Task A1_a_host_name_restricts_an_authorized_caller(string host, string? token, int total)
    {
        await using var server = await StartAsync(options => (options.Access.RestrictByHost, options.Access.TrustHostHeader) = (true, true));
        (string, string)[] headers = token is null ? [("Host", host)] : [("Host", host), ("X-Logs-Token", token)];
        if (total >= 0) (await server.TotalAsync(headers)).Should().Be(total);
        else (await server.StatusAsync(headers)).Should().Be(HttpStatusCode.Forbidden);
    }

    [Test]
    public async Task A1_without_TLS_the_host_name_counts_only_if_it_is_trusted()
    {
        await using var server = await StartAsync(options => options.Access.RestrictByHost = true);
        (await server.TotalAsync(("Host", "p1-c2-logs-1.example"), ("X-Logs-Token", LogsApiServer.AdminToken))).Should().Be(6);
    }

    [Test]
    public async Task A1_an_invalid_internationalized_host_name_is_403()
    {
        await using var server = await StartAsync(options =>
        {
            (options.Access.RestrictByHost, options.Access.TrustHostHeader) = (true, true);
            options.Access.AdminPorts.Add(1);
        });
        (await server.StatusAsync(("Host", "xn--a-"))).Should().Be(HttpStatusCode.Forbidden);
        (await server.StatusAsync(("Host", "xn--a-:80"), ("Accept-Language", "en"))).Should().Be(HttpStatusCode.Forbidden);
    }

    [Test]
    public async Task A1_the_host_gate_authorizes_only_for_the_scope_of_the_host_name()
    {
        await using var server = await StartAsync(options =>
        {
            (options.Access.RestrictByHost, options.Access.TrustHostHeader) = (true, true);
            options.Access.HostGate = context => context.Request.Headers.ContainsKey("X-Gate");
        });
        var named = ("Host", "p1-c2-logs-1.example");
        (await server.TotalAsync(named, ("X-Gate", "open"))).Should().Be(2);
        (await server.StatusAsync(named)).Should().Be(HttpStatusCode.Forbidden);
        (await server.StatusAsync(("Host", "www.example"), ("X-Gate", "open"))).Should().Be(HttpStatusCode.Forbidden);
        (await server.StatusAsync(named, ("X-Gate", "open"), ("Authorization", "Bearer the-hosts-own-bearer"))).Should().Be(HttpStatusCode.Forbidden);
    }

    [TestCase("p1-c2-logs-1.example", "p1-c2-logs-1.example", HttpStatusCode.OK, 2)]
    [TestCase("p1-c2-logs-1.example", "P1-C2-logs-1.Example:8443", HttpStatusCode.OK, 2)]
    [TestCase("p1-c2-logs-1.example", "p2-c1-logs-1.example", HttpStatusCode.MisdirectedRequest, 0)]
    [TestCase("p1-c2-logs-1.example", "www.example", HttpStatusCode.MisdirectedRequest, 0)]
    [TestCase("www.example", "p1-c2-logs-1.example", HttpStatusCode.MisdirectedRequest, 0)]
    [TestCase("www.example", "www.example", HttpStatusCode.OK, 6)]
    public async Task A1_over_TLS_the_server_name_counts_and_a_differing_Host_is_421(string serverName, string host, HttpStatusCode status, int total)
    {
        using var certificate = SelfSigned();
        await using var server = await StartAsync(
            options => options.Access.RestrictByHost = true,
            build: builder => builder.WebHost.UseKestrelHttpsConfiguration()
                .ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(certificate))));
        // Written by hand, because HttpClient uses the Host header as the server name.
        using var connection = new TcpClient();
        await connection.ConnectAsync(IPAddress.Loopback, server.Address.Port);
        await using var tls = new SslStream(connection.GetStream(), false, (_, presented, _, _) => presented?.Subject == "CN=tests");
        await tls.AuthenticateAsClientAsync(serverName);
        await tls.WriteAsync(Encoding.ASCII.GetBytes(
            $"GET {List} HTTP/1.1\r\nHost: {host}\r\nX-Logs-Token: {LogsApiServer.AdminToken}\r\nConnection: close\r\n\r\n"));
        var response = await new StreamReader(tls).ReadToEndAsync();
        response.Should().StartWith($"HTTP/1.1 {(int)status} ");
        if (status == HttpStatusCode.OK) response.Should().Contain($"\"total\":{total},");
    }

    private static X509Certificate2 SelfSigned()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = new CertificateRequest("CN=tests", key, HashAlgorithmName.SHA256).CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);
    }
}
