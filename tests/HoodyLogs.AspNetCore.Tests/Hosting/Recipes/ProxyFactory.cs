using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;

namespace HoodyLogs.AspNetCore.Tests.Hosting.Recipes;

// <factory>
internal sealed class ProxyFactory : WebApplicationFactory<Program>
{
    protected override void ConfigureWebHost(IWebHostBuilder builder) => builder
        .UseSetting("ProxyLogs:Sqlite:Database", ":memory:")
        .UseSetting("ProxyLogs:Access:AllowInMemory", "true");   // in Development, the client of the test reads as an admin
}
// </factory>
